"""The mailbox of the local stack, read back."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from mailbox import Maildir
from pathlib import Path


def read(maildir: Path) -> list[EmailMessage]:
    """Return the letters in a Maildir, in the order in which they came."""
    box = Maildir(maildir, create=False)
    return [_letter(box.get_bytes(key)) for key in sorted(box.keys())]


def text(letter: EmailMessage) -> str:
    """Return what a letter says."""
    body = letter.get_body(("plain",))
    return "" if body is None else str(body.get_content())


def _letter(content: bytes) -> EmailMessage:
    letter = message_from_bytes(content, policy=policy.default)
    assert isinstance(letter, EmailMessage)
    return letter
