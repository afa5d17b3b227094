"""A stranger reads the topics: by another client and the CloudEvents package, with hashes worked out anew."""

import asyncio
import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

import pytest
from cloudevents.core.base import BaseCloudEvent
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary
from cloudevents.core.formats.json import JSONFormat
from confluent_kafka import Consumer, Message, TopicPartition

pytestmark = pytest.mark.accept  # a play of its own, for strangers

LOGS = {"contacts": "intake", "cases": "cases", "reminders": "scheduler", "notifications": "notifier"}
HEADERS = {
    *("ce_specversion", "ce_id", "ce_source", "ce_type", "ce_subject", "ce_time", "content-type"),
    *("kept_log", "kept_position", "kept_version", "kept_schema", "kept_recorded", "kept_metadata"),
    *("kept_content", "kept_hash", "traceparent", "tracestate"),
}
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Seen:
    """A record as its bytes came, and as the CloudEvents package reads it."""

    event: BaseCloudEvent
    headers: dict[str, bytes]
    data: bytes

    def number(self, name: str) -> bytes:
        """Return a header's number in 8 bytes."""
        return struct.pack(">q", int(self.headers[name]))


def consumed(bootstrap: str, topic: str) -> list[Message]:
    """Return every record of a topic, by librdkafka."""
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "stranger", "enable.auto.commit": False})
    try:
        consumer.assign([TopicPartition(topic, 0, 0)])
        _, end = consumer.get_watermark_offsets(TopicPartition(topic, 0), timeout=30)
        found: list[Message] = []
        while len(found) < end:
            came = consumer.consume(end - len(found), timeout=30)
            assert came, f"{topic} ends after {len(found)} of {end}"
            assert [each.error() for each in came] == [None] * len(came)
            found += came
        return found
    finally:
        consumer.close()


def read(message: Message) -> Seen:
    """Return a record; raises what the CloudEvents package does where it is no event in binary mode."""
    headers, value = {}, message.value() or b""
    for name, part in dict(message.headers() or ()).items():
        assert isinstance(part, bytes)
        headers[name] = part
    return Seen(from_binary(KafkaMessage(headers, message.key(), value), JSONFormat()), headers, value)


def stamp(at: datetime) -> bytes:
    return struct.pack(">q", (at - EPOCH) // timedelta(microseconds=1))


def content(seen: Seen) -> bytes:
    """Return the content hash of a record, from its attributes, headers and value."""
    event, occurred_at = seen.event, seen.event.get_time()
    assert occurred_at is not None
    parts = (
        (event.get_subject() or "").encode(),
        UUID(event.get_id()).bytes,
        event.get_type().encode(),
        seen.number("kept_schema"),
        seen.data,
        seen.headers["kept_metadata"],
        stamp(occurred_at),
    )
    return sha256(b"".join(struct.pack(">q", len(part)) + part for part in parts)).digest()


def flaws(log: str, records: Sequence[Seen]) -> list[str]:
    """Return what is wrong with a log as its topic tells it."""
    found, previous = [], b"\x00"
    for position, seen in enumerate(records, 1):
        said = {
            name: seen.headers[f"kept_{name}"].decode() for name in ("position", "content", "hash", "log")
        }
        mixed = sha256(b"\x00" + previous + seen.number("kept_position") + seen.number("kept_version"))
        mixed.update(stamp(datetime.fromisoformat(seen.headers["kept_recorded"].decode())))
        mixed.update(bytes.fromhex(said["content"]))
        right = {
            "position": said["position"] == str(position),
            "content": said["content"] == content(seen).hex(),
            "hash": said["hash"] == mixed.hexdigest(),
            "log": said["log"] == records[0].headers["kept_log"].decode(),
            "source": seen.event.get_source() == f"/kept/{log}",
            "key": seen.event.get_extension("partitionkey") == seen.event.get_subject(),
        }
        found += [f"{log}@{position}: {name}" for name, holds in right.items() if not holds]
        previous = bytes.fromhex(said["hash"])
    return found


async def taken(bootstrap: str, topic: str) -> list[Seen]:
    return [read(message) for message in await asyncio.to_thread(consumed, bootstrap, topic)]


@pytest.mark.parametrize("log", LOGS)
async def test_topic__is_read_and_verified_by_a_stranger(installed, log):
    rows = await installed.rows(LOGS[log])
    records = await taken(installed.place.bootstrap, installed.place.topics[log])
    assert len(records) == len(rows) > 5
    assert flaws(log, records) == []
    assert records[-1].headers["kept_hash"].decode() == rows[-1].hash.hex()
    for seen in records:
        assert (seen.event.get_specversion(), seen.event.get_datacontenttype()) == ("1.0", "application/json")
        assert isinstance(seen.event.get_data(), dict)
        assert seen.headers.keys() <= HEADERS


def swapped(rows):
    return [rows[1], rows[0], *rows[2:]]


def altered(rows):
    return [*rows[:2], replace(rows[2], data=rows[2].data.replace(b'"', b' "', 1)), *rows[3:]]


def retold(rows):
    return [*rows[:2], replace(rows[2], metadata=rows[2].metadata.replace(b":", b": ", 1)), *rows[3:]]


def redated(rows):
    return [*rows[:2], replace(rows[2], recorded_at=rows[2].recorded_at + timedelta(seconds=1)), *rows[3:]]


@pytest.mark.parametrize(
    ("plant", "first"),
    [
        (swapped, "cases@1: position"),
        (lambda rows: [rows[0], *rows[2:]], "cases@2: position"),
        (altered, "cases@3: content"),
        (retold, "cases@3: content"),
        (redated, "cases@3: hash"),
    ],
)
async def test_topic__with_a_planted_fault__does_not_verify(installed, plant, first):
    rows = (await installed.rows("cases"))[:5]
    async with installed.topic("cases", plant(rows)) as place:
        found = flaws("cases", await taken(place.bootstrap, place.topics["cases"]))
    assert found[0] == first
