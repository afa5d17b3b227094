"""Cursors: opaque, exact, and good for nothing but the list they were written for."""

from base64 import b64encode
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.errors import Invalid
from events.service.bookmark import Bookmark, signing_key
from events.testing import NOW, an_id

SECRET = b64encode(bytes(range(32))).decode()
LIST = Bookmark(signing_key(SECRET, "cases"), '["/v1/cases", []]')
LETTERS = "Ab0-_.=~é"


def came(cursor: str, at: Bookmark = LIST) -> Bookmark:
    return replace(at, said=cursor)


def refused(at: Bookmark) -> str | None:
    with pytest.raises(Invalid) as caught:
        at.place(int)
    return caught.value.field


def test_cursor__comes_back_as_written():
    written = LIST.write(NOW.isoformat(), an_id("a"), 7)
    assert came(written).place(datetime.fromisoformat, UUID, int) == (NOW, an_id("a"), 7)
    assert LIST.place(int) is None


def test_cursor__is_good_with_another_replica():
    other = Bookmark(signing_key(SECRET, "cases"), LIST.bound)
    assert came(LIST.write(7), other).place(int) == (7,)


@pytest.mark.parametrize(
    "other",
    [
        replace(LIST, bound='["/v1/contacts", []]'),
        replace(LIST, bound='["/v1/cases", [["state", "open"]]]'),
        replace(LIST, key=signing_key(SECRET, "intake")),
        replace(LIST, key=signing_key("", "cases")),
    ],
    ids=["route", "filter", "service", "secret"],
)
def test_cursor__of_another_list_is_refused(other):
    assert refused(came(LIST.write(7), other)) == "cursor"
    assert refused(replace(other, said=LIST.write(7), field="after")) == "after"


def test_cursor__changed_in_any_letter_is_refused():
    written = LIST.write(7)
    changed = [
        written[:at] + letter + written[at + 1 :]
        for at in range(len(written))
        for letter in LETTERS
        if letter != written[at]
    ]
    for each in [*changed, written[:-1], written + "A", written + "=", "", ".", written.partition(".")[0]]:
        assert refused(came(each)) == "cursor"


@given(st.text(max_size=100))
def test_cursor__forged_is_refused(text):
    assert refused(came(text)) == "cursor"


@pytest.mark.parametrize("values", [("x",), (1, 2), (), (None,)])
def test_cursor__of_another_release_is_refused(values):
    assert refused(came(LIST.write(*values))) == "cursor"
