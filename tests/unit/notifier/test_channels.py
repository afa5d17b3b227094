"""Which way a message takes, and what a letter carries; the wire itself is tested on real servers."""

from email import message_from_bytes, policy

import pytest

from events.testing import NOW, an_id
from notifier.channels import Hook, Mailbox, MailServer, Message, webhook_client
from notifier.chat import SERVICES, Chat
from notifier.recipient import HOSTED, OWN, Recipient
from notifier.signing import Keys
from notifier.ways import Ways
from notifier.wording import Letter

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MAIL = MailServer("mail.example", 25)
WAYS = Ways(MAIL, "kept@desk.example", webhook_client())
MESSAGE = Message(
    an_id("delivery"), Letter("Đúng hẹn", "Gọi lại.\n", "<p>Gọi lại.</p>\n", language="vi"), {}, NOW
)


EVERY = Recipient(
    email="a@b.test", webhook="https://b.test/", secret=SECRET, chat="discord://4174216298/JHMHI8q"
)


@pytest.mark.parametrize(
    ("recipient", "kinds"),
    [
        (Recipient(), []),
        (Recipient(email="a@b.test"), [Mailbox]),
        (Recipient(webhook="https://b.test/", secret=SECRET), [Hook]),
        (EVERY, [Mailbox, Chat, Hook]),
        (EVERY.model_copy(update={"order": ("chat",)}), [Chat, Mailbox, Hook]),
        (EVERY.model_copy(update={"order": ("webhook", "chat", "email"), "chat": None}), [Hook, Mailbox]),
    ],
)
def test_ways__are_in_the_order_that_the_recipient_likes(recipient, kinds):
    assert [type(WAYS.to(recipient, means)) for means in recipient.ways] == kinds


def test_chat_services__are_those_that_may_be_named():
    assert SERVICES.keys() == HOSTED | OWN.keys() | set(OWN.values())


def test_way__that_they_do_not_have_is_none():
    assert WAYS.to(Recipient(email="a@b.test"), "chat") is None


@pytest.mark.parametrize(
    ("means", "sink"), [("email", "smtp"), ("webhook", "b.test:8443"), ("chat", "discord:4174216298")]
)
def test_sink__is_what_slows_all_down(means, sink):
    reached = EVERY.model_copy(update={"webhook": "https://b.test:8443/a?b=c"})
    channel = WAYS.to(reached, means)
    assert channel is not None
    assert (channel.means, channel.sink) == (means, sink)


def test_sink__of_an_address_that_is_none_fails_nobody():
    assert Hook(webhook_client(), "https://1.2.3.999/", Keys(SECRET)).sink == "1.2.3.999"


def test_letter__carries_the_id_of_its_delivery():
    mail = Mailbox(MAIL, "kept@desk.example", "a@b.test").mail(MESSAGE)
    read = message_from_bytes(mail.as_bytes(), policy=policy.default)
    assert read["Message-ID"] == f"<{an_id('delivery')}@desk.example>"
    assert read["X-Kept-Notification"] == str(an_id("delivery"))
    assert read["Subject"] == "Đúng hẹn"
    assert read["To"] == "a@b.test"
    assert read["From"] == "Kept <kept@desk.example>"
    assert read["Date"].datetime == NOW
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["Content-Language"] == "vi"
    plain, colourful = read.iter_parts()
    assert (plain.get_content_type(), plain.get_content()) == ("text/plain", "Gọi lại.\n")
    assert (colourful.get_content_type(), colourful.get_content()) == ("text/html", "<p>Gọi lại.</p>\n")


@pytest.mark.parametrize("address", ["a@b.test, c@d.test", "a@b.test\r\nBcc: c@d.test", "a@b.test\x00"])
def test_letter__takes_no_second_recipient(address):
    with pytest.raises(ValueError, match=r".+"):
        Mailbox(MAIL, "kept@desk.example", address).mail(MESSAGE)
