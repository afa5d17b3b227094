"""Spans: linked to where they come from, ended in bounded time."""

import threading
from collections.abc import Sequence
from typing import cast

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from typing_extensions import override

from events.postgres import Connection
from events.subscribe.delivery import Delivery
from events.telemetry import is_sampled, link_to, provider, shut_down, traceparent, tracing
from events.testing import EXAMPLES, recorded

ORIGIN = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def spans_of(made: TracerProvider) -> InMemorySpanExporter:
    exporter = InMemorySpanExporter()
    made.add_span_processor(SimpleSpanProcessor(exporter))
    return exporter


def links(span: ReadableSpan) -> Sequence[str]:
    return [f"{link.context.trace_id:032x}" for link in span.links]


def test_link_to__binds_the_current_span():
    made = provider("intake", sampling=1, otlp=None)
    exporter = spans_of(made)
    with made.get_tracer("test").start_as_current_span("request"):
        link_to(ORIGIN)
        link_to(None)
    (span,) = exporter.get_finished_spans()
    assert links(span) == ["0af7651916cd43dd8448eb211c80319c"]
    assert span.resource.attributes["service.name"] == "intake"


def test_link_to__outside_a_span_does_nothing():
    link_to(ORIGIN)
    assert traceparent() is None


@pytest.mark.parametrize(("sampling", "recorded"), [(0.0, 0), (1.0, 1)])
def test_sampling__is_decided_before_a_span_is_made(sampling, recorded):
    made = provider("intake", sampling=sampling, otlp=None)
    exporter = spans_of(made)
    with made.get_tracer("test").start_as_current_span("request") as span:
        assert span.is_recording() == bool(recorded)
    assert len(exporter.get_finished_spans()) == recorded


def test_sampling__keeps_the_mark_a_trace_came_with():
    made = provider("intake", sampling=0, otlp=None)
    exporter = spans_of(made)
    marked = trace.SpanContext(1, 1, is_remote=True, trace_flags=trace.TraceFlags(1))
    context = trace.set_span_in_context(trace.NonRecordingSpan(marked))
    with made.get_tracer("test").start_as_current_span("request", context=context):
        pass
    assert len(exporter.get_finished_spans()) == 1


@pytest.mark.parametrize("sampling", [0.0, 1.0])
def test_is_sampled__says_what_the_sampler_decided(sampling):
    with provider("intake", sampling=sampling, otlp=None).get_tracer("test").start_as_current_span("request"):
        told = traceparent()
    assert told is not None
    assert is_sampled(told) == bool(sampling)


class Watching:
    """A projection that notes nothing."""

    name, log = "notes", "cases"

    async def apply(self, connection, batch):
        pass


async def test_projection__is_linked_to_recorded_spans_only():
    made = provider("cases", sampling=1, otlp=None)
    exporter = spans_of(made)
    events = [
        recorded(EXAMPLES["CaseOpened"], "case-x", place, traceparent=f"00-{place:032x}-{place:016x}-{flags}")
        for place, flags in enumerate(("00", "01", "02", "03"), 1)
    ]
    with tracing(made):
        await Delivery(Watching()).within(cast("Connection", None), events)
    (span,) = exporter.get_finished_spans()
    assert links(span) == [f"{place:032x}" for place in (2, 4)]


class Hanging(SpanProcessor):
    """A processor whose collector is down."""

    def __init__(self) -> None:
        self.freed = threading.Event()

    @override
    def shutdown(self) -> None:
        self.freed.wait()


def test_shut_down__is_bounded():
    made = provider("intake", sampling=1, otlp=None)
    hanging = Hanging()
    made.add_span_processor(hanging)
    assert not shut_down(made, 0.05)
    hanging.freed.set()


def test_shut_down__ends():
    assert shut_down(provider("intake", sampling=1, otlp=None), 5)
