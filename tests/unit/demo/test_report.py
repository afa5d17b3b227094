"""The report: exactly its fields, what counts as wrong, and how findings become invariants."""

from dataclasses import replace

from demo.figures import count, gather
from demo.report import faults, invariants, read_findings, report
from events.verify import Finding

NOTHING = count(gather(()))
HOLDS = [Finding("I1", True, "all"), Finding("I3", True, "cases"), Finding("I3", True, "contacts")]
FIELDS = (
    "rows refused contacts promises kept lapsed kept_late open order_corrected reminders reminders_late "
    "reminders_after_due reminders_for_kept duplicate_reminders deliveries events_by_type invariants "
    "wall_seconds"
)


def made(figures=NOTHING, rows=0, refused=0, findings=HOLDS):
    return report(figures, rows=rows, refused=refused, findings=findings, wall_seconds=1.23)


def test_report__has_exactly_its_fields():
    assert list(made()) == FIELDS.split()
    assert made()["wall_seconds"] == 1.2


def test_invariants__hold_only_everywhere():
    assert invariants(HOLDS) == {"I1": True, "I3": True}
    assert invariants([*HOLDS, Finding("I3", False, "cases@7")]) == {"I1": True, "I3": False}


def test_read_findings__takes_one_of_each_line():
    said = '{"invariant": "I1", "holds": true, "says": "3 commands"}\nsome word\n'
    assert read_findings(said) == [Finding("I1", True, "3 commands")]


def test_faults__are_named():
    assert faults(made(), NOTHING) == []
    assert faults(made(rows=2, refused=1), NOTHING) == ["contacts and refused rows do not add up to the rows"]
    assert faults(made(findings=[Finding("I5", False, "x")]), NOTHING) == ["the invariant I5 does not hold"]
    assert faults(made(findings=[]), NOTHING) == ["no invariant was checked"]
    twice = replace(NOTHING, duplicate_reminders=1)
    assert faults(made(), twice) == ["duplicate_reminders: 1 instead of 0"]
