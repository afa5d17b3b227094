"""Spans of our own and the links between them; the context travels in headers, metadata and records."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.trace import Link, Span, SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_PROPAGATOR = TraceContextTextMapPropagator()


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
    links = []
    for origin in origins:
        if origin is not None:
            context = _PROPAGATOR.extract({"traceparent": origin})
            links.append(Link(trace.get_current_span(context).get_span_context()))
    tracer = trace.get_tracer("kept")
    with tracer.start_as_current_span(name, kind=kind, links=links, attributes=attributes) as span:
        yield span
