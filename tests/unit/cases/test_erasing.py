"""A customer is erased: what is open ends, the words go, times and verdicts stay (edge case 54)."""

from dataclasses import replace

import pytest
from pydantic import TypeAdapter

from cases.case import Case
from cases.case.commands import EraseCase, NewSeries, ProposeResolution, ReopenCase
from cases.due import Within
from cases.proof import claims
from events.catalogue import (
    CaseClosed,
    CaseErased,
    CommitmentLapsed,
    CommitmentWithdrawn,
    FollowUpPromised,
)
from events.keyring import ERASED, Erased

from .scene import (
    A_CASE,
    AFTER,
    BEFORE,
    CALL,
    HOUR,
    ONE,
    OPEN,
    STATES,
    TWO,
    Scene,
    after,
    close,
    contact,
    decline,
    explain,
    fell_due,
    keep,
    opening,
    promise,
    the,
)

ERASE = EraseCase(case=A_CASE)
SECRET = "Quittenbrot"
ENDED = {"kept", "kept late", "released", "withdrawn", "lapsed", "not owed"}
WHOLE: TypeAdapter[Case | None] = TypeAdapter(Case | None)


def marked() -> Scene:
    """Return a case in which every word that can be said is said, and marked."""
    scene = after(OPEN, decline(words=f"{SECRET} 1"), BEFORE)
    scene = after(scene, ProposeResolution(case=A_CASE, words=f"{SECRET} 2"), BEFORE)
    scene = after(scene, fell_due(), AFTER)
    scene = after(scene, explain(words=f"{SECRET} 3"), AFTER)
    case = scene.state
    assert case is not None
    said = {id_: replace(each, words=f"{SECRET} {each.words}") for id_, each in case.commitments.items()}
    return replace(scene, state=replace(case, subject=SECRET, commitments=said))


@pytest.mark.parametrize("state", sorted(STATES))
def test_edge_54__what_is_open_is_withdrawn_and_what_has_ended_keeps_times_and_verdict(state):
    scene, at = STATES[state]
    before = claims(the(scene))
    erased = scene.when(ERASE, at=at).after
    if state in ENDED:
        assert claims(the(erased)) == before
    else:
        assert the(erased).state == ("lapsed" if state == "overdue" else "withdrawn")
    assert erased is not None
    assert not erased.pending()
    assert not [timer for each in erased.commitments.values() for timer in each.timers]
    assert (erased.state, erased.waits) == ("closed", ())


def test_edge_54__the_words_go_before_anything_else_is_told():
    scene = after(OPEN, promise(commitment=TWO, parent=ONE, basis="internal"))
    came = scene.when(ERASE, at=BEFORE).events
    assert [type(event) for event in came] == [
        CaseErased,
        CommitmentWithdrawn,
        CommitmentWithdrawn,
        CaseClosed,
    ]
    withdrawn = [event for event in came if isinstance(event, CommitmentWithdrawn)]
    assert [(each.commitment, each.reason, each.words) for each in withdrawn] == [
        (TWO, "customer_erased", None),
        (ONE, "customer_erased", None),
    ]


def test_edge_54__no_word_is_left_in_the_case():
    scene = marked()
    assert WHOLE.dump_json(scene.state).decode().count(SECRET) == 5
    erased = scene.when(ERASE, at=AFTER).after
    assert SECRET not in WHOLE.dump_json(erased).decode()
    assert the(erased).words == ERASED


def test_edge_54__a_series_makes_no_further_promise():
    series = NewSeries(every=Within(within=HOUR))
    scene = after(STATES["kept"][0], promise(commitment=TWO, series=series, due=BEFORE))
    came = scene.when(ERASE, at=AFTER).events
    assert CommitmentLapsed in map(type, came)
    assert FollowUpPromised not in map(type, came)


def test_erase_case__repeated():
    scene = after(OPEN, ERASE, BEFORE)
    scene.when(ERASE, at=AFTER).then_nothing()


@pytest.mark.parametrize(
    "command",
    [
        promise(commitment=TWO),
        keep(),
        close(),
        ReopenCase(case=A_CASE, words="Again."),
        contact(contact=CALL),
        fell_due(),
    ],
    ids=lambda command: type(command).__name__,
)
def test_erase_case__nothing_is_recorded_of_it_any_more(command):
    rejection = after(OPEN, ERASE, BEFORE).when(command, at=AFTER).then_rejected(Erased)
    assert "No parcel." not in str(rejection)


def test_erase_case__opening_it_once_more_changes_nothing():
    after(OPEN, ERASE, BEFORE).when(opening()).then_nothing()
    assert ONE in (OPEN.state.commitments if OPEN.state else {})
