"""Letters to a mail server by TLS: nothing of one is said before the server has shown who it is."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP

from events.testing import NOW, an_id
from notifier import channels
from notifier.channels import Accepted, Mailbox, MailServer, Message, TryAgain
from notifier.wording import Letter
from tests.certificates import vouched_for_by_itself

from .sinks import MailSink

HERE = "127.0.0.1"
MESSAGE = Message(an_id("delivery"), Letter("Đúng hẹn", "Gọi lại.\n", "", language="vi"), {}, NOW)


@asynccontextmanager
async def mail_server(folder: Path, *, at_once: bool = False, offers: bool = True) -> AsyncIterator[MailSink]:
    """Run a mail server that speaks TLS at once, by STARTTLS, or not at all."""
    sink, loop = MailSink(), asyncio.get_running_loop()
    context, _ = vouched_for_by_itself(folder, addresses=[HERE])
    said: dict[str, Any] = {} if at_once or not offers else {"tls_context": context}
    server = await loop.create_server(
        lambda: SMTP(sink, loop=loop, hostname="sink", **said), HERE, 0, ssl=context if at_once else None
    )
    sink.port = server.sockets[0].getsockname()[1]
    try:
        yield sink
    finally:
        server.close()


@pytest.fixture
def trusted(monkeypatch, tmp_path):
    """Let the machine trust the server's certificate."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "server.crt"))


async def hand_in(port: int, host: str = HERE) -> channels.Result:
    server = MailServer(host, port, encrypted=True)
    return await Mailbox(server, "kept@desk.example", "a@b.test", seconds=5).send(MESSAGE)


@pytest.mark.usefixtures("trusted")
async def test_letter__goes_by_starttls(tmp_path):
    async with mail_server(tmp_path) as sink:
        assert await hand_in(sink.port) == Accepted()
    assert [letter.rcpt_tos for letter in sink.letters] == [["a@b.test"]]


@pytest.mark.usefixtures("trusted")
async def test_letter__goes_by_tls_from_the_first_byte_at_the_port_for_that(tmp_path, monkeypatch):
    async with mail_server(tmp_path, at_once=True) as sink:
        monkeypatch.setattr(channels, "SUBMISSIONS", sink.port)
        assert await hand_in(sink.port) == Accepted()
    assert len(sink.letters) == 1


@pytest.mark.usefixtures("trusted")
async def test_server__that_offers_no_tls_is_told_nothing(tmp_path):
    async with mail_server(tmp_path, offers=False) as sink:
        answer = await hand_in(sink.port)
    assert isinstance(answer, TryAgain)
    assert sink.heard == []


@pytest.mark.parametrize("at_once", [False, True])
async def test_server__whom_nobody_vouches_for_is_told_nothing(at_once, tmp_path, monkeypatch):
    async with mail_server(tmp_path, at_once=at_once) as sink:
        if at_once:
            monkeypatch.setattr(channels, "SUBMISSIONS", sink.port)
        answer = await hand_in(sink.port)
    assert isinstance(answer, TryAgain)
    assert sink.heard == []


@pytest.mark.usefixtures("trusted")
async def test_server__of_another_name_is_told_nothing(tmp_path):
    async with mail_server(tmp_path) as sink:
        answer = await hand_in(sink.port, "localhost")
    assert isinstance(answer, TryAgain)
    assert sink.heard == []
