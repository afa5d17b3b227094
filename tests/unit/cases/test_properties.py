"""Whatever is asked of a case, in whatever order: the laws that hold."""

from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID

from hypothesis import given as sample
from hypothesis import settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from cases.case import Case, Command, lapses, stream
from cases.case.commands import EndKept, NewSeries, ReopenCase
from cases.due import Within, WithinDays
from cases.verdict import overdue
from events.decider import Actor, Asked
from events.errors import NotNow
from events.testing import AGENT, LEAD, NOW, SYSTEM, recorded
from events.verify.conservation import Ledger

from .scene import (
    A_CASE,
    AIM,
    BOOK,
    CALL,
    DESK,
    DUE,
    HOUR,
    IF,
    INQUIRY,
    LATER,
    ONE,
    OPENED,
    SOON,
    TWO,
    Scene,
    agree,
    close,
    condition_met,
    contact,
    correct,
    decline,
    end_wait,
    expectation,
    explain,
    fell_due,
    hand_over,
    keep,
    keep_part,
    name_due,
    promise,
    recompute,
    release,
    reschedule,
    wait,
    withdraw,
)

COMMITMENTS = st.sampled_from([ONE, TWO])
KINDS = st.sampled_from(["customer", "third_party"])
WHEN = st.sampled_from([NOW - HOUR, NOW + HOUR, DUE - HOUR, DUE, DUE + HOUR, LATER])
OUTCOMES = st.sampled_from(["reached", "message_left", "not_reached", "automatic"])


@st.composite
def commands(draw):
    one = draw(COMMITMENTS)
    return draw(
        st.sampled_from(
            [
                promise(commitment=one, due=draw(st.sampled_from([DUE, LATER]))),
                promise(commitment=one, due=DUE, answers=(INQUIRY,)),
                promise(commitment=TWO, due=Within(within=2 * HOUR), replaces=ONE),
                expectation(commitment=one, due=Within(within=timedelta(minutes=20))),
                agree(commitment=one),
                decline(commitment=one, counter=LATER),
                reschedule(commitment=one, due=draw(WHEN), told_in=draw(st.sampled_from([None, CALL]))),
                hand_over(commitment=one, owner=draw(st.sampled_from(["mai", "agent"]))),
                keep(commitment=one, occurred_at=draw(st.one_of(st.none(), WHEN))),
                release(commitment=one),
                withdraw(commitment=one),
                fell_due(
                    commitment=one, due=draw(st.sampled_from([DUE, LATER])), revision=draw(st.integers(1, 3))
                ),
                correct(commitment=one, occurred_at=draw(WHEN)),
                correct(commitment=one, verdict="not_kept"),
                contact(draw(OUTCOMES), at=draw(WHEN), tells=draw(st.sampled_from([None, 1, 2, 3]))),
                contact(at=draw(WHEN), recorded_at=draw(WHEN), tells=draw(st.sampled_from([None, 1, 2, 3]))),
                contact(draw(OUTCOMES), at=draw(WHEN), answers=(INQUIRY,)),
                promise(commitment=one, **draw(st.sampled_from([SOON, IF, AIM])) | {"setting": DESK}),
                promise(commitment=one, due=Within(within=3 * HOUR), parts=3),
                promise(
                    commitment=ONE,
                    due=Within(within=5 * HOUR),
                    series=NewSeries(every=WithinDays(business_days=1)),
                    setting=DESK,
                ),
                promise(commitment=TWO, due=Within(within=HOUR), basis="internal", parent=ONE),
                promise(
                    commitment=one, due=NOW - HOUR, backfill=True, kept_at=draw(st.one_of(st.none(), WHEN))
                ),
                name_due(commitment=one),
                condition_met(commitment=one),
                keep_part(commitment=one, done=draw(st.integers(1, 3))),
                recompute(commitment=one, cause=draw(st.sampled_from(["policy", "calendar", "tzdata"]))),
                explain(commitment=one),
                wait(next_contact=TWO, kind=draw(KINDS), wait=draw(st.sampled_from([CALL, INQUIRY]))),
                end_wait(kind=draw(st.one_of(st.none(), KINDS))),
                close(commitments=(EndKept(end="kept", commitment=one),)),
                close(),
                ReopenCase(case=A_CASE, words="Again."),
            ]
        )
    )


