"""A mail server whose letters end in a Maildir, where KEPT_SMTP names none."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from mailbox import Maildir
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from local import ports
from local.errors import PartError

LETTER_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True)
class Mail:
    """Where letters are handed in, and where they come to lie (None: at a server of yours)."""

    host: str
    port: int
    maildir: Path | None


class Letters:
    """Keeps every letter as it came, whatever it holds, with its envelope written on top."""

    def __init__(self, directory: Path) -> None:
        self._maildir = Maildir(directory, create=True)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Answer 250 only once the letter lies on the disk (the name is aiosmtpd's)."""
        content = envelope.content or b""
        letter = content.encode(errors="surrogateescape") if isinstance(content, str) else content
        people = [("X-MailFrom", envelope.mail_from or ""), ("X-RcptTo", ", ".join(envelope.rcpt_tos))]
        stamp = "".join(f"{name}: {value}\n" for name, value in people)
        try:
            self._maildir.add(stamp.encode(errors="replace") + letter)
        except OSError as error:
            return f"452 not kept: {error.strerror}"
        return "250 OK"


def _given(address: str) -> Mail:
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit():
        raise PartError(f"Mail (KEPT_SMTP): {address!r} is not host:port; correct it or unset KEPT_SMTP")
    return Mail(host, int(port), None)


@asynccontextmanager
async def mail(directory: Path) -> AsyncIterator[Mail]:
    """Take mail in as long as the body runs, in this event loop; letters stay under `directory`.

    `KEPT_SMTP=host:port` is used instead where it is set.
    """
    if address := os.environ.get("KEPT_SMTP"):
        yield _given(address)
        return
    loop, letters = asyncio.get_running_loop(), Letters(directory)

    def session() -> SMTP:
        return SMTP(
            letters, loop=loop, data_size_limit=LETTER_BYTES, hostname="kept.localhost", enable_SMTPUTF8=True
        )

    server = await loop.create_server(session, ports.HOST, 0)
    try:
        yield Mail(ports.HOST, server.sockets[0].getsockname()[1], directory)
    finally:
        server.close()
