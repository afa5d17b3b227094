"""I4: copies are well, everything else in the topic that is not the log is named with its place."""

from dataclasses import replace

import pytest

from events.testing import EXAMPLES
from events.verify.topic import Copy

from .rows import recorded

ROWS = [each.row for each in recorded(*[EXAMPLES["CaseOpened"]] * 5)]
ONE, TWO, THREE, FOUR, FIVE = ROWS


def found(*arriving):
    copy = Copy("cases", ROWS)
    for arrived in enumerate(arriving, 100):
        copy.take(arrived)
    return copy.finding()


def test_topic__the_log_itself__holds():
    finding = found(*ROWS)
    assert finding.line() == "I4  ok: cases: 5 events, 0 missing, 0 copies, bytes equal"


def test_topic__with_copies__holds_and_counts_them():
    finding = found(ONE, TWO, ONE, TWO, THREE, TWO, FOUR, FIVE, FIVE)
    assert finding.line() == "I4  ok: cases: 5 events, 0 missing, 4 copies, bytes equal"


@pytest.mark.parametrize(
    ("arriving", "says"),
    [
        ((ONE, TWO, FOUR, FIVE), "cases@3 is missing in the topic"),
        ((ONE, TWO, THREE, FOUR), "cases@5 is missing in the topic"),
        ((), "cases@1 is missing in the topic; cases@2 is missing in the topic; cases@3 is missing in the"),
        ((ONE, "not a record", *ROWS[1:]), "cases: offset 101 is no record of the log (not a record)"),
        ((*ROWS, replace(FIVE, position=6)), "cases: offset 105 has position 6, the log has none"),
        ((ONE, replace(TWO, data=b"{}"), *ROWS[2:]), "cases@2: offset 101 has another data than the log"),
        ((*ROWS, replace(TWO, data=b"{}")), "cases@2: offset 105 has another data than the log"),
        (
            (ONE, replace(TWO, hash=b"\x00", version=9), *ROWS[2:]),
            "cases@2: offset 101 has another version and hash than the log",
        ),
        ((ONE, THREE, TWO, FOUR, FIVE), "cases@2 comes at offset 102, after cases@3"),
    ],
)
def test_topic__anything_else__is_named(arriving, says):
    finding = found(*arriving)
    assert not finding.holds
    assert says in finding.says


def test_topic__more_than_three_breaches__are_counted():
    assert found().says.endswith("cases@3 is missing in the topic; and 2 more")
