"""A broker by TLS: no client says a word in plain, and none takes a certificate that nobody vouches for."""

import asyncio
import ssl
from contextlib import suppress

import pytest
from aiokafka.errors import KafkaError

from events.kafka import check_topic, connecting, consuming, producing
from tests.certificates import vouched_for_by_itself

HANDSHAKE = 0x16


def test_address__says_how_to_get_there():
    plain = connecting("a:9092,b:9092")
    assert plain == {"bootstrap_servers": "a:9092,b:9092", "security_protocol": "PLAINTEXT"}
    safe = connecting("tls://a:9093,b:9093")
    context = safe.pop("ssl_context")
    assert safe == {"bootstrap_servers": "a:9093,b:9093", "security_protocol": "SSL"}
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)


async def consume(bootstrap: str) -> None:
    async with consuming(bootstrap, "cases"):
        pass


async def produce(bootstrap: str) -> None:
    async with producing(bootstrap):
        pass


async def check(bootstrap: str) -> None:
    await check_topic(bootstrap, "cases")


@pytest.mark.parametrize("reach", [consume, produce, check])
async def test_client__begins_with_a_handshake(reach):
    first: list[int] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            first.extend((await reader.read(100))[:1])
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises((KafkaError, TimeoutError)):
            await reach(f"tls://127.0.0.1:{port}")
    assert first
    assert set(first) == {HANDSHAKE}


@pytest.mark.parametrize("reach", [consume, produce, check])
async def test_client__says_nothing_to_a_server_that_nobody_vouches_for(reach, tmp_path):
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            heard.append(await reader.read(100))
        writer.close()

    context, _ = vouched_for_by_itself(tmp_path, addresses=["127.0.0.1"])
    async with await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises((KafkaError, TimeoutError)):
            await reach(f"tls://127.0.0.1:{port}")
    assert b"".join(heard) == b""
