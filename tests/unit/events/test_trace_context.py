"""Trace context of level 2: every vector of the specification's own tests, and what they leave out."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import INVALID_SPAN, SpanContext

from events.trace_context import LONGEST, TraceContext, members, parent_of
from tests.vectors import Vector, traces

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
PARENT = f"00-{TRACE}-{SPAN}-01"


def read(vector: Vector) -> SpanContext | None:
    """Return what the propagator makes of the headers of a vector."""
    carrier: dict[str, list[str]] = {}
    for name, value in vector.headers:
        carrier.setdefault(name.lower(), []).append(value)
    context = TraceContext().extract(carrier, Context())
    found = trace.get_current_span(context)
    return None if found is INVALID_SPAN else found.get_span_context()


def test_extract__says_what_every_vector_says(data):
    vectors = traces(data)
    assert len(vectors) == 80
    for vector in vectors:
        found = read(vector)
        named, state = (f"{found.trace_id:032x}", dict(found.trace_state)) if found else ("new", {})
        assert not vector.flaws(named, state), vector.id


def written(carrier: dict[str, str]) -> dict[str, str]:
    onward: dict[str, str] = {}
    TraceContext().inject(onward, TraceContext().extract(carrier))
    return onward


def test_inject__writes_what_was_read():
    carrier = {"traceparent": PARENT, "tracestate": "a@b@=1, c= 2"}
    assert written(carrier) == {"traceparent": PARENT, "tracestate": "a@b@=1,c= 2"}


@pytest.mark.parametrize("state", ["", " ", ",", "a", "A=1", "a=1,b"])
def test_inject__without_a_valid_tracestate__writes_none(state):
    assert written({"traceparent": PARENT, "tracestate": state}) == {"traceparent": PARENT}


def test_inject__outside_a_span__writes_nothing():
    assert written({"tracestate": "a=1"}) == {}


@pytest.mark.parametrize(
    "parent",
    [
        *(PARENT.upper(), f"ff-{TRACE}-{SPAN}-01", f"FF-{TRACE}-{SPAN}-01", f"00-{'0' * 32}-{SPAN}-01"),
        *(f"00-{TRACE}-{'0' * 16}-01", f"{PARENT}-", f"{PARENT}\n", f"\u00a0{PARENT}", f"{PARENT},{PARENT}"),
        *("", "00", f"01-{TRACE}-{SPAN}-01-a\nb", PARENT.replace("0a", "\u0660a")),
    ],
)
def test_parent_of__what_is_none__is_none(parent):
    assert parent_of([parent], ["a=1"]) is None


def test_parent_of__two_of_the_same__is_none():
    assert parent_of([PARENT, PARENT], []) is None


@pytest.mark.parametrize("version", ["00", "01", "cc", "fe"])
def test_parent_of__reads_every_version_but_ff(version):
    found = parent_of([f"{version}-{TRACE}-{SPAN}-03"], [])
    assert found is not None
    assert (found.is_remote, int(found.trace_flags)) == (True, 3)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("a=1,b=2", {"a": "1", "b": "2"}),
        ("a=1,,b=2,", {"a": "1", "b": "2"}),
        ("a=1,a=2", {"a": "1"}),
        (",".join(f"k{number}=v" for number in range(32)), {f"k{number}": "v" for number in range(32)}),
        (",".join(f"k{number}=v" for number in range(33)), {}),
        ("k" * 256 + "=v", {"k" * 256: "v"}),
        ("k" * 257 + "=v", {}),
        ("k=" + "v" * 256, {"k": "v" * 256}),
        ("k=" + "v" * 257, {}),
        *((f"k={sign}", {}) for sign in ("=", "\x7f", "é", "a\tb", "a\nb")),
        *((f"{key}=v", {}) for key in ("", "K", "_k", "@k", "é", "k k")),
        (",".join(f"k{number}={'v' * 256}" for number in range(31)), None),
        (",".join(f"{number:02}{'k' * 200}={'v' * 200}" for number in range(32)), {}),
    ],
)
def test_members__are_whole_or_none(state, expected):
    found = members(state)
    assert found == expected if expected is not None else len(state) <= LONGEST and len(found) == 31


VALUES = some.from_regex(r"[ -+\--<>-~]{0,30}[!-+\--<>-~]", fullmatch=True)
STATES: Any = some.dictionaries(
    some.from_regex("[a-z0-9][a-z0-9_*/@-]{0,20}", fullmatch=True), VALUES, max_size=32
)


@given(STATES)
def test_tracestate__comes_back_as_it_went(state):
    carrier = {"traceparent": PARENT, "tracestate": ",".join(f"{key}={state[key]}" for key in state)}
    onward = written(carrier)
    assert members(onward.get("tracestate", "")) == state
