"""Letters as they come, and the address of a server of yours."""

from mailbox import Maildir

import pytest
from aiosmtpd.smtp import Envelope

from local.errors import PartError
from local.mail import Letters, _given


def envelope(content: bytes) -> Envelope:
    made = Envelope()
    made.mail_from, made.rcpt_tos, made.content = (
        "kept@localhost",
        ["an@localhost", "bo\udcff@localhost"],
        content,
    )
    return made


@pytest.mark.parametrize(
    "content", [b"Subject: hi\r\n\r\nbody\r\n", b"", b"\xff\x00 no header at all", b"\r\n" * 9]
)
async def test_letter__is_kept_whatever_it_holds(tmp_path, content):
    letters = Letters(tmp_path / "mail")
    assert await letters.handle_DATA(None, None, envelope(content)) == "250 OK"  # type: ignore[arg-type]
    (kept,) = Maildir(tmp_path / "mail")
    assert kept["X-RcptTo"] == "an@localhost, bo?@localhost"
    assert len(list((tmp_path / "mail" / "new").iterdir())) == 1


async def test_letter__that_cannot_be_kept_is_asked_for_again(tmp_path):
    letters = Letters(tmp_path / "mail")
    (tmp_path / "mail" / "tmp").rmdir()
    answer = await letters.handle_DATA(None, None, envelope(b"x"))  # type: ignore[arg-type]
    assert answer.startswith("452 ")


def test_given__an_address_that_is_none():
    with pytest.raises(PartError, match="not host:port"):
        _given("nonsense")
