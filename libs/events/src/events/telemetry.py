"""Spans of our own and the links between them; the context travels in headers, metadata and records."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import Link, Span, SpanContext, SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_PROPAGATOR = TraceContextTextMapPropagator()
EXPORT_SECONDS = 5.0
"""How long one export may take."""


def traceparent() -> str | None:
    """Return the W3C traceparent of the current span, or none outside one."""
    carrier: dict[str, str] = {}
    _PROPAGATOR.inject(carrier)
    return carrier.get("traceparent")


@contextmanager
def linked(
    name: str,
    *origins: str | None,
    kind: SpanKind = SpanKind.INTERNAL,
    attributes: Mapping[str, str | int] | None = None,
) -> Iterator[Span]:
    """Open a span of its own trace that links to the spans of these traceparents (design §10)."""
    links = [Link(_context(origin)) for origin in origins if origin is not None]
    tracer = trace.get_tracer("kept")
    with tracer.start_as_current_span(name, kind=kind, links=links, attributes=attributes) as span:
        yield span


def link_to(origin: str | None) -> None:
    """Link the current span to the span of a traceparent: what is done now goes on from there."""
    span = trace.get_current_span()
    if origin is not None and span.is_recording():
        span.add_link(_context(origin))


def provider(service: str, *, sampling: float, otlp: str | None) -> TracerProvider:
    """Return where a service's spans go: to the OTLP/HTTP endpoint `otlp`, or nowhere.

    `sampling` is the share of new traces that are recorded; a trace that came with a request keeps its mark.
    """
    made = TracerProvider(
        sampler=ParentBased(TraceIdRatioBased(sampling)),
        resource=Resource.create({"service.name": service, "service.namespace": "kept"}),
        shutdown_on_exit=False,
    )
    if otlp is not None:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415 - a third of a second
            OTLPSpanExporter,
        )

        made.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(otlp, timeout=int(EXPORT_SECONDS))))
    return made


def shut_down(tracing: TracerProvider, seconds: float) -> bool:
    """Send what is left and stop, in at most `seconds`; say whether it ended.

    The thread is left behind when the collector hangs (faults K16).
    """
    thread = threading.Thread(target=tracing.shutdown, name="spans-shutdown", daemon=True)
    thread.start()
    thread.join(seconds)
    return not thread.is_alive()


def _context(origin: str) -> SpanContext:
    return trace.get_current_span(_PROPAGATOR.extract({"traceparent": origin})).get_span_context()
