"""What a message says, and that nothing in it breaks out of its place."""

import json
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.testing import NOW
from notifier.delivery import NEEDS
from notifier.watched import Answered
from notifier.wording import Scene, how_long, letter, one_line, payload, wall_time
from tests.unit.notifier.cast import CASE, COMMITMENT, DUE, a_delivery

LINK = "http://127.0.0.1:8002/v1/commitments/7"


def scene(notice: str = "rung-1", words: str | None = "I will call you.", **changes: Any) -> Scene:
    answered = (
        None
        if words is None
        else Answered(state="open", revision=1, owner="agent", told_due=DUE, words=words)
    )
    place = {"zone": "Europe/Berlin", "customer_zone": "Asia/Ho_Chi_Minh", "now": DUE - timedelta(hours=1)}
    return Scene(
        delivery=a_delivery(notice, counterpart="mai"), answered=answered, link=LINK, **{**place, **changes}
    )


def test_reminder__reads_like_this():
    written = letter(scene(words="I will call you.\nAbout the invoice."))
    assert written.subject == "Due in 1 h: I will call you. About the invoice."
    assert (
        written.text
        == f"""\
You owe this to a customer, and it is due in 1 h.

  Promise    I will call you.
             About the invoice.
  Due        Mon 2 Mar 2026, 18:00 Europe/Berlin
             Tue 3 Mar 2026, 00:00 Asia/Ho_Chi_Minh (the customer's time)
  Time left  1 h
  Case       {CASE}
  Number     {COMMITMENT}

{LINK}
"""
    )


def test_unchecked__goes_without_words_and_says_so():
    written = letter(scene(words=None))
    assert written.subject == f"Due in 1 h: promise {COMMITMENT}"
    assert "Promise " not in written.text
    assert "could not be asked" in written.text
    assert LINK in written.text


@pytest.mark.parametrize("notice", [*NEEDS, "rung-2"])
def test_every_notice__has_a_saying_of_its_own(notice):
    written = letter(scene(notice))
    assert "{" not in written.subject + written.text
    assert written.subject.startswith("Due in ") is (notice == "rung-2")


def test_hand_over__names_who_and_the_time_left():
    assert "mai handed this promise over to you; 1 h left." in letter(scene("handed_over")).text
    assert letter(scene("handed_off")).subject.startswith("Handed over to mai: ")


def test_time_left__is_not_said_after_the_due():
    assert "Time left" not in letter(scene("lapsed", now=DUE + timedelta(hours=1))).text


@pytest.mark.parametrize(
    ("own", "theirs", "count"),
    [("UTC", "UTC", 1), ("UTC", None, 1), (None, None, 1), (None, "Asia/Manila", 2)],
)
def test_due__stands_once_per_clock(own, theirs, count):
    assert letter(scene(zone=own, customer_zone=theirs)).text.count("Mar 2026") == count


def test_wall_time__of_an_unknown_zone_is_utc():
    assert wall_time(NOW, "Mars/Base") == wall_time(NOW, None) == "Mon 2 Mar 2026, 09:00 UTC"
    assert wall_time(NOW + timedelta(seconds=5), "UTC") == "Mon 2 Mar 2026, 09:00:05 UTC"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "no time"),
        (-5, "no time"),
        (0.9, "no time"),
        (59, "59 s"),
        (60, "1 min"),
        (3900, "1 h 5 min"),
        (3605, "1 h"),
        (86400, "1 day"),
        (2 * 86400 + 3600, "2 days 1 h"),
        (86400 + 60, "1 day"),
    ],
)
def test_how_long__says_two_units(seconds, said):
    assert how_long(timedelta(seconds=seconds)) == said


@pytest.mark.parametrize(
    "breaker",
    ["\r\nBcc: evil@x.test", "\n", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\x00", "\x1b[2J", "\u202e"],
)
def test_subject__stays_one_line(breaker):
    written = letter(scene(words=f"Call{breaker}you"))
    message = EmailMessage()
    message["Subject"] = written.subject
    assert not any(mark in written.subject for mark in "\r\n\x0b\x0c\x85\u2028\u2029\x00\x1b\u202e")
    assert written.subject.startswith("Due in 1 h: Call ")


@given(st.text(min_size=1))
def test_any_words__make_a_message(words):
    written = letter(scene(words=words))
    message = EmailMessage()
    message["Subject"] = written.subject
    message.set_content(written.text)
    assert len(written.subject) <= 120
    assert list(message.keys()).count("Subject") == 1
    assert b"\n\n" in message.as_bytes()


def test_naughty_words__make_a_message(data):
    for words in json.loads((data / "naughty-strings.json").read_text()):
        message = EmailMessage()
        message["Subject"] = letter(scene(words=words)).subject
        message.set_content(letter(scene(words=words)).text)
        assert message.as_bytes()


def test_one_line__is_cut():
    assert one_line("a" * 200, 120) == "a" * 119 + "…"


def test_payload__says_the_same_to_a_machine():
    said = payload(scene())
    assert said["type"] == "commitment.reminder"
    assert said["data"]["words"] == "I will call you."
    assert (said["data"]["due"], said["data"]["unchecked"]) == (DUE.isoformat(), False)
    assert payload(scene("lapsed", words=None))["type"] == "commitment.lapsed"
    assert payload(scene(words=None))["data"]["unchecked"] is True
    assert json.loads(json.dumps(said)) == said
