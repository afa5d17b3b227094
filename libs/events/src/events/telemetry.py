"""Spans of our own and the links between them; the context travels in headers, metadata and records."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache

from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import Link, Span, SpanContext, SpanKind, StatusCode, Tracer

from .errors import told
from .trace_context import PARENT, TraceContext

PROPAGATOR = TraceContext()
_PROVIDER: ContextVar[trace.TracerProvider | None] = ContextVar("kept_tracing", default=None)
"""Whose spans these are, where several services share a process."""
EXPORT_SECONDS = 5.0
"""How long one export may take."""


def carried() -> dict[str, str]:
    """Return the headers `traceparent` and `tracestate` that carry the current span on; none outside one."""
    carrier: dict[str, str] = {}
    PROPAGATOR.inject(carrier)
    return carrier


def traceparent() -> str | None:
    """Return the W3C traceparent of the current span, or none outside one."""
    return carried().get(PARENT)


def is_sampled(traceparent: str) -> bool:
    """Say whether the span of a traceparent was recorded; its flags have other bits beside that one."""
    return traceparent.endswith(tuple("13579bdf"))


@contextmanager
def linked(
    name: str,
    *origins: str | None,
    kind: SpanKind = SpanKind.INTERNAL,
    attributes: Mapping[str, str | int] | None = None,
) -> Iterator[Span]:
    """Open a span of its own trace that links to the spans of these traceparents (design §10)."""
    links = [Link(_context(origin)) for origin in origins if origin is not None]
    with _opened(name, kind, attributes, links) as span:
        yield span


@contextmanager
def step(name: str, attributes: Mapping[str, str | int] | None = None) -> Iterator[Span]:
    """Open a span within the current one: a step of the same work."""
    with _opened(name, SpanKind.CLIENT, attributes) as span:
        yield span


@contextmanager
def _opened(
    name: str, kind: SpanKind, attributes: Mapping[str, str | int] | None, links: Sequence[Link] = ()
) -> Iterator[Span]:
    """Open a span that says what went wrong in it, and nothing that was given."""
    with _tracer().start_as_current_span(
        name, None, kind, attributes, links, record_exception=False, set_status_on_exception=False
    ) as span:
        try:
            yield span
        except Exception as error:
            span.set_status(StatusCode.ERROR, told(error))
            raise


def link_to(origin: str | None) -> None:
    """Link the current span to the span of a traceparent: what is done now goes on from there."""
    span = trace.get_current_span()
    if origin is not None and span.is_recording():
        span.add_link(_context(origin))


def named(service: str) -> trace.TracerProvider:
    """Return this process's tracing under a service's name: its spans say so, wherever they are sent."""
    whole = trace.get_tracer_provider()
    if not isinstance(whole, TracerProvider) or whole.resource.attributes.get("service.name") == service:
        return whole
    return TracerProvider(
        sampler=whole.sampler,
        resource=whole.resource.merge(Resource({"service.name": service})),
        shutdown_on_exit=False,
        active_span_processor=whole._active_span_processor,  # noqa: SLF001 - the one way to share it
    )


@contextmanager
def tracing(by: trace.TracerProvider) -> Iterator[None]:
    """Let every span that is opened in the block, or by a task begun in it, be one of this provider."""
    token = _PROVIDER.set(by)
    try:
        yield
    finally:
        _PROVIDER.reset(token)


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


def _tracer() -> Tracer:
    return _tracer_of(_PROVIDER.get() or trace.get_tracer_provider())


@lru_cache(64)
def _tracer_of(provider: trace.TracerProvider) -> Tracer:
    """Return the tracer of a provider, made once: it costs more than a span that nobody records."""
    return provider.get_tracer("kept")


def _context(origin: str) -> SpanContext:
    return trace.get_current_span(PROPAGATOR.extract({PARENT: origin})).get_span_context()
