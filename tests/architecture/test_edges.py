"""Every edge case that is done has a test that bears its number."""

from tests.edges import EDGES, LATER, NOT_YET, found, misnamed


def test_rows__are_numbered_without_a_hole():
    assert list(EDGES) == list(range(1, 56))
    assert LATER.keys() >= NOT_YET


def test_every_edge_that_is_done__has_a_test():
    proved = {number for number, _ in found()}
    assert EDGES.keys() - NOT_YET - proved == set()


def test_every_test_of_an_edge__is_of_one_that_there_is():
    assert [test for number, test in found() if number not in EDGES] == []
    assert misnamed() == []
