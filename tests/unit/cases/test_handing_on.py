"""A promise of a case that closes goes on in another one: as it stood, under its own id (edge 37)."""

from dataclasses import fields

import pytest

from cases.case.commands import EndKept
from cases.commitment import Commitment
from events.catalogue.moves import Carried
from events.errors import NotNow

from .scene import (
    AFTER,
    BEFORE,
    LAPSED,
    LATER,
    ONE,
    OPEN,
    STATES,
    THREE,
    TWO,
    UNTOLD,
    after,
    case_of,
    contact,
    decline,
    promise,
    wait,
)
from .two_cases import ELSEWHERE, OTHER, handed_on, moved


@pytest.mark.parametrize("state", ["open", "untold", "undated", "dormant", "aim"])
def test_edge_37__handed_on_as_it_stands(state):
    scene, at = STATES[state]
    before = case_of(scene).commitments[ONE]
    rest = tuple(EndKept(end="kept", commitment=each) for each in case_of(scene).commitments if each != ONE)
    command = handed_on().model_copy(update={"commitments": (*handed_on().commitments, *rest)})
    old, new = moved(scene, command, at)
    assert case_of(new).commitments == {ONE: before}
    assert (case_of(old).state, ONE in case_of(old).commitments, case_of(old).moved) == (
        "closed",
        False,
        {ONE: ELSEWHERE},
    )


def test_edge_37__what_was_said_of_it_goes_along():
    scene = after(after(UNTOLD, decline(counter=LATER, words="Too late."), BEFORE), contact("not_reached"))
    before = case_of(scene).commitments[ONE]
    assert before.answer
    assert before.attempts
    _, new = moved(scene)
    assert case_of(new).commitments[ONE] == before


def test_edge_37__a_wait_ends_with_the_case_and_its_clock_goes_on():
    scene, at = STATES["waiting"]
    came = scene.when(handed_on(ONE, TWO), at=at + (AFTER - BEFORE) / 4)
    came.then_types("WaitEnded", "CommitmentsMovedOut", "CaseClosed")
    _, new = moved(scene, handed_on(ONE, TWO), at + (AFTER - BEFORE) / 4)
    assert {each.state for each in case_of(new).commitments.values()} == {"open"}
    assert case_of(new).commitments[ONE].revision == case_of(scene).commitments[ONE].revision + 1


def test_edge_37__into_a_case_that_waits_its_clock_stops():
    aim, at = STATES["aim"]
    there = after(OTHER, promise(case=ELSEWHERE, commitment=THREE, due=LATER))
    there = after(there, wait(case=ELSEWHERE, next_contact=THREE), at)
    _, new = moved(aim, handed_on(ONE, TWO), at, there)
    assert (case_of(new).commitments[ONE].state, case_of(new).commitments[TWO].state) == ("waiting", "open")


@pytest.mark.parametrize("scene", [LAPSED, STATES["kept"][0], STATES["released"][0]])
def test_edge_37__what_has_lapsed_or_ended_stays(scene):
    scene.when(handed_on(), at=AFTER).then_rejected(NotNow)


def test_edge_37__what_is_overdue_lapses_and_stays():
    OPEN.when(handed_on(), at=AFTER).then_rejected(NotNow)


def test_carried__is_all_that_what_is_open_has():
    left = {each.name for each in fields(Commitment)} - Carried.model_fields.keys()
    assert left == {
        *("waits", "paused_at"),  # it waits no more
        *(
            "lapsed_at",
            "change_not_told",
            "untold_due",
            "debt_ended",
            "ended_at",
        ),  # nor has it lapsed or ended
    }
