"""`python -m <service>`: serve, relay, rebuild, verify, migrate."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from .parts import Parts
from .running import Compose


@dataclass(frozen=True, slots=True)
class Report:
    """What `rebuild` or `verify` found: lines to print, and whether all is well (exit status 0, else 1)."""

    lines: Sequence[str]
    ok: bool = True


Errand = Callable[[Parts], Awaitable[Report]]


def main(
    name: str,
    compose: Compose,
    *,
    schema: str,
    rebuild: Errand | None = None,
    verify: Errand | None = None,
) -> None:
    """Run a service from the command line; `schema` is the text of its schema.sql."""
    raise NotImplementedError
