"""What a customer's form may say, and what becomes of it."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from events.catalogue import CustomerAnswered
from events.testing import NOW, an_id, given
from notifier.answer import DECIDER, Answer, Said
from notifier.form import LONGEST, read

HANOI = "Asia/Ho_Chi_Minh"
YES = Said(agreed=True)
NO = Said(agreed=False, counter=NOW + timedelta(days=1), words="Tomorrow, please.")


def form(**fields: str) -> bytes:
    return urlencode(fields).encode()


def answer(said: Said) -> Answer:
    return Answer(an_id("commitment"), an_id("case"), 2, said)


def test_yes__needs_no_more():
    assert read(form(suits="yes"), HANOI, NOW) == YES
    assert read(form(suits="yes", counter="nonsense", words="x" * 9000), HANOI, NOW) == YES


def test_no__may_name_a_time_on_the_customers_wall_and_words():
    said = read(form(suits="no", counter="2026-03-03T08:30", words="Buổi sáng\r\nthì tiện. 👩‍🔧"), HANOI, NOW)
    assert said == Said(
        agreed=False,
        counter=datetime(2026, 3, 3, 1, 30, tzinfo=UTC),
        words="Buổi sáng\nthì tiện. 👩‍🔧",
    )
    assert read(form(suits="no", counter="", words="  "), HANOI, NOW) == Said(agreed=False)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"suits",
        b"suits=maybe",
        b"suits=yes&suits=no",
        b"suits=no&words=%ff",
        b"\xff\xfe",
        b"&".join([b"suits=no"] * 100),
        b'{"suits": "yes"}',
    ],
)
def test_what_is_no_answer__is_not_taken(body):
    assert read(body, HANOI, NOW) == "unclear"


@pytest.mark.parametrize(
    "wall",
    [
        "2026-03-02T15:59",
        "2026-03-02T16:00",
        "2200-01-01T07:00",
        "9999-12-31T23:59",
        "0001-01-01T00:00",
        "2026-02-30T10:00",
        "tomorrow",
        "2026-03-03",
        "2026-03-03T10:00Z",
        "٢٠٢٦-03-03T10:00",
    ],
)
def test_time_that_is_over_far_off_or_none__is_not_taken(wall):
    assert read(form(suits="no", counter=wall), HANOI, NOW) == "counter"


@pytest.mark.parametrize(
    "words", ["x" * (LONGEST + 1), "a\x00b", "a\x1b[31m", "a\u202eb", "\u2028 b c", "a\x85b"]
)
def test_words_too_long_or_not_to_be_printed__are_not_taken(words):
    assert read(form(suits="no", words=f"a{words}z"), HANOI, NOW) == "words"


def test_words__may_be_as_long_as_the_page_says():
    assert read(form(suits="no", words="x" * LONGEST), HANOI, NOW) == Said(agreed=False, words="x" * LONGEST)


@for_all(st.binary(max_size=200), st.text(max_size=20))
def test_whatever_comes__is_taken_or_not(body, where):
    for each in (body, b"suits=no&counter=" + body, b"suits=no&words=" + body):
        said = read(each, where, NOW)
        assert isinstance(said, Said) or said in ("unclear", "counter", "words")


def test_answer__is_recorded_and_can_be_changed():
    told = CustomerAnswered(commitment=an_id("commitment"), case=an_id("case"), revision=2, agreed=True)
    scene = given(DECIDER)
    assert scene.when(answer(YES)).then(told) == YES
    changed = scene.and_then(told).when(answer(NO))
    assert changed.then_types(CustomerAnswered) == NO


def test_answer__repeated_yields_nothing():
    told = given(DECIDER).when(answer(NO)).events
    given(DECIDER, *told).when(answer(NO)).then_nothing()
