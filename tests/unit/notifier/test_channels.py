"""Which way a message takes, and what a letter carries; the wire itself is tested on real servers."""

from email import message_from_bytes, policy

import pytest

from events.testing import NOW, an_id
from notifier.channels import Hook, Mailbox, Message, Ways, webhook_client
from notifier.recipient import Recipient
from notifier.wording import Letter

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
WAYS = Ways("mail.example", 25, "kept@desk.example", webhook_client())
MESSAGE = Message(an_id("delivery"), Letter("Đúng hẹn", "Gọi lại.\n"), {}, NOW)


@pytest.mark.parametrize(
    ("recipient", "kind"),
    [
        (None, type(None)),
        (Recipient(), type(None)),
        (Recipient(email="a@b.test"), Mailbox),
        (Recipient(webhook="https://b.test/", secret=SECRET), Hook),
        (Recipient(email="a@b.test", webhook="https://b.test/", secret=SECRET), Mailbox),
    ],
)
def test_way__is_mail_else_the_webhook(recipient, kind):
    assert type(WAYS.to(recipient)) is kind


def test_sink__is_the_mail_server_or_the_receiving_host():
    mailbox, hook = (
        WAYS.to(Recipient(email="a@b.test")),
        WAYS.to(Recipient(webhook="https://b.test:8443/a?b=c", secret=SECRET)),
    )
    assert mailbox is not None
    assert hook is not None
    assert (mailbox.sink, hook.sink) == ("smtp", "b.test:8443")


def test_letter__carries_the_id_of_its_delivery():
    mail = Mailbox("mail.example", 25, "kept@desk.example", "a@b.test").mail(MESSAGE)
    read = message_from_bytes(mail.as_bytes(), policy=policy.default)
    assert read["Message-ID"] == f"<{an_id('delivery')}@desk.example>"
    assert read["X-Kept-Notification"] == str(an_id("delivery"))
    assert read["Subject"] == "Đúng hẹn"
    assert read["To"] == "a@b.test"
    assert read["From"] == "Kept <kept@desk.example>"
    assert read["Date"].datetime == NOW
    assert read["Auto-Submitted"] == "auto-generated"
    assert read.get_content() == "Gọi lại.\n"


@pytest.mark.parametrize("address", ["a@b.test, c@d.test", "a@b.test\r\nBcc: c@d.test", "a@b.test\x00"])
def test_letter__takes_no_second_recipient(address):
    with pytest.raises(ValueError, match=r".+"):
        Mailbox("mail.example", 25, "kept@desk.example", address).mail(MESSAGE)