ACTORS = st.sampled_from([AGENT, LEAD, SYSTEM])
STEPS = st.lists(st.tuples(commands(), st.timedeltas(timedelta(0), timedelta(hours=6)), ACTORS), max_size=30)
ADAPTER: TypeAdapter[Case] = TypeAdapter(Case)


def laws(scene: Scene, made: int) -> None:
    case = scene.state
    assert case is not None
    states = Counter(commitment.state for commitment in case.commitments.values())
    assert sum(states.values()) == made == len(case.commitments)
    assert case.state == "open" or not case.pending(), "a closed case has nothing that goes on"
    assert case.state == "open" or not case.waits, "nor does it wait"
    for commitment in case.commitments.values():
        assert bool(commitment.timers) <= (commitment.state in {"open", "undated", "dormant"})
        assert bool(commitment.waits) == (commitment.state == "waiting")
        assert (commitment.due is None) <= (
            not commitment.ended or commitment.state in {"released", "withdrawn"}
        )
        assert (commitment.ended_at is not None) == (commitment.state in {"kept", "kept_late"})
        if commitment.state in {"lapsed", "kept_late"}:
            assert commitment.lapsed_at == commitment.told_due == commitment.due
        if commitment.margin is not None:
            assert (commitment.margin >= timedelta(0)) == (commitment.state == "kept")
        if commitment.state == "open":
            assert [timer.at for timer in commitment.timers if timer.name == "due"] == [commitment.told_due]
    assert ADAPTER.validate_json(ADAPTER.dump_json(case)) == case, "a state comes back from JSON"


@settings(max_examples=80)
@sample(STEPS)
def test_case__any_commands__the_right_events_and_a_repeat_yields_none(steps):
    scene, now, made, ledger = OPENED, NOW, 0, Ledger()
    for command, passed, by in steps:
        now += passed
        came = scene.when(command, at=now, by=by)
        made += sum(type(event).__name__ in {"ExpectationSet", "FollowUpPromised"} for event in came.events)
        scene = scene.and_then(*came.events)
        laws(scene, made)
        for event in came.events:
            ledger.read(recorded(event, stream(A_CASE), ledger.events + 1))
        assert ledger.broken + ledger.untrue == [], "a second reading finds no step that may not be"
        if came.rejection is None:
            again = scene.when(command, at=now, by=by)
            assert (again.rejection, again.events) == (None, ()), f"{command!r} repeated"


def prompt(scene: Scene, now: datetime) -> Scene:
    """Return the scene after a scheduler that has said of everything that its due has passed."""
    while True:
        assert scene.state is not None
        late = [each for each in scene.state.commitments.values() if overdue(each, now)]
        if not late:
            return scene
        for each in late:
            assert each.told_due is not None
            said = fell_due(commitment=each.id, revision=each.revision, due=each.told_due)
            scene = scene.and_then(*scene.when(said, at=now).events)


def asked(scene: Scene, command: Command, now: datetime, by: Actor) -> Scene:
    """Return the scene after a command, or after what stands though it is refused."""
    came = scene.when(command, at=now, by=by)
    if not isinstance(came.rejection, NotNow):
        return scene.and_then(*came.events)
    return scene.and_then(*lapses(BOOK, scene.state, command, Asked(now, by)))


def verdicts(scene: Scene) -> dict[UUID, tuple[object, ...]]:
    assert scene.state is not None
    return {
        each.id: (each.state, each.told_due, each.due, each.owed, each.waits, each.self_attested)
        for each in scene.state.commitments.values()
    }


@settings(max_examples=60)
@sample(STEPS)
def test_case__a_scheduler_at_once_or_only_at_the_end__the_same_verdicts(steps):
    quick, slow, now = OPENED, OPENED, NOW
    for command, passed, by in steps:
        now += passed
        if getattr(command, "series", None) is not None:
            continue  # when a cycle is made hangs on when the one before it lapses
        quick = asked(prompt(quick, now), command, now, by)
        slow = asked(slow, command, now, by)
    assert verdicts(prompt(quick, now)) == verdicts(prompt(slow, now))
