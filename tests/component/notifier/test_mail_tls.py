"""Letters to a mail server by TLS: nothing of one is said before the server has shown who it is."""

from ssl import SSLContext

import pytest

from events.testing import NOW, an_id
from notifier import channels
from notifier.channels import Accepted, Mailbox, MailServer, Message, TryAgain
from notifier.wording import Letter
from tests.certificates import vouched_for_by_itself

from .sinks import MailSink, mail_sink

HERE = "127.0.0.1"
MESSAGE = Message(an_id("delivery"), Letter("Đúng hẹn", "Gọi lại.\n", "", language="vi"), {}, NOW)


@pytest.fixture
def shown(tmp_path) -> SSLContext:
    """The certificate of a mail server on this machine."""
    return vouched_for_by_itself(tmp_path, addresses=[HERE])[0]


@pytest.fixture
def trusted(monkeypatch, tmp_path):
    """Let the machine trust the server's certificate."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "server.crt"))


async def hand_in(port: int, host: str = HERE) -> channels.Result:
    server = MailServer(host, port, encrypted=True)
    return await Mailbox(server, "kept@desk.example", "a@b.test", seconds=5).send(MESSAGE)


@pytest.mark.usefixtures("trusted")
async def test_letter__goes_by_starttls(shown):
    async with mail_sink(MailSink(), starttls=shown) as sink:
        assert await hand_in(sink.port) == Accepted()
    assert [letter.rcpt_tos for letter in sink.letters] == [["a@b.test"]]


@pytest.mark.usefixtures("trusted")
async def test_letter__goes_by_tls_from_the_first_byte_at_the_port_for_that(shown, monkeypatch):
    async with mail_sink(MailSink(), at_once=shown) as sink:
        monkeypatch.setattr(channels, "SUBMISSIONS", sink.port)
        assert await hand_in(sink.port) == Accepted()
    assert len(sink.letters) == 1


@pytest.mark.usefixtures("trusted")
async def test_server__that_offers_no_tls_is_told_nothing():
    async with mail_sink(MailSink()) as sink:
        answer = await hand_in(sink.port)
    assert isinstance(answer, TryAgain)
    assert sink.heard == []


@pytest.mark.parametrize("how", ["at_once", "starttls"])
async def test_server__whom_nobody_vouches_for_is_told_nothing(how, shown, monkeypatch):
    async with mail_sink(MailSink(), **{how: shown}) as sink:
        if how == "at_once":
            monkeypatch.setattr(channels, "SUBMISSIONS", sink.port)
        answer = await hand_in(sink.port)
    assert isinstance(answer, TryAgain)
    assert sink.heard == []


@pytest.mark.usefixtures("trusted")
async def test_server__of_another_name_is_told_nothing(shown):
    async with mail_sink(MailSink(), starttls=shown) as sink:
        answer = await hand_in(sink.port, "localhost")
    assert isinstance(answer, TryAgain)
    assert sink.heard == []
