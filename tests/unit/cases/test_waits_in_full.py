"""What the events of waits and of solutions say, and what no wait holds (commitment.md §3, §5.3)."""

from cases.case.commands import Reminder
from cases.due import Within
from events.catalogue import (
    FollowUpPromised,
    WaitEnded,
    WaitingOnCustomer,
)
from events.catalogue.terms import Timer
from events.catalogue.waits import Resumed
from events.errors import NotNow
from events.testing import NOW

from .scene import (
    AFTER,
    BEFORE,
    DUE,
    HOUR,
    LATER,
    ONE,
    OPENED,
    THREE,
    TWO,
    WAIT,
    after,
    close,
    end_wait,
    keep,
    promise,
    the,
    wait,
)

LONG = (Reminder(lead=20 * HOUR), Reminder(lead=19 * HOUR), Reminder(lead=HOUR))
OUR_AIM = {"basis": "policy", "due": Within(within=8 * HOUR), "reminders": LONG}
RUNNING = after(after(OPENED, promise(commitment=TWO, due=LATER)), promise(**OUR_AIM))
WAITING = after(RUNNING, wait(), BEFORE)


def test_wait__says_what_it_stops_and_what_goes_on_after_it_with_its_whole_plan():
    RUNNING.when(wait(), at=BEFORE).then(
        WaitingOnCustomer(
            wait=WAIT,
            kind="customer",
            reason="She looks for the number.",
            next_contact=TWO,
            paused=(ONE,),
            at=BEFORE,
        )
    )
    assert (the(WAITING).timers, the(WAITING).state) == ((), "waiting")
    due, ends = DUE + 2 * HOUR, NOW + 3 * HOUR
    left_out = (Timer(name="rung-1", at=due - 20 * HOUR),)
    timers = (
        Timer(name="rung-2", at=ends, short_notice=True),
        Timer(name="rung-3", at=due - HOUR),
        Timer(name="due", at=due),
    )
    resumed = Resumed(commitment=ONE, revision=2, due=due, timers=timers, left_out=left_out)
    WAITING.when(end_wait(), at=ends).then(WaitEnded(wait=WAIT, resumed=(resumed,), at=ends))
    again = the(after(WAITING, end_wait(), ends))
    assert (again.revision, again.due, again.told_due, again.target) == (2, due, due, due)
    assert (again.timers, again.left_out) == (timers, left_out)


def test_wait__of_a_kind_that_the_policy_does_not_name_stops_nothing():
    scene = after(RUNNING, wait(kind="third_party"), BEFORE)
    assert (the(scene).state, the(scene).waits) == ("open", ())
    scene.when(promise(**OUR_AIM | {"commitment": THREE}), at=BEFORE).then_types(FollowUpPromised)


def test_wait__holds_neither_what_is_said_meanwhile_nor_what_is_recorded_after_the_fact():
    WAITING.when(promise(commitment=THREE), at=BEFORE).then_types(FollowUpPromised)
    past = promise(commitment=THREE, basis="policy", due=NOW, backfill=True, kept_at=NOW)
    WAITING.when(past, at=BEFORE).then_types(FollowUpPromised, "CommitmentKept")


def test_wait__in_a_closed_case_is_refused_for_that():
    closed = after(after(after(OPENED, promise()), keep(), BEFORE), close(), BEFORE)
    refused = closed.when(wait(next_contact=ONE), at=AFTER).then_rejected(NotNow)
    assert refused.details["state"] == "closed"
    refused = after(OPENED, promise()).when(close(), at=BEFORE).then_rejected(NotNow)
    assert refused.details["state"] == "open"
