"""W3C Trace Context, level 2: read whole from headers, or not at all, and written whole.

The SDK's own propagator believes the first of several traceparents and knows only the keys of level 1.
"""

import re
from collections.abc import Mapping

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.propagators.textmap import (
    CarrierT,
    Getter,
    Setter,
    TextMapPropagator,
    default_getter,
    default_setter,
)
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, TraceState
from typing_extensions import override

PARENT, STATE = "traceparent", "tracestate"
MEMBERS = 32
"""The most members a tracestate may have."""
LONGEST = 8192
"""Characters of a tracestate that are carried; a longer one is dropped whole."""
OWS = " \t"
_PARENT = re.compile(
    r"(?!ff)(?P<version>[0-9a-f]{2})-(?P<trace>[0-9a-f]{32})-(?P<span>[0-9a-f]{16})-(?P<flags>[0-9a-f]{2})"
    r"(?P<more>-.*)?",
    re.ASCII,
)
_MEMBER = re.compile(r"([a-z0-9][a-z0-9_\-*/@]{0,255})=([ -+\--<>-~]{0,255}[!-+\--<>-~])", re.ASCII)


class Members(TraceState):
    """A tracestate that has been read; the SDK's own class would drop keys of level 2."""

    def __init__(self, members: Mapping[str, str]) -> None:
        super().__init__()
        self._dict = dict(members)


class TraceContext(TextMapPropagator):
    """Takes a trace on from headers, and hands it on in them."""

    @override
    def extract(
        self,
        carrier: CarrierT,
        context: Context | None = None,
        getter: Getter[CarrierT] = default_getter,
    ) -> Context:
        """Return a context within the caller's trace; the given one where no single valid parent is named."""
        context = Context() if context is None else context
        parent = parent_of(getter.get(carrier, PARENT) or (), getter.get(carrier, STATE) or ())
        return context if parent is None else trace.set_span_in_context(NonRecordingSpan(parent), context)

    @override
    def inject(
        self,
        carrier: CarrierT,
        context: Context | None = None,
        setter: Setter[CarrierT] = default_setter,
    ) -> None:
        """Write the current span into headers; outside a span, nothing."""
        span = trace.get_current_span(context).get_span_context()
        if span.is_valid:
            parent = f"00-{span.trace_id:032x}-{span.span_id:016x}-{span.trace_flags:02x}"
            setter.set(carrier, PARENT, parent)
            if span.trace_state:
                setter.set(carrier, STATE, span.trace_state.to_header())

    @property
    @override
    def fields(self) -> set[str]:
        """The headers that it writes."""
        return {PARENT, STATE}


def parent_of(
    parents: list[str] | tuple[str, ...], states: list[str] | tuple[str, ...]
) -> SpanContext | None:
    """Return the span that headers name as the parent; none unless they name exactly one, and well."""
    found = _PARENT.fullmatch(parents[0].strip(OWS)) if len(parents) == 1 else None
    if found is None or (found["version"] == "00" and found["more"]):
        return None
    parent = SpanContext(
        int(found["trace"], 16),
        int(found["span"], 16),
        is_remote=True,
        trace_flags=TraceFlags(int(found["flags"], 16)),
        trace_state=Members(members(",".join(states))),
    )
    return parent if parent.is_valid else None


def members(state: str) -> dict[str, str]:
    """Return the members of a tracestate in their order; none where one of them is not valid.

    Of several with the same key the first is kept.
    """
    found: dict[str, str] = {}
    parts = [part for each in state.split(",") if (part := each.strip(OWS))]
    if len(parts) > MEMBERS or len(state) > LONGEST:
        return {}
    for part in parts:
        member = _MEMBER.fullmatch(part)
        if member is None:
            return {}
        found.setdefault(member[1], member[2])
    return found
