"""How somebody is reached: what may be said of it, and what changes it."""

import json
from datetime import timedelta
from email.headerregistry import Address
from email.message import EmailMessage

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st
from pydantic import ValidationError

from events.catalogue import RecipientChanged
from events.decider import Actor
from events.errors import Forbidden
from events.testing import AGENT, LEAD, NOW, SYSTEM, given
from notifier.recipient import DECIDER, Recipient, SetRecipient, stream

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_" + "b3RoZXJz" * 4
DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)
HOOK = "https://hooks.example/kept?a=1"
BY_MAIL = RecipientChanged(name="mai", email="mai@kept.example")
BY_BOTH = RecipientChanged(name="mai", email="mai@kept.example", webhook=HOOK, secret=SECRET)


def accepted(**fields: object) -> bool:
    try:
        SetRecipient.model_validate({"name": "mai", **fields})
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("actor", [LEAD, SYSTEM, Actor("mai", frozenset({"agent"}))])
def test_set_recipient__recorded(actor):
    command = SetRecipient(name="mai", email="mai@kept.example", webhook=HOOK, secret=SECRET)
    state = given(DECIDER).when(command, by=actor).then(BY_BOTH)
    assert state == Recipient(email="mai@kept.example", webhook=HOOK, secret=SECRET)


def test_set_recipient_of_another__rejected():
    given(DECIDER).when(SetRecipient(name="mai"), by=AGENT).then_rejected(Forbidden)


def test_set_recipient__repeated():
    given(DECIDER, BY_MAIL).when(SetRecipient(name="mai", email="mai@kept.example"), by=LEAD).then_nothing()


def test_set_recipient__forgets_what_is_left_out():
    state = given(DECIDER, BY_BOTH).when(SetRecipient(name="mai"), by=LEAD).then(RecipientChanged(name="mai"))
    assert state == Recipient()


def test_set_recipient__of_nobody_yet_is_recorded_even_when_empty():
    given(DECIDER).when(SetRecipient(name="mai"), by=LEAD).then(RecipientChanged(name="mai"))


def test_secret_replaced__signs_on_for_a_day_unless_said_otherwise():
    for said, lasts in ({}, DAY), ({"overlap": HOUR}, HOUR):
        command = SetRecipient(name="mai", webhook=HOOK, secret=OTHER, **said)
        changed = RecipientChanged(
            name="mai", webhook=HOOK, secret=OTHER, former_secret=SECRET, former_until=NOW + lasts
        )
        state = given(DECIDER, BY_BOTH).when(command, by=LEAD, at=NOW).then(changed)
        assert state is not None
        assert state.keys.at(NOW + lasts - SECOND) == (OTHER, SECRET)
        given(DECIDER, BY_BOTH, changed).when(command, by=LEAD, at=NOW + HOUR / 2).then_nothing()


@pytest.mark.parametrize(
    "said",
    [
        {"webhook": HOOK, "secret": OTHER, "overlap": "PT0S"},
        {"webhook": HOOK + "2", "secret": OTHER},
        {"webhook": HOOK + "2", "secret": SECRET},
        {"email": "mai@kept.example"},
    ],
)
def test_secret_before__ends_with_its_address_or_at_once(said):
    state = given(DECIDER, BY_BOTH).when(SetRecipient.model_validate({"name": "mai", **said}), by=LEAD).after
    assert state is not None
    assert state.keys.at(NOW) == ((said["secret"],) if "secret" in said else ())
    assert SECRET not in state.model_dump().values() or said["secret"] == SECRET


def test_secret_before__stands_while_something_else_changes():
    rotated = RecipientChanged(
        name="mai", webhook=HOOK, secret=OTHER, former_secret=SECRET, former_until=NOW + HOUR
    )
    command = SetRecipient(name="mai", email="mai@kept.example", webhook=HOOK, secret=OTHER)
    state = given(DECIDER, BY_BOTH, rotated).when(command, by=LEAD).after
    assert state is not None
    assert (state.keys.at(NOW), state.former_until) == ((OTHER, SECRET), NOW + HOUR)


@pytest.mark.parametrize("overlap", ["P31D", "-PT1S", "a day", "P1M"])
def test_overlap__is_of_0_to_30_days(overlap):
    assert accepted(webhook=HOOK, secret=SECRET, overlap="P30D")
    assert not accepted(webhook=HOOK, secret=SECRET, overlap=overlap)


def test_secret__is_not_shown():
    command = SetRecipient(name="mai", webhook=HOOK, secret=SECRET)
    state = given(DECIDER).when(command, by=LEAD).after
    assert SECRET not in f"{command!r} {state!r}"


@pytest.mark.parametrize(
    "email",
    [
        "a@b.test, evil@x.test",
        "a@b.test\r\nBcc: evil@x.test",
        "a@b.test\n",
        "a@b.test\u2028",
        "a@b.test\x0b",
        "Ann <a@b.test>",
        '"a b"@b.test',
        "a(comment)@b.test",
        "a@b.test;x@y.test",
        "a@[127.0.0.1]",
        "a@b..test",
        ".a@b.test",
        "a@-b.test",
        "ä@b.test",
        "a@bücher.test",
        "a" * 65 + "@b.test",
        "a@" + "b." * 130 + "test",
        "",
        "a",
    ],
)
def test_email__takes_one_address_only(email):
    assert not accepted(email=email)


