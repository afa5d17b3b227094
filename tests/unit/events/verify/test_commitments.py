"""I8, I12, I13, I24: each holds for a whole life, and is broken by the fault it is there for."""

from datetime import timedelta
from uuid import UUID

import pytest

from events.catalogue import (
    CommitmentFellDue,
    CommitmentKept,
    CommitmentLapsed,
    CommitmentReleased,
    CommitmentRescheduled,
    CustomerTold,
    FollowUpPromised,
    ReminderDue,
    VerdictCorrected,
)
from events.catalogue.terms import Evidence, Timer
from events.testing import EXAMPLES
from events.verify.conservation import conservation, lapse_truth, read
from events.verify.firing import single_firing
from events.verify.timers import completeness, planned, spoken, timer_name

from .rows import AT, recorded

ID, CASE = UUID(int=7), UUID(int=8)
DUE = AT + timedelta(hours=8)
RUNG = Timer(name="rung-1", at=DUE - timedelta(hours=1))
LAST = Timer(name="due", at=DUE)
EXAMPLE = EXAMPLES["FollowUpPromised"]
assert isinstance(EXAMPLE, FollowUpPromised)
PROMISED = EXAMPLE.model_copy(update={"commitment": ID, "due": DUE, "revision": 1, "timers": (RUNG, LAST)})
KEPT = CommitmentKept(
    commitment=ID, verdict="kept", at=AT, margin=timedelta(hours=8), evidence=Evidence(words="done")
)
LAPSED = CommitmentLapsed(commitment=ID, revision=1, at=DUE)
REMINDED = ReminderDue(
    commitment=ID, case=CASE, revision=1, rung="rung-1", role="owner", planned=RUNG.at, due=DUE
)
FELL_DUE = CommitmentFellDue(commitment=ID, case=CASE, revision=1, due=DUE)
MOVED = CommitmentRescheduled(
    commitment=ID,
    revision=2,
    was=DUE,
    due=DUE + timedelta(hours=1),
    told_due=DUE,
    at=DUE - timedelta(hours=8),
    rule=PROMISED.rule,
    reason="parts are late",
    timers=(RUNG, LAST),
    tzdata="2026a",
)
CORRECTED = VerdictCorrected(
    commitment=ID, was="lapsed", verdict="kept", at=AT, evidence=Evidence(words="log"), revision=1
)
RELEASED = CommitmentReleased(commitment=ID, contact=UUID(int=9))
BEFORE, AFTER = DUE, DUE + timedelta(microseconds=1)


@pytest.mark.parametrize(
    "life",
    [
        (PROMISED,),
        (PROMISED, KEPT),
        (PROMISED, LAPSED, CORRECTED),
        (PROMISED, MOVED, KEPT),
        (PROMISED, LAPSED, RELEASED, KEPT.model_copy(update={"verdict": "kept_late"})),
    ],
)
def test_conservation__a_whole_life__holds(life):
    assert conservation(read(recorded(*life))).holds


@pytest.mark.parametrize(
    ("life", "says"),
    [
        ((PROMISED, RELEASED, KEPT), f"cases@3 (CommitmentKept) takes commitment {ID} from released to kept"),
        ((KEPT,), f"cases@1 (CommitmentKept) takes commitment {ID} from unknown to kept"),
        (
            (PROMISED, LAPSED, KEPT),
            f"cases@3 (CommitmentKept) takes commitment {ID} from lapsed to kept",
        ),
        (
            (PROMISED, KEPT, LAPSED),
            f"cases@3 (CommitmentLapsed) takes commitment {ID} from kept to lapsed",
        ),
        (
            (PROMISED, LAPSED, RELEASED, LAPSED),
            f"cases@4 (CommitmentLapsed) takes commitment {ID} from lapsed to lapsed",
        ),
        ((PROMISED, PROMISED), f"cases@2 makes commitment {ID} a second time"),
        ((PROMISED, KEPT, MOVED), f"cases@3 moves commitment {ID}, which is not open"),
    ],
)
def test_conservation__a_step_that_cannot_be__is_named(life, says):
    finding = conservation(read(recorded(*life)))
    assert not finding.holds
    assert says in finding.says


