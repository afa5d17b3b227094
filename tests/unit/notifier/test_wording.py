"""What a message says, and that nothing in it breaks out of its place."""

import json
from collections.abc import Mapping
from datetime import timedelta
from email.message import EmailMessage
from html import unescape
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.testing import NOW, an_id
from notifier.answer_pages import ASKING, STATUS
from notifier.language import LANGUAGES, phrases, spoken
from notifier.need import NEEDS
from notifier.payload import payload
from notifier.watched import Answered
from notifier.wording import Letter, Scene, answer_page, one_line, page
from notifier.wording import letter as written_for
from tests.unit.notifier.cast import CASE, COMMITMENT, DUE, a_delivery

ANSWER = "https://kept.example/v1/answers/7"
LINK = "http://127.0.0.1:8002/v1/commitments/7"


def scene(
    notice: str = "rung-1",
    words: str | None = "I will call you.",
    said: Mapping[str, Any] = MappingProxyType({}),
    **changes: Any,
) -> Scene:
    answered = (
        None
        if words is None
        else Answered(state="open", revision=1, owner="agent", told_due=DUE, words=words)
    )
    place = {"zone": "Europe/Berlin", "customer_zone": "Asia/Ho_Chi_Minh", "now": DUE - timedelta(hours=1)}
    delivery = a_delivery(notice, **{"counterpart": "mai", **said})
    given = {"answered": answered, "link": LINK, **place, **changes}
    return Scene(delivery=delivery, **given)


def letter(*scenes: Scene) -> Letter:
    return written_for(scenes)


EN = phrases("en")


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

