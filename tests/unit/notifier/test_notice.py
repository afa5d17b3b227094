"""Who is told of what, and that each is told once."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.catalogue import CommitmentDated, Event, ReminderDue
from events.catalogue.terms import AtInstant
from events.recorded import Recorded
from events.testing import an_id
from notifier.delivery import Delivery
from notifier.notice import of_case, of_outcome, of_reminder, reminded
from notifier.watched import Watched
from tests.unit.notifier.cast import COMMITMENT, DUE, HOUR, event, folded, history, recorded, watched

SET = event("FollowUpPromised")
AIM = event("FollowUpPromised", basis="policy")
OLD = event("FollowUpPromised", said_by="bot", backfill=True)
DATED = CommitmentDated(
    commitment=COMMITMENT,
    revision=2,
    due=DUE,
    at=DUE,
    rule=AtInstant(at=DUE),
    timers=(),
    tzdata="2026a",
    cause="named",
)
TO_CUSTOMER = ("rescheduled_customer", "customer")
LAPSE_TOLD = [("lapsed", "owner"), ("lapsed", "lead")]
ALL_CLEAR = [("all_clear", "follows")] * 2
LAPSED = event("CommitmentLapsed")
CORRECTED = event("VerdictCorrected")


def told(*events: Event, actor: str = "agent") -> list[Delivery]:
    """Return what the last of these events tells."""
    return told_by(history(*events, actor=actor))


def told_by(rows: Sequence[Recorded[Event]], parent: Watched | None = None) -> list[Delivery]:
    """Return what the last of these records tells."""
    after = folded(rows)
    return [] if after is None else of_case(rows[-1], folded(rows[:-1]), after, parent)


def told_by_all(rows: list[Recorded[Event]]) -> list[Delivery]:
    return [made for end in range(1, len(rows) + 1) for made in told_by(rows[:end])]


def whom(deliveries: list[Delivery]) -> list[tuple[str, str | None]]:
    return [(each.notice, each.recipient or each.role or "follows") for each in deliveries]


def reminder(position: int = 1, owner: str | None = "agent", **changes: object) -> Delivery:
    due = event("ReminderDue", **changes)
    assert isinstance(due, ReminderDue)
    return of_reminder(recorded(due, position), due, owner)


@pytest.mark.parametrize(
    ("events", "actor", "expected"),
    [
        ([SET], "agent", []),
        ([event("FollowUpPromised", said_by="bot")], "bot", [("set", "agent")]),
        ([event("ExpectationSet", said_by="bot")], "bot", [("set", "agent")]),
        ([SET, event("CommitmentRescheduled")], "agent", [TO_CUSTOMER]),
        ([SET, event("CommitmentRescheduled", told_in=an_id("contact"))], "agent", []),
        ([AIM, event("CommitmentRescheduled")], "agent", []),
        ([SET, DATED], "agent", []),
        ([SET, DATED], "lead", [("dated", "agent")]),
        ([event("FollowUpPromised", owner=None, said_by="bot")], "bot", []),
        ([OLD], "lead", []),
        ([OLD, LAPSED], "lead", []),
        ([SET, event("CommitmentRescheduled")], "lead", [("rescheduled", "agent"), TO_CUSTOMER]),
        ([SET, event("CommitmentDeclined")], "agent", [("declined", "owner")]),
        ([SET, event("CommitmentHandedOver")], "lead", [("handed_over", "mai"), ("handed_off", "agent")]),
        ([SET, LAPSED], "scheduler", LAPSE_TOLD),
        ([SET, event("CommitmentHandedOver"), LAPSED], "scheduler", LAPSE_TOLD),
        ([SET, LAPSED, CORRECTED], "lead", ALL_CLEAR),
        ([SET, LAPSED, event("CommitmentHandedOver"), CORRECTED], "lead", ALL_CLEAR),
        ([SET, LAPSED, CORRECTED, CORRECTED], "lead", []),
        ([SET, event("CommitmentKept"), event("VerdictCorrected", was="kept", verdict="open")], "lead", []),
        ([SET, event("CommitmentReleased")], "agent", []),
        ([SET, event("CommitmentReleased")], "lead", [("released", "agent")]),
        ([SET, event("CommitmentWithdrawn")], "agent", []),
        ([SET, event("CommitmentWithdrawn")], "lead", [("withdrawn", "agent")]),
        ([SET, event("CommitmentKept")], "lead", []),
        ([SET, event("CommitmentAgreed")], "lead", []),
        ([SET, event("CustomerTold")], "lead", []),
        ([event("CaseOpened")], "lead", []),
    ],
)
def test_event__tells_whom_it_concerns(events, actor, expected):
    assert whom(told(*events, actor=actor)) == expected


@pytest.mark.parametrize(
    ("events", "notice"),
    [
        ([event("FollowUpPromised", said_by="bot")], "set"),
        ([SET, DATED], "dated"),
        ([SET, event("CommitmentRecomputed")], "recomputed"),
        ([SET, event("CommitmentRescheduled")], "rescheduled"),
        ([SET, event("CommitmentHandedOver")], "handed_over"),
        ([SET, event("CommitmentReleased")], "released"),
        ([SET, event("CommitmentWithdrawn")], "withdrawn"),
    ],
)
def test_edge_42__what_the_owner_is_told_may_reach_who_stands_in_for_them(events, notice):
    (made,) = [each for each in told(*events, actor="bot") if each.notice == notice]
    assert (made.role, made.recipient, made.owner) == ("owner", made.owner, made.recipient)


NOT_DONE = event("VerdictCorrected", was="kept", verdict="lapsed", at=DUE)


@pytest.mark.parametrize(
    "before",
    [
        [event("CommitmentKept")],
        [LAPSED, CORRECTED],
        [LAPSED, event("CommitmentKept", verdict="kept_late")],
    ],
)
def test_edge_41__what_was_not_done_after_all_is_told_as_a_lapse_each_time(before):
    rows = history(SET, *before, NOT_DONE)
    lapse = told_by(rows)
    assert whom(lapse) == LAPSE_TOLD
    assert not {each.id for each in lapse} & {each.id for each in told_by_all(rows[:-1])}
    again = told_by(history(SET, *before, NOT_DONE, CORRECTED))
    assert [each.follows for each in again] == [each.id for each in lapse]


def test_edge_41__a_child_that_was_not_done_after_all_endangers_what_it_serves():
    rows = history(CHILD, event("CommitmentKept"), NOT_DONE)
    assert ("child_lapsed", "ben") in whom(told_by(rows, PARENT))


def test_all_clear__follows_the_lapse_notice():
    lapses = told(SET, LAPSED)
    all_clears = told(SET, LAPSED, event("VerdictCorrected", verdict="open", revision=2))
    assert [each.follows for each in all_clears] == [each.id for each in lapses]
    assert {each.revision for each in all_clears} == {2}


def test_hand_over__names_the_other_one():
    assert [each.counterpart for each in told(SET, event("CommitmentHandedOver"))] == ["agent", "mai"]


def test_hand_over_again__is_told_again():
    forth, back = event("CommitmentHandedOver"), event("CommitmentHandedOver", was="mai", owner="agent")
    rows = history(SET, forth, back, forth)
    ids = [each.id for each in told_by_all(rows)]
    assert len(ids) == len(set(ids)) == 6


def test_reschedule__tells_the_new_due():
    moved = event("CommitmentRescheduled", told_due=DUE, due=DUE + HOUR)
    assert {(each.due, each.was) for each in told(SET, moved, actor="lead")} == {(DUE + HOUR, DUE)}


def test_delivery__carries_its_cause():
    lapse, _ = told(SET, LAPSED)
    row = history(SET, LAPSED)[-1]
    assert (lapse.cause, lapse.correlation, lapse.traceparent, lapse.actor) == (
        row.id,
        row.metadata.correlation,
        row.metadata.traceparent,
        "agent",
    )


def test_reminder__is_for_whoever_has_the_role():
    made = reminder(short_notice=True)
    assert (made.notice, made.role, made.due, made.short_notice) == ("rung-1", "owner", DUE, True)
    assert (made.owner, made.recipient) == ("agent", None)


def test_edge_24__one_delivery_whoever_owns_and_however_often_it_comes():
    assert reminder(1, "agent").id == reminder(2, "mai").id == reminder(3, None).id


@pytest.mark.parametrize("change", [{"revision": 2}, {"rung": "rung-2"}, {"role": "lead"}, {"held": True}])
def test_another_rung__is_another_delivery(change):
    assert reminder().id != reminder(**change).id


KINDS = [
    "CommitmentRescheduled",
    "CommitmentDeclined",
    "CommitmentHandedOver",
    "CommitmentLapsed",
    "VerdictCorrected",
]


@given(st.lists(st.sampled_from(KINDS), max_size=12), st.data())
def test_each_step__is_told_once_however_often_it_is_delivered(kinds, data):
    rows = history(SET, *(event(kind) for kind in kinds), actor="lead")
    once = {each.id: each for each in told_by_all(rows)}
    again = data.draw(st.lists(st.sampled_from(rows[1:]), max_size=6)) if kinds else []
    keys = [(each.notice, each.recipient, each.role, each.follows, each.cause) for each in once.values()]
    assert len(keys) == len(set(keys))
    for row in again:
        assert {each.id for each in told_by(rows[: row.position])} <= once.keys()


PARENT = watched(event("FollowUpPromised", owner="ben", due=DUE))
CHILD = event("FollowUpPromised", basis="internal", parent=an_id("parent"))


@pytest.mark.parametrize(
    ("happened", "expected"),
    [
        (LAPSED, [("child_lapsed", "ben")]),
        (event("CommitmentRescheduled", due=DUE), []),
        (event("CommitmentRescheduled", due=DUE + HOUR), [("child_rescheduled", "ben")]),
        (event("CommitmentWithdrawn"), [("child_withdrawn", "ben")]),
        (event("CommitmentWithdrawn", reason="parent_ended"), []),
        (event("CommitmentKept"), []),
    ],
)
def test_child__endangers_what_it_serves(happened, expected):
    rows = history(CHILD, happened)
    assert [each for each in whom(told_by(rows, PARENT)) if each[0].startswith("child")] == expected
    alone = whom(told_by(rows))
    assert not [each for each in alone if each[0].startswith("child")]


def test_child__that_was_kept_after_all_clears_whom_it_alarmed():
    lapse = next(each for each in told_by(history(CHILD, LAPSED), PARENT) if each.notice == "child_lapsed")
    all_clears = told_by(history(CHILD, LAPSED, CORRECTED), PARENT)
    assert lapse.id in [each.follows for each in all_clears]


@pytest.mark.parametrize(
    ("kind", "changes", "expected"),
    [
        ("NotificationFailed", {"role": "owner"}, [("unreached", "lead")]),
        ("NotificationFailed", {"role": "team"}, [("unreached", "lead")]),
        ("NotificationFailed", {"role": "lead"}, []),
        ("NotificationFailed", {"role": "owner", "reason": "gave_up"}, [("unreached", "lead")]),
        ("NotificationFailed", {"role": "team", "reason": "refused"}, [("unreached", "lead")]),
        ("NotificationFailed", {"notice": "handed_over", "role": "owner"}, [("unreached", "lead")]),
        ("NotificationFailed", {"notice": "handed_off", "role": None}, []),
        ("NotificationFailed", {"notice": "unreached", "role": "lead"}, []),
        ("NotificationFailed", {"notice": "rescheduled_customer"}, [("tell_customer", "owner")]),
        (
            "NotificationFailed",
            {"notice": "rescheduled_customer", "reason": "refused"},
            [("tell_customer", "owner")],
        ),
        (
            "NotificationSuppressed",
            {"notice": "lapsed", "reason": "expired", "role": "owner"},
            [("lapses_found", "lead")],
        ),
        ("NotificationSuppressed", {}, []),
        ("NotificationSent", {}, []),
    ],
)
def test_outcome__tells_who_can_do_something_about_it(kind, changes, expected):
    assert whom(of_outcome(recorded(event(kind, **changes)))) == expected


def test_lapses_found__are_told_once_however_many_were_to_hear():
    lapses = [
        event("NotificationSuppressed", notice="lapsed", reason="expired", role=role)
        for role in ("owner", "lead")
    ]
    assert len({made.id for each in lapses for made in of_outcome(recorded(each))}) == 1


@pytest.mark.parametrize(
    ("rung", "role", "roles"),
    [("owner_by", "team", ("team", "lead")), ("owner_by", "lead", ("lead",)), ("rung-1", "team", ("team",))],
)
def test_edge_51__of_what_nobody_owns_the_lead_hears_as_well_as_the_team(rung, role, roles):
    due = event("ReminderDue", rung=rung, role=role)
    assert isinstance(due, ReminderDue)
    assert reminded(due) == roles
    made = [of_reminder(recorded(due), due, None, each) for each in roles]
    assert len({each.id for each in made}) == len(roles)
    assert tuple(each.role for each in made) == roles
