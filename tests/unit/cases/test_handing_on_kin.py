"""What serves a promise goes with it when it is handed on, and never without it (edge 37)."""

from cases.case.arriving import elsewhere
from events.errors import Invalid
from events.log import ENTRY_BYTES
from events.testing import an_id
from events.wire import encode

from .scene import AFTER, BEFORE, LATER, ONE, OPEN, THREE, TWO, after, case_of, expectation, fell_due, promise
from .two_cases import OTHER, handed_on, moved


def test_edge_37__with_what_serves_it():
    scene = after(OPEN, expectation(commitment=TWO, parent=ONE, basis="internal", owner="mai"))
    old, new = moved(scene)
    assert list(case_of(new).commitments) == [ONE, TWO]
    assert case_of(new).commitments[TWO].parent == ONE
    assert case_of(old).commitments == {}


def test_edge_37__never_away_from_what_it_serves():
    scene = after(OPEN, expectation(commitment=TWO, parent=ONE, basis="internal", owner="mai"))
    scene.when(handed_on(TWO)).then_rejected(Invalid, field="commitments")


def test_edge_37__what_it_served_has_lapsed_and_stays():
    scene = after(OPEN, promise(commitment=THREE, due=LATER))
    scene = after(scene, expectation(commitment=TWO, due=LATER, parent=THREE, basis="internal", owner="mai"))
    lapsed = after(scene, fell_due(), AFTER)
    old, new = moved(lapsed, handed_on(THREE), AFTER)
    assert list(case_of(old).commitments) == [ONE]
    assert list(case_of(new).commitments) == [THREE, TWO]


def test_edge_37__many_with_long_words_fit_into_the_log():
    scene, many = OPEN, [an_id(f"promise {number}") for number in range(20)]
    for each in many:
        scene = after(scene, promise(commitment=each, due=LATER, words="ệ" * 8000))
    command = handed_on(ONE, *many)
    ((_, order),) = elsewhere(scene.state, command, scene.when(command, at=BEFORE).events).items()
    came = OTHER.when(order, at=BEFORE)
    assert list(case_of(OTHER.and_then(*came.events)).commitments) == [ONE, *many]
    assert max(len(encode(each)[2]) for each in came.events) * 4 // 3 < ENTRY_BYTES
