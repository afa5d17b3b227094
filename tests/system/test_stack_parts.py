"""Real PostgreSQL, Kafka and mail: sites stand alone, all end with their parent and keep what they hold."""

import asyncio
import json
import signal
import smtplib
import sys
import time
from asyncio.subprocess import PIPE
from email.message import EmailMessage
from mailbox import Maildir
from pathlib import Path

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from local.stack import parts as running_parts

PARENT = """
import asyncio, json, sys
from pathlib import Path
from local.stack import parts
async def nothing(service, dsn): pass
async def main():
    async with parts(Path(sys.argv[1]), install=nothing) as running:
        site = await running.lasting()
        pids = [running.postgres.server.pid, running.broker.server.pid]
        print(json.dumps([pids, site.databases["cases"], site.broker.bootstrap]), flush=True)
        await asyncio.sleep(60)
asyncio.run(main())
"""


async def test_fresh__a_service_reaches_its_own_database_only(site):
    connection = await asyncpg.connect(site.logins["cases"])
    assert await connection.fetchval("SELECT current_user") == "kept_cases"
    assert not await connection.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    await connection.close()
    other = site.postgres.database(site.database("intake"), "kept_cases")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(other)


@pytest.mark.accept
async def test_fresh__two_sites_share_nothing(parts, site):
    second = await parts.fresh("second")
    assert not set(second.databases.values()) & set(site.databases.values())
    assert not set(second.topics.values()) & set(site.topics.values())
    await parts.drop(second)
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        await asyncpg.connect(second.databases["cases"])


async def test_topic__has_one_partition_and_keeps_everything(site):
    admin = AIOKafkaAdminClient(bootstrap_servers=site.broker.bootstrap)
    await admin.start()
    topics = await admin.describe_topics(list(site.topics.values()))
    (answer,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, site.topics["cases"])])
    await admin.close()
    assert [len(topic["partitions"]) for topic in topics] == [1, 1, 1, 1]
    settings = {name: value for name, value, *_ in answer.resources[0][4]}
    assert settings["retention.ms"] == "-1"
    assert settings["cleanup.policy"] == "delete"
    assert settings["max.message.bytes"] == "1048576"


async def test_mail__comes_to_lie_in_the_maildir(site):
    letter = EmailMessage()
    letter["Subject"], letter["To"] = "Lời hứa", "agent@localhost"
    letter.set_content("due in an hour")
    await asyncio.to_thread(send, site.mail.port, letter)
    assert "due in an hour" in [str(kept.get_payload()).strip() for kept in Maildir(site.mail.maildir)]


def send(port: int, letter: EmailMessage) -> None:
    with smtplib.SMTP("127.0.0.1", port) as server:
        server.send_message(letter, "kept@localhost", ["agent@localhost"])


async def test_mail__survives_what_is_no_mail(site):
    reader, writer = await asyncio.open_connection("127.0.0.1", site.mail.port)
    writer.write(b"\xff\x00" * 4000 + b"\r\nMAIL FROM:<\r\nDATA\r\n")
    await writer.drain()
    assert (await reader.readline()).startswith(b"220 ")
    writer.close()
    await test_mail__comes_to_lie_in_the_maildir(site)


@pytest.mark.accept
async def test_parts__end_with_a_parent_that_is_killed_and_find_their_data_again(tmp_path):
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", PARENT, str(tmp_path), stdout=PIPE)
    assert parent.stdout
    pids, database, bootstrap = json.loads(await asyncio.wait_for(parent.stdout.readline(), 120))
    await write(database, bootstrap)
    parent.send_signal(signal.SIGKILL)
    await parent.communicate()
    await gone(pids)
    async with running_parts(tmp_path, install=nothing) as again:
        site = await again.lasting()
        assert await read(site.databases["cases"], site.broker.bootstrap) == (42, b"kept")


async def nothing(service: str, dsn: str) -> None:
    """Install no schema: these tests are about the parts."""


async def write(database: str, bootstrap: str) -> None:
    connection = await asyncpg.connect(database)
    await connection.execute("CREATE TABLE t AS SELECT 42 AS n")
    await connection.close()
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all") as producer:
        await producer.send_and_wait("cases", b"kept")


async def read(database: str, bootstrap: str) -> tuple[int, bytes]:
    connection = await asyncpg.connect(database)
    number = await connection.fetchval("SELECT n FROM t")
    await connection.close()
    async with AIOKafkaConsumer(bootstrap_servers=bootstrap) as consumer:
        consumer.assign([TopicPartition("cases", 0)])
        await consumer.seek_to_beginning()
        record = await asyncio.wait_for(consumer.getone(), 10)
    return number, record.value


def alive(pid: int) -> bool:
    """Tell whether it still does anything: one that nobody has reaped has no command line left."""
    try:
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
    except OSError:
        return False


async def gone(pids: list[int], within: float = 5) -> None:
    deadline = time.monotonic() + within
    while any(map(alive, pids)):
        assert time.monotonic() < deadline, f"{pids} outlived their parent"
        await asyncio.sleep(0.02)
