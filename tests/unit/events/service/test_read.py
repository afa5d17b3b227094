"""Pages: as many as asked for, and whether there is more."""

from events.service import page


def test_page__says_whether_there_is_more():
    assert page([1, 2, 3], 2, str) == {"items": [1, 2], "next": "2"}
    assert page([1, 2], 2, str) == {"items": [1, 2], "next": None}
    assert page([], 2, str) == {"items": [], "next": None}
