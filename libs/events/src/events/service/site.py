"""A service while it runs: its parts, who may enter, what is in flight, and how its tasks fare."""

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from uuid import UUID

from starlette.requests import Request

from events.leading import Health
from events.postgres import ask

from .figures import Figures
from .followers import Followers
from .identity import Identity
from .parts import Parts
from .problems import Problem
from .service import Service
from .waits import Waits

SETTLED = "SELECT * FROM kept_settled()"
PARKED = "SELECT DISTINCT stream FROM parked ORDER BY stream LIMIT 100"
PARKED_SECONDS = 2.0


@dataclass(slots=True)
class Site:
    """What the routes of a running service share."""

    parts: Parts
    service: Service
    identity: Identity
    waits: Waits
    figures: Figures
    followers: Followers
    ready: bool = False
    """False while starting and while draining."""
    stopped: dict[str, str] = field(default_factory=dict)
    """Tasks that stopped for good, and why; the service goes on without them."""
    health: dict[str, Health] = field(default_factory=dict)
    """How relay and subscriptions fare."""
    in_flight: set[UUID] = field(default_factory=set)
    _parked: list[str] = field(default_factory=list)
    _parked_at: float = -math.inf

    async def settled(self, within: float = 1.0) -> dict[str, Any]:
        """Return how far the service has come, as `GET /v1/settled` says it. Raises Unavailable.

        A subscription that has not begun has read nothing: it counts as one whose cursor stands at 0.
        """
        row = await ask(self.parts.pool, lambda connection: connection.fetchrow(SETTLED), within)
        assert row is not None
        all_of_them = {each.name: {"log": each.log, "position": 0} for each in self.service.subscriptions}
        return {**row, "cursors": all_of_them | json.loads(row["cursors"])}

    async def parked(self, entities: set[str]) -> list[str]:
        """Return the parked streams; where `entities` are named, those of them only. Seconds old at most."""
        if monotonic() - self._parked_at > PARKED_SECONDS:
            self._parked_at = monotonic()
            rows = await ask(self.parts.pool, lambda connection: connection.fetch(PARKED))
            self._parked = [str(row["stream"]) for row in rows]
        return [each for each in self._parked if not entities or each.partition("-")[2] in entities]

    def degraded(self) -> dict[str, str]:
        """Return what runs, but has trouble with the world outside, and why."""
        ill = {name: health for name, health in self.health.items() if health.state == "degraded"}
        return {name: health.error or health.state for name, health in ill.items()}

    @contextmanager
    def flight(self, command: UUID) -> Iterator[None]:
        """Hold a command's id while it is performed. Raises Problem, 409, where it is held already."""
        if command in self.in_flight:
            raise Problem(409, "in-flight", "The first request with this Idempotency-Key is still at work.")
        self.in_flight.add(command)
        try:
            yield
        finally:
            self.in_flight.discard(command)


def site_of(request: Request) -> Site:
    """Return the running service that a request came to."""
    site: Site = request.app.state.site
    return site
