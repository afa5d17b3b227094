"""`Kept-After`: read or decide no sooner than the position a caller has seen (design §5)."""

import re
from collections.abc import Sequence
from time import monotonic
from typing import Protocol

from starlette.requests import Request

from events.errors import NotYet
from events.log import Log

from .door import ANSWER, DEADLINE, Deadline
from .problems import Problem

BOUND = 2.0
"""Seconds a request waits unless `Prefer: wait=` says another number, up to LONGEST."""
LONGEST = 10.0
READ_SECONDS = 2.0
"""How long a reaction waits for what was written to be read, before all of it is tried again."""
_PLACE = re.compile(r"\s*([a-z][a-z0-9_-]{0,62})@(\d{1,18})\s*")
_WAIT = re.compile(r"(?:^|[,;\s])wait=(\d{1,6}(?:\.\d{1,3})?)(?=$|[,;\s])")


class Following(Protocol):
    """A subscription, as far as waits know it."""

    @property
    def log(self) -> str:
        """The log it follows."""
        ...

    async def passed(self, position: int, timeout: float) -> bool:  # noqa: ASYNC109 - a bound, not a cancel
        """Wait until its cursor has passed a position; say whether it has."""
        ...


def read_places(values: list[str]) -> dict[str, int]:
    """Return position by log of the `Kept-After` lines, the largest of each. Raises Problem, 400."""
    places: dict[str, int] = {}
    for part in ",".join(values).split(",") if values else ():
        if not (found := _PLACE.fullmatch(part)):
            raise Problem(400, "kept-after-malformed", "Kept-After is log@position, such as cases@1234.")
        places[found[1]] = max(places.get(found[1], 0), int(found[2]))
    return places


def read_bound(prefer: str | None) -> float:
    """Return how long a request waits, in seconds."""
    found = _WAIT.search(prefer or "")
    return min(float(found[1]), LONGEST) if found else BOUND


class Waits:
    """Waits for what a caller has seen: on the own log and on the subscriptions to the others."""

    def __init__(self, log: Log, following: Sequence[Following]) -> None:
        self._log = log
        self._own = [each for each in following if each.log == log.name]
        self._others = [each for each in following if each.log != log.name]

    async def to_decide(self, request: Request) -> None:
        """Wait until what other services said up to the position has been acted on. Raises NotYet."""
        for log, position, until in self._places(request):
            await self._follow(log, position, until)

    async def to_read(self, request: Request) -> None:
        """Wait until the projections show the position and what followed from it. Raises NotYet."""
        for log, position, until in self._places(request):
            seen = position
            if log != self._log.name:
                await self._follow(log, position, until)
                seen = (await self._log.head()).position
            await self._passed(self._own, seen, until, self._log.name)

    def _places(self, request: Request) -> list[tuple[str, int, float]]:
        places = read_places(request.headers.getlist("kept-after"))
        if not places:
            return []
        bound = read_bound(request.headers.get("prefer"))
        deadline: Deadline | None = request.scope.get(DEADLINE)
        if deadline is not None:
            deadline.put_off(bound + ANSWER)
        until = monotonic() + bound
        return [(log, position, until) for log, position in places.items()]

    async def _follow(self, log: str, position: int, until: float) -> None:
        if log == self._log.name:
            if not await self._log.grown(position - 1, max(0.0, until - monotonic())):
                raise NotYet(f"{log}@{position} was not reached in time.")
            return
        following = [each for each in self._others if each.log == log]
        if not following:
            raise Problem(400, "kept-after-unknown", f"This service does not follow a log {log}.")
        await self._passed(following, position, until, log)

    async def _passed(self, following: list[Following], position: int, until: float, log: str) -> None:
        for each in following:
            if not await each.passed(position, max(0.0, until - monotonic())):
                raise NotYet(f"{log}@{position} was not reached in time.")


async def must_have_read(following: Following, position: int) -> None:
    """Wait until a subscription has passed a position. Raises NotYet: all is tried again."""
    if not await following.passed(position, READ_SECONDS):
        raise NotYet(f"{following.log}@{position} was not read here yet")
