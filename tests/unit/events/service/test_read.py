"""Pages and cursors: opaque, exact, and never trusted."""

from datetime import datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.errors import Invalid
from events.service import page, read_cursor, write_cursor
from events.testing import NOW, an_id


def test_cursor__comes_back_as_written():
    cursor = write_cursor(NOW.isoformat(), an_id("a"), 7)
    assert read_cursor(cursor, datetime.fromisoformat, UUID, int) == (NOW, an_id("a"), 7)
    assert read_cursor(None, int) is None


@given(st.text(max_size=100))
def test_cursor__forged_is_refused(text):
    with pytest.raises(Invalid):
        read_cursor("!" + text, int)


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "e30",
        write_cursor("x"),
        write_cursor(1, 2),
        write_cursor(),
        "W" * 400,
        "W0luZmluaXR5XQ",
        write_cursor(2**63),
    ],
)
def test_cursor__of_another_order_is_refused(cursor):
    with pytest.raises(Invalid) as caught:
        read_cursor(cursor, int)
    assert caught.value.field == "cursor"


def test_page__says_whether_there_is_more():
    assert page([1, 2, 3], 2, str) == {"items": [1, 2], "next": "2"}
    assert page([1, 2], 2, str) == {"items": [1, 2], "next": None}
    assert page([], 2, str) == {"items": [], "next": None}