--
This message was written automatically by Kept.
"""
    )


def test_unchecked__goes_without_words_and_says_so():
    written = letter(scene(words=None))
    assert written.subject == f"Due in 1 h: promise {COMMITMENT}"
    assert "Promise " not in written.text
    assert "could not be asked" in written.text
    assert LINK in written.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("notice", [*NEEDS, "rung-2", "review-3"])
@pytest.mark.parametrize("role", [None, "owner", "lead"])
def test_every_notice__has_a_saying_of_its_own_in_every_language(language, notice, role):
    said = {"role": role, "recipient": "kim" if role == "lead" else "agent"}
    written = letter(scene(notice, language=language, said=said))
    head = phrases(language).notices[scene(notice, said=said).says].head
    assert "{" not in written.subject + written.text
    assert written.subject.startswith(head.partition("{")[0])
    assert all("I will call you." in form for form in (written.text, written.html, written.short))
    assert f'<html lang="{language}">' in written.html


def test_languages__say_the_same_things():
    for language in LANGUAGES:
        said = phrases(language)
        for each in ("labels", "notices", "channels", "page", "answer"):
            assert getattr(said, each).keys() == getattr(EN, each).keys(), (language, each)
        assert len(said.time.weekdays) == 7
        assert len(said.time.months) in (0, 12)


def test_vietnamese__reads_like_this():
    written = letter(scene(language="vi", zone="Asia/Ho_Chi_Minh", words="Tôi sẽ gọi lại cho chị."))
    assert written.subject == "Còn 1 giờ là đến hạn: Tôi sẽ gọi lại cho chị."
    assert "Anh/Chị đã hứa việc này với khách hàng, và chỉ còn 1 giờ là đến hạn." in written.text
    assert "  Hạn      00:00, thứ Ba, ngày 3/3/2026 (Asia/Ho_Chi_Minh)" in written.text


def test_filipino__reads_like_this():
    written = letter(scene(language="fil", zone="Asia/Manila", customer_zone=None))
    assert written.subject == "1 oras na lang: I will call you."
    assert "Ipinangako po ninyo ito sa isang customer, at 1 oras na lang" in written.text
    assert "Martes, Marso 3, 2026, 01:00 (Asia/Manila)" in written.text


@pytest.mark.parametrize(
    ("asked", "language"),
    [("vi", "vi"), ("vi-VN", "vi"), ("fil", "fil"), ("tl-PH", "fil"), ("EN", "en"), ("de", "en"), ("", "en")],
)
def test_language_that_we_do_not_speak__is_english(asked, language):
    assert spoken(asked) == language


def test_reminder_to_a_lead__names_who_owes_it():
    said = {"role": "lead", "recipient": "kim"}
    assert "agent owes this to a customer" in letter(scene(said=said)).text
    own = {"role": "lead", "recipient": "agent"}
    assert "You owe this to a customer" in letter(scene(said=own)).text


def test_reminder_of_what_nobody_owns__says_so():
    nobody = Answered(state="open", revision=1, owner=None, told_due=DUE, words="We call you.")
    assert "nobody has taken it yet" in letter(scene(answered=nobody, said={"role": "team"})).text


def test_hand_over__names_who_and_the_time_left():
    text = letter(scene("handed_over")).text
    assert "mai handed this promise over to you." in text
    assert "Time left  1 h" in text
    assert letter(scene("handed_off")).subject.startswith("Handed over to mai: ")


NEW_DUE = DUE + timedelta(days=1)
MOVED = {"was": DUE, "due": NEW_DUE, "recipient": "customer"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_customer__reads_old_and_new_time_and_nothing_of_ours(language):
    told = {"language": language, "customer": "Mai", "customer_zone": None, "answer": ANSWER}
    theirs = scene("rescheduled_customer", said=MOVED, **told)
    written = letter(theirs)
    assert written.subject == phrases(language).notices["rescheduled_customer"].head
    for form in (written.text, written.html):
        assert "Mai" in form
        assert phrases(language).wall_time(DUE, "Europe/Berlin") in form
        assert phrases(language).wall_time(NEW_DUE, "Europe/Berlin") in form
        assert phrases(language).labels["customer_automatic"] in form
        assert phrases(language).labels["closing"] in form
        for suits, label in (("yes", "suits"), ("no", "suits_not")):
            assert f"{ANSWER}?suits={suits}" in form
            assert phrases(language).labels[label] in form
        assert not any(ours in form for ours in (LINK, str(CASE), str(COMMITMENT), "agent", "Kept"))


@pytest.mark.parametrize(("channel", "says"), [("call", "by a call"), ("social", "in private")])
def test_customer_without_mail__is_to_be_told_otherwise(channel, says):
    assert says in letter(scene("tell_customer", channel=channel)).text


def test_edge_47__several_are_one_letter_naming_each():
    other = scene(words="We send the invoice.", said={"commitment": an_id("other"), "id": an_id("second")})
    written = letter(scene(), other)
    assert written.subject == "2 promises need you soon"
    for form in (written.text, written.html, written.short):
        assert "I will call you." in form
        assert "We send the invoice." in form
    assert written.text.count(LINK) == 2


def test_who_has_two_roles__reads_of_it_once():
    twice = scene(said={"role": "lead", "id": an_id("second")})
    assert letter(scene(), twice) == letter(scene())


ACKNOWLEDGE = "https://kept.example/v1/acknowledgements/abc"


def test_acknowledgement__is_one_click():
    assert ACKNOWLEDGE not in letter(scene()).text + letter(scene()).html
    written = letter(scene(acknowledge=ACKNOWLEDGE))
    assert f'href="{ACKNOWLEDGE}"' in written.html
    assert f"I have seen this: {ACKNOWLEDGE}\n" in written.text
    assert ACKNOWLEDGE in written.short


def test_html__lets_no_words_out_of_their_place():
    evil = '</blockquote><script>alert(1)</script><img src="https://x.test/a.png">'
    html = letter(scene(words=evil, said={"actor": "<b>", "counterpart": "<i>"})).html
    assert "&lt;script&gt;" in html
    assert not any(tag in html for tag in ("<script", "<img", "<b>", "<i>", "@import", "url("))


def test_html__turns_no_writing_round():
    html = letter(scene(words="a\u202eb\x1b[2J\u2066c")).html
    assert not any(mark in html for mark in "\u202e\x1b\u2066")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", ["ask", "done", "used", "expired", "forged", "early"])
def test_page__acts_by_its_button_only(language, state):
    shown = page(language, state)
    assert phrases(language).page[f"{state}_title"] in shown
    assert ('<form method="post">' in shown) is (state == "ask")


def test_time_left__is_not_said_after_the_due():
    assert "Time left" not in letter(scene("lapsed", now=DUE + timedelta(hours=1))).text


@pytest.mark.parametrize(
    ("own", "theirs", "count"),
    [("UTC", "UTC", 1), ("UTC", None, 1), (None, None, 1), (None, "Asia/Manila", 2)],
)
def test_due__stands_once_per_clock(own, theirs, count):
    assert letter(scene(zone=own, customer_zone=theirs)).text.count("Mar 2026") == count


def test_wall_time__of_an_unknown_zone_is_utc():
    assert EN.wall_time(NOW, "Mars/Base") == EN.wall_time(NOW, None) == "Mon 2 Mar 2026, 09:00 UTC"
    assert EN.wall_time(NOW + timedelta(seconds=5), "UTC") == "Mon 2 Mar 2026, 09:00:05 UTC"


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
    assert EN.how_long(timedelta(seconds=seconds)) == said


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
    for words in json.loads((data / "naughty-strings.json").read_text())["strings"]:
        message = EmailMessage()
        message["Subject"] = letter(scene(words=words)).subject
        message.set_content(letter(scene(words=words)).text)
        assert message.as_bytes()


def test_one_line__is_cut():
    assert one_line("a" * 200, 120) == "a" * 119 + "…"


def test_payload__says_the_same_to_a_machine():
    said = payload([scene()])
    assert said["type"] == "commitment.reminder"
    assert said["data"]["words"] == "I will call you."
    assert (said["data"]["due"], said["data"]["unchecked"]) == (DUE.isoformat(), False)
    assert payload([scene("lapsed", words=None)])["type"] == "commitment.lapsed"
    assert payload([scene(words=None)])["data"]["unchecked"] is True
    assert json.loads(json.dumps(said)) == said


def test_payload__of_several_names_each():
    said = payload([scene(), scene("lapsed")])
    assert said["type"] == "commitment.digest"
    assert [each["type"] for each in said["data"]["items"]] == ["commitment.reminder", "commitment.lapsed"]
    assert said["data"]["recipient"] == "agent"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", [*STATUS])
def test_answer_page__speaks_every_language_in_every_state(language, state):
    said, labels = phrases(language).answer, phrases(language).labels
    asks = state in ASKING
    shown = unescape(answer_page(language, state, "<now>", asks=asks, zone="Asia/Manila", prefers=""))
    assert f'<html lang="{language}">' in shown
    assert said[f"{state}_title"] in shown
    assert said[state] in shown
    assert labels["customer_automatic"] in shown
    assert (shown.count("<form"), said["button_no"] in shown) == (2 * asks, asks)
    assert (said["again"] in shown) == (state in ("yes", "no"))
    assert "script" not in shown


def test_answer_page__begins_with_what_the_link_says():
    yes, no = (
        answer_page("en", "ask", None, asks=True, zone="UTC", prefers=prefers) for prefers in ("yes", "no")
    )
    assert yes.index('value="yes"') < yes.index('value="no"')
    assert no.index('value="no"') < no.index('value="yes"')
