"""Spans of a service: one per request, linked to what its stream went through before, nothing personal."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind

from events.wire import decode
from tests.component.intake.desk import Intake, intake_on


def parent(number: int) -> str:
    """Return the traceparent of a caller whose trace has this number."""
    return f"00-{number:032x}-b7ad6b7169203331-01"


@pytest.fixture(scope="module")
async def traced(plot, spans) -> AsyncIterator[tuple[Intake, InMemorySpanExporter]]:
    """Intake, and every span that ends from now on."""
    async with intake_on(plot) as intake:
        yield intake, spans


def of_trace(exporter: InMemorySpanExporter, number: int) -> list[ReadableSpan]:
    return [span for span in exporter.get_finished_spans() if span.context.trace_id == number]


def linked_traces(exporter: InMemorySpanExporter) -> set[int]:
    return {link.context.trace_id for span in exporter.get_finished_spans() for link in span.links}


async def test_request__is_one_span_of_the_caller_s_trace_and_appends_in_it(traced):
    intake, exporter = traced
    body = {"name": "canary", "zone": "UTC"}
    answer = await intake.post("/v1/customers", body, traceparent=parent(1))
    spans = of_trace(exporter, 1)
    (request,) = [span for span in spans if span.kind is SpanKind.SERVER]
    (append,) = [span for span in spans if span.name == "append contacts"]
    assert request.name == "POST /v1/customers"
    assert (append.parent or append.context).span_id == request.context.span_id
    assert {span.resource.attributes["service.name"] for span in spans} == {"intake"}
    position = int(answer.headers["kept-position"].partition("@")[2])
    recorded = decode((await intake.running.parts.log.tail(position - 1, 1))[0])
    assert recorded.metadata.traceparent == f"00-{1:032x}-{request.context.span_id:016x}-01"


async def test_command__is_linked_to_what_happened_on_its_stream_before(traced):
    intake, exporter = traced
    first = await intake.post("/v1/customers", {"name": "Mai", "zone": "UTC"}, traceparent=parent(2))
    begun = of_trace(exporter, 2)[-1]
    await intake.patch(
        first.headers["location"], {"zone": "Asia/Manila"}, traceparent=parent(3), if_match="*"
    )
    (request,) = [span for span in of_trace(exporter, 3) if span.kind is SpanKind.SERVER]
    assert [link.context.span_id for link in request.links] == [begun.context.span_id]


async def test_projection__is_linked_to_the_request_it_shows(traced):
    intake, exporter = traced
    answer = await intake.post("/v1/customers", {"name": "Mai", "zone": "UTC"}, traceparent=parent(4))
    await intake.get(answer.headers["location"], kept_after=answer.headers["kept-position"])
    async with asyncio.timeout(10):
        while 4 not in linked_traces(exporter):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_spans__say_nothing_personal(traced):
    intake, exporter = traced
    await intake.post("/v1/customers", {"name": "canary", "zone": "UTC", "address": "canary@example.com"})
    await intake.get("/v1/contacts?reference=canary")
    await intake.post("/v1/customers", {"name": "canary", "zone": "canary"})
    assert len(exporter.get_finished_spans()) > 3
    for span in exporter.get_finished_spans():
        assert "canary" not in span.to_json()
