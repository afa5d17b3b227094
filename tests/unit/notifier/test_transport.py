"""Webhooks do not lead inside, whatever a name says at that moment."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx
import pytest

from notifier import transport
from notifier.channels import webhook_client
from notifier.settings import Settings
from notifier.transport import Outward, is_public
from tests.certificates import vouched_for_by_itself
from tests.unit.notifier.test_settings import NEEDED


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_public__is_the_open_internet(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "198.18.0.1",
        "192.0.0.192",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "fd00:ec2::254",
        "fe80::1",
        "ff02::1",
    ],
)
def test_public__is_nothing_that_leads_inside(address):
    assert not is_public(address)


@pytest.mark.parametrize("found", [[], ["10.0.0.7"], ["93.184.215.14", "127.0.0.1"]])
async def test_connection__to_a_name_that_leads_inside_is_not_made(found):
    asked = []

    async def look_up(host):
        asked.append(host)
        return found

    async with httpx.AsyncClient(transport=Outward([], look_up)) as client:
        with pytest.raises(httpx.ConnectError, match="not a public one"):
            await client.post("https://hooks.example/x", content=b"")
    assert asked == ["hooks.example"]


def test_hosts_inside__are_those_of_the_settings_and_in_dev_this_machine():
    own = Settings(**NEEDED, smtp="mail.example:25", webhook_hosts=["board.internal"])
    assert own.webhooks_inside == {"board.internal"}
    assert "127.0.0.1" in Settings(**NEEDED, smtp="mail.example:25", profile="dev").webhooks_inside


class Receiver:
    """A receiver by TLS, what it heard, and the certificate that it shows."""

    def __init__(self, server: ssl.SSLContext, certificate: Path) -> None:
        self.server = server
        self.certificate = certificate
        self.port = 0
        self.heard = b""
        self.called: list[str | None] = []
        server.sni_callback = lambda _, name, __: self.called.append(name)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            self.heard += await reader.read(1000)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        writer.close()


@asynccontextmanager
async def receiving(folder: Path, **held: Sequence[str]) -> AsyncIterator[Receiver]:
    """Run a receiver whose certificate holds these names."""
    receiver = Receiver(*vouched_for_by_itself(folder, **held))
    async with await asyncio.start_server(receiver.serve, "127.0.0.1", 0, ssl=receiver.server) as server:
        receiver.port = server.sockets[0].getsockname()[1]
        yield receiver


@pytest.fixture
def found_here(monkeypatch):
    """Let every name be found on this machine, as if it were the open internet."""

    async def look_up(_host: str) -> Sequence[str]:
        return ["127.0.0.1"]

    monkeypatch.setattr(transport, "is_public", lambda _: True)
    return look_up


async def test_receiver__is_called_by_its_name_at_the_address_that_was_checked(
    found_here, monkeypatch, tmp_path
):
    async with receiving(tmp_path, hosts=["hooks.example"]) as receiver:
        trusted = ssl.create_default_context(cafile=receiver.certificate)
        monkeypatch.setattr(transport, "authorities", lambda: trusted)
        async with httpx.AsyncClient(transport=Outward([], found_here)) as client:
            answer = await client.post(f"https://hooks.example:{receiver.port}/x", content=b"kept")
    assert answer.status_code == httpx.codes.OK
    assert receiver.called == ["hooks.example"]
    assert f"\r\nhost: hooks.example:{receiver.port}\r\n".encode() in receiver.heard.lower()


@pytest.mark.parametrize("held", [{"hosts": ["other.example"]}, {"addresses": ["127.0.0.1"]}])
async def test_receiver__that_shows_the_certificate_of_another_is_told_nothing(
    held, found_here, monkeypatch, tmp_path
):
    async with receiving(tmp_path, **held) as receiver:
        trusted = ssl.create_default_context(cafile=receiver.certificate)
        monkeypatch.setattr(transport, "authorities", lambda: trusted)
        async with httpx.AsyncClient(transport=Outward([], found_here)) as client:
            with pytest.raises(httpx.ConnectError, match=r"certificate is not valid for 'hooks\.example'"):
                await client.post(f"https://hooks.example:{receiver.port}/x", content=b"kept")
    assert receiver.heard == b""


async def test_receiver__whom_nobody_vouches_for_is_told_nothing(tmp_path):
    async with receiving(tmp_path, addresses=["127.0.0.1"]) as receiver, webhook_client() as client:
        with pytest.raises(httpx.ConnectError, match="certificate verify failed"):
            await client.post(f"https://127.0.0.1:{receiver.port}/x", content=b"kept")
    assert receiver.heard == b""