def test_lapse_truth__open_at_its_due__holds():
    assert lapse_truth(read(recorded(PROMISED)), BEFORE).holds


def test_lapse_truth__open_after_its_due__is_named_with_the_position_of_the_due():
    finding = lapse_truth(read(recorded(PROMISED, MOVED)), AFTER)
    assert not finding.holds
    assert finding.says.startswith(f"cases@2: commitment {ID} is still open although due 2026-03-02T17:00")


@pytest.mark.parametrize(
    ("life", "says"),
    [
        ((PROMISED, LAPSED, LAPSED), "cases@3 lapses commitment {} again at revision 1, after cases@2"),
        ((PROMISED, KEPT, LAPSED), "cases@3 lapses commitment {}, which was kept"),
        ((PROMISED, LAPSED, CORRECTED, LAPSED), "cases@4 lapses commitment {} again at revision 1, after"),
    ],
)
def test_lapse_truth__a_lapse_that_is_none__is_named(life, says):
    finding = lapse_truth(read(recorded(*life)), AFTER)
    assert not finding.holds
    assert says.format(ID) in finding.says


@pytest.mark.parametrize("life", [(PROMISED, LAPSED), (PROMISED, LAPSED, CORRECTED), (PROMISED, KEPT)])
def test_lapse_truth__ended_or_lapsed_once__holds(life):
    assert lapse_truth(read(recorded(*life)), AFTER).holds


def test_single_firing__each_once__holds():
    assert single_firing(recorded(REMINDED, FELL_DUE, log="reminders")).holds


@pytest.mark.parametrize("event", [REMINDED, FELL_DUE])
def test_single_firing__again__names_both_positions(event):
    finding = single_firing(recorded(event, event, log="reminders"))
    assert not finding.holds
    assert "reminders@2" in finding.says
    assert "reminders@1" in finding.says


def timer(revision, timer):
    return timer_name(ID, revision, timer.name, timer.at)


LATER = Timer(name="due", at=DUE + timedelta(hours=1))
TOLD = CustomerTold(commitment=ID, revision=2, contact=CASE, told_due=LATER.at, timers=(LATER,))
FELL_DUE_UNTOLD = FELL_DUE.model_copy(update={"revision": 2})
PENDING = {timer(1, RUNG), timer(1, LAST)}


@pytest.mark.parametrize(
    ("cases", "reminders", "pending"),
    [
        ((PROMISED,), (), PENDING),
        ((PROMISED,), (REMINDED,), {timer(1, LAST)}),
        ((PROMISED, KEPT), (REMINDED,), ()),
        ((PROMISED, MOVED), (), {timer(2, RUNG), timer(2, LAST)}),
        ((PROMISED, MOVED, TOLD), (), {timer(2, RUNG), timer(2, LATER)}),
        ((PROMISED, MOVED, TOLD), (FELL_DUE_UNTOLD,), {timer(2, RUNG), timer(2, LATER)}),
    ],
)
def test_completeness__each_timer_where_it_belongs__holds(cases, reminders, pending):
    done = spoken(recorded(*reminders, log="reminders"))
    assert completeness(planned(recorded(*cases)), done, pending).holds


@pytest.mark.parametrize(
    ("cases", "reminders", "pending", "says"),
    [
        ((PROMISED,), (), {timer(1, RUNG)}, "cases@1 has neither a row nor spoken"),
        ((PROMISED,), (REMINDED,), PENDING, "cases@1 is pending although it has spoken"),
        ((PROMISED, KEPT), (), PENDING, "belongs to no open plan"),
        ((PROMISED, MOVED), (), PENDING, "belongs to no open plan"),
        ((PROMISED, MOVED, TOLD), (), {timer(2, RUNG), timer(2, LAST)}, "cases@3 has neither a row"),
        ((PROMISED, MOVED, TOLD), (FELL_DUE_UNTOLD,), {timer(2, RUNG)}, "cases@3 has neither a row"),
        ((PROMISED,), (), [*PENDING, timer(1, LAST)], "has 2 rows"),
    ],
)
def test_completeness__a_timer_missing_or_left_over__is_named(cases, reminders, pending, says):
    finding = completeness(planned(recorded(*cases)), spoken(recorded(*reminders, log="reminders")), pending)
    assert not finding.holds
    assert says in finding.says
