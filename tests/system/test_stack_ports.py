"""Two stacks started at one moment want the same ports."""

import asyncio

import httpx
import pytest

from local import ports
from local.stack import on_site

READY = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
STRANGER = READY.replace(b"200 OK", b"401 Unauthorized")


async def another_run(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer as a service of another installation does."""
    asked = await reader.readuntil(b"\r\n\r\n")
    writer.write(READY if b" /readyz " in asked else STRANGER)
    await writer.drain()
    writer.close()


@pytest.mark.accept
async def test_a_port_lost_between_choice_and_bind__is_given_up(parts, site, tmp_path, monkeypatch):
    """Another run's service is ready at it before ours finds that it cannot listen there."""
    server = await asyncio.start_server(another_run, ports.HOST, 0)
    lost, choose = server.sockets[0].getsockname()[1], ports.free_each
    chosen: list[list[int]] = []

    def free_each(wanted):
        found = choose(wanted)
        chosen.append(found if chosen else [lost, *found[1:]])
        return chosen[-1]

    monkeypatch.setattr(ports, "free_each", free_each)
    async with server, on_site(parts, site, tmp_path) as running, httpx.AsyncClient() as client:
        assert lost in chosen[0]
        assert not running.urls["intake"].endswith(f":{lost}")
        headers = {"Authorization": f"Bearer {site.token}"}
        for url in running.urls.values():
            assert (await client.get(f"{url}/v1/settled", headers=headers)).status_code == 200
