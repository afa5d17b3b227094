"""Links are ours, for one purpose, until an instant; nothing else opens them."""

from base64 import urlsafe_b64encode
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.testing import NOW, an_id
from notifier.links import Links

LINKS = Links("https://kept.example/", b"k" * 32)
TOKEN = LINKS.token("acknowledge", an_id("message"), NOW)


def test_link__opens_again():
    opened = LINKS.open("acknowledge", TOKEN)
    assert opened is not None
    assert (opened.message, opened.until) == (an_id("message"), NOW)
    link = LINKS.to("acknowledge", an_id("message"), NOW)
    assert link == f"https://kept.example/v1/acknowledgements/{TOKEN}"


@pytest.mark.parametrize("key", [b"", b"k" * 31, b"K" * 32])
def test_link_of_another_key__is_none(key):
    assert Links("", key).open("acknowledge", TOKEN) is None


def test_link_for_another_purpose__is_none():
    assert LINKS.open("answer", TOKEN) is None
    assert LINKS.open("acknowledge", LINKS.token("answer", an_id("message"), NOW)) is None


@given(st.integers(0, len(TOKEN) - 2), st.sampled_from("ABCdef012-_"))
def test_link_changed_in_one_letter__is_none(place, letter):
    changed = TOKEN[:place] + letter + TOKEN[place + 1 :]
    assert changed == TOKEN or LINKS.open("acknowledge", changed) is None


@given(st.text(max_size=90))
def test_any_text__is_none(text):
    assert LINKS.open("acknowledge", text) is None


@pytest.mark.parametrize("length", [0, 31, 32, 55, 57])
def test_token_of_another_length__is_none(length):
    assert LINKS.open("acknowledge", urlsafe_b64encode(b"a" * length).decode()) is None


def test_links_of_two_messages_or_instants__differ():
    later = LINKS.token("acknowledge", an_id("message"), NOW + timedelta(seconds=1))
    assert len({TOKEN, later, LINKS.token("acknowledge", an_id("other"), NOW)}) == 3