@pytest.mark.parametrize(
    "email", ["mai@kept.example", "agent@localhost", "o'neil+x@a-b.example", "a!#$%&*/=?^_`{|}~@b.c"]
)
def test_email__takes_ordinary_ones(email):
    assert accepted(email=email)


def test_email__refuses_every_wrong_one_of_the_vectors(data):
    rows = json.loads((data / "string-format-vectors.json").read_text())["formats"]["email"]
    wrong = [row["value"] for row in rows if not row["valid"]]
    assert wrong
    assert [value for value in wrong if isinstance(value, str) and accepted(email=value)] == []


@for_all(st.from_regex(r"[!-~]{1,10}@[a-z.-]{1,10}", fullmatch=True))
def test_email__that_is_taken_is_one_recipient(email):
    if accepted(email=email):
        message = EmailMessage()
        message["To"] = Address(addr_spec=email)
        assert [address.addr_spec for address in message["To"].addresses] == [email]


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example/",
        "ftp://hooks.example/",
        "file:///etc/passwd",
        "https://user@hooks.example/",
        "https://user:password@hooks.example/",
        "https://hooks.example\\@evil.test/",
        "https://hooks.example/#part",
        "https://hooks.example:0/",
        "https://hooks.example:99999/",
        "https:///path",
        "https://[::1",
        "https://[fe80::1%25eth0]/",
        "https://hooks.example/\r\nX-Evil: 1",
        "https://hooks.example/ a",
        "https://hööks.example/",
        "https://①②⑦.0.0.1/",
        "https://1.2.3.999/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://0/",
        "http://127.0.0.1.evil.test/",
        "http://localhost.evil.test/",
        "HTTPS://hooks.example/",
        "https://" + "a" * 2000,
    ],
)
def test_webhook__refuses(url):
    assert not accepted(webhook=url, secret=SECRET)


@pytest.mark.parametrize(
    "url",
    [
        HOOK,
        "https://hooks.example:8443/a",
        "http://127.0.0.1:9000/",
        "http://localhost/x",
        "http://[::1]:80/",
        "https://192.0.2.7/x",
        "https://a1.example/",
    ],
)
def test_webhook__takes(url):
    assert accepted(webhook=url, secret=SECRET)


@pytest.mark.parametrize(
    "secret",
    ["", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_", "whsec_AAAA", "whsec_%%%", "whsec_" + "A" * 88],
)
def test_secret__refuses(secret):
    assert not accepted(webhook=HOOK, secret=secret)


def test_webhook_and_secret__come_together():
    assert not accepted(webhook=HOOK)
    assert not accepted(secret=SECRET)


def test_unknown_fields__are_refused():
    assert not accepted(phone="1")


def test_stream__is_named_after_the_recipient():
    assert stream("mai") == "recipient-mai"


@pytest.mark.parametrize(
    "chat",
    [
        "slack://TokenA123/TokenB123/tokenC1234567890123456789/#general",
        "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js",
        "tgram://123456789:abcdefg_hijklmnop/12345",
        "mmosts://chat.example/3ccdd113474722377935511fc85d3dd4",
        "mmost://127.0.0.1:8065/3ccdd113474722377935511fc85d3dd4",
        "rockets://user:word@chat.example/#care",
    ],
)
def test_chat__takes(chat):
    assert accepted(chat=chat)


@pytest.mark.parametrize(
    "chat",
    [
        "file:///etc/passwd",
        "exec://rm",
        "dbus://",
        "syslog://",
        "mailto://user:word@mail.example",
        "json://127.0.0.1/",
        "jsons://hooks.example/",
        "mmost://10.0.0.1/3ccdd113474722377935511fc85d3dd4",
        "mmost://127.0.0.1@10.0.0.1/3ccdd113474722377935511fc85d3dd4",
        "mmost://x@127.0.0.1@10.0.0.1/3ccdd113474722377935511fc85d3dd4",
        "slack://a/b/c?template=/etc/passwd",
        "slack://a/b/c,mailto://user:word@mail.example",
        "tgram://1:a/1 tgram://1:a/2",
        "tgram://1:a/1\r\nx",
        "SLACK://a/b/c",
        "",
    ],
)
def test_chat__refuses(chat):
    assert not accepted(chat=chat)


def test_order__names_each_way_once():
    assert accepted(order=["webhook", "email"])
    assert not accepted(order=["email", "email"])
    assert not accepted(order=["phone"])


@pytest.mark.parametrize("fields", [{"language": "de"}, {"zone": "Mars/Base"}])
def test_language_and_zone__are_known_ones(fields):
    assert not accepted(**fields)


def test_chat__is_not_shown():
    chat = "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js"
    command = SetRecipient(name="mai", chat=chat)
    state = given(DECIDER).when(command, by=LEAD).after
    assert chat not in f"{command!r} {state!r}"
