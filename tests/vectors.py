"""The vectors of W3C Trace Context, as its own tests have them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Vector:
    """What a caller sends, and what has to become of it."""

    id: str
    headers: tuple[tuple[str, str], ...]
    trace: str
    """The rule for the trace's id."""
    keep: Mapping[str, str]
    drop: tuple[str, ...]

    def flaws(self, trace: str, state: Mapping[str, str]) -> list[str]:
        """Return what is wrong with a trace's id and the members of its tracestate."""
        found = [] if self._allows(trace) else [f"{self.id}: trace {trace}, but it {self.trace}"]
        found += [
            f"{self.id}: {key} is {state.get(key)!r}" for key in self.keep if state.get(key) != self.keep[key]
        ]
        return found + [f"{self.id}: {key} is still there" for key in self.drop if key in state]

    def _allows(self, trace: str) -> bool:
        if self.trace == "any valid":
            return True
        rule, _, named = self.trace.rpartition(" ")
        assert rule in {"must be", "must not be any of"}, rule
        return (trace in named.split(",")) == (rule == "must be")


def traces(data: Path) -> list[Vector]:
    """Return the vectors of trace context."""
    cases = json.loads((data / "trace-context-vectors.json").read_text())["cases"]
    return [
        Vector(
            case["id"],
            tuple((name, value) for name, value in case["request_headers"]),
            case["trace_id"],
            case.get("keep_values", {}),
            tuple(case.get("drop", ())),
        )
        for case in cases
    ]
