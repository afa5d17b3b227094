"""What serves a promise goes with it when it is handed on, and never without it (edge 37)."""

from events.errors import Invalid

from .scene import AFTER, LATER, ONE, OPEN, THREE, TWO, after, case_of, expectation, fell_due, promise
from .two_cases import handed_on, moved


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
