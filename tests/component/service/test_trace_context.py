"""Every vector of W3C Trace Context, sent to intake: in its log, on its topic and in its spans."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from aiokafka import TopicPartition
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_ON

from events.kafka import consuming
from events.trace_context import members
from events.wire import decode
from tests.component.intake.desk import Intake, intake_on
from tests.vectors import Vector, traces

SENT = "1234567890123456"
"""The parent that every valid vector names."""


@dataclass(frozen=True)
class Found:
    """A trace context at one place: the trace's id, the span's, the members of the tracestate."""

    trace: str
    span: str
    state: Mapping[str, str]


@dataclass(frozen=True)
class Places:
    """Where the answer to each vector lies, and all that was recorded, sent and exported."""

    positions: Mapping[str, int]
    stored: Mapping[int, Found]
    sent: Mapping[int, Found]
    spans: Mapping[str, Found]


@pytest.fixture(scope="module")
async def intake(plot, spans) -> AsyncIterator[Intake]:
    """Intake, of which every span is exported, also where the caller does not sample."""
    provider = trace.get_tracer_provider()
    assert isinstance(provider, TracerProvider)
    sampler, provider.sampler = provider.sampler, ALWAYS_ON
    async with intake_on(plot) as running:
        yield running
    provider.sampler = sampler


async def contact(intake: Intake, customer: str, vector: Vector) -> int:
    """Send a contact with the headers of a vector, byte for byte; return its position in the log."""
    body = json.dumps({"customer": customer, "channel": "call", "words": "Hello"}).encode()
    address, own = urlsplit(intake.running.url), intake.headers(content_length=str(len(body)))
    lines = [*own.items(), ("Host", address.netloc), ("Connection", "close"), *vector.headers]
    head = "POST /v1/contacts HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(head.encode() + b"\r\n" + body)
    answer = (await reader.read()).decode()
    writer.close()
    assert answer.startswith("HTTP/1.1 201 "), (vector.id, answer)
    (position,) = (line for line in answer.lower().splitlines() if line.startswith("kept-position:"))
    return int(position.partition("@")[2])


def found(parent: str, state: str | None) -> Found:
    version, named, span, flags = parent.split("-")
    assert (version, len(named), len(span), len(flags)) == ("00", 32, 16, 2)
    return Found(named, span, members(state or ""))


async def recorded(intake: Intake) -> dict[int, Found]:
    """Return the trace contexts in the log, by position."""
    rows = [decode(row) for row in await intake.running.parts.log.tail(0, 200)]
    return {each.position: found(each.metadata.traceparent or "", each.metadata.tracestate) for each in rows}


async def published(intake: Intake, until: int) -> dict[int, Found]:
    """Return the trace contexts in the headers of the topic's records, by position."""
    site, come = intake.site, {}
    topic = site.topics["contacts"]
    async with consuming(site.broker.bootstrap, topic) as consumer, asyncio.timeout(30):
        await consumer.seek_to_beginning(TopicPartition(topic, 0))
        while until not in come:
            for record in (await consumer.getmany(timeout_ms=500)).get(TopicPartition(topic, 0), ()):
                told = {name: value.decode() for name, value in record.headers}
                come[int(told["kept_position"])] = found(told["traceparent"], told.get("tracestate"))
    return come


async def exported(spans: InMemorySpanExporter, wanted: set[str]) -> dict[str, Found]:
    """Return the trace contexts of exported spans, once all that are wanted are there."""
    come: dict[str, Found] = {}
    async with asyncio.timeout(10):
        while not wanted <= come.keys():
            await asyncio.sleep(0.01)  # an exporter tells nobody what it was given
            for span in spans.get_finished_spans():
                own = span.context
                name = f"{own.span_id:016x}"
                come[name] = Found(f"{own.trace_id:032x}", name, dict(own.trace_state))
    return come


@pytest.fixture(scope="module")
async def places(intake, spans, data) -> Places:
    """One contact per vector, and all the places where its trace context is to be found."""
    customer = await intake.customer()
    positions = {vector.id: await contact(intake, customer, vector) for vector in traces(data)}
    stored = await recorded(intake)
    sent = await published(intake, max(positions.values()))
    return Places(positions, stored, sent, await exported(spans, {each.span for each in stored.values()}))


@pytest.mark.parametrize("place", ["stored event", "Kafka header", "exported span"])
async def test_every_vector__is_kept_in_each_place(places, data, place):
    vectors = traces(data)
    assert len(vectors) == len(set(places.positions.values())) == 80
    flaws = []
    for vector in vectors:
        position = places.positions[vector.id]
        stored = places.stored[position]
        there = {
            "stored event": stored,
            "Kafka header": places.sent[position],
            "exported span": places.spans[stored.span],
        }[place]
        flaws += vector.flaws(there.trace, there.state)
        assert there.span not in {SENT, "0" * 16}
        assert there == stored
    assert flaws == []


async def test_random_flag__is_passed_on(intake):
    customer, parent = await intake.customer(), "00-12345678901234567890123456789012-1234567890123456-02"
    position = await contact(intake, customer, Vector("", (("traceparent", parent),), "", {}, ()))
    (row,) = await intake.running.parts.log.tail(position - 1, 1)
    assert (decode(row).metadata.traceparent or "").endswith("-03")


async def test_tracestate__ends_with_its_trace(places, spans):
    """What goes on later is a trace of its own, linked to this one: another's state is not carried there."""
    foreign = [span for span in spans.get_finished_spans() if span.name.startswith(("send", "project"))]
    assert foreign
    assert not any(span.context.trace_state for span in foreign)
