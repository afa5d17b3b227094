"""Who may use each route of a service: read off the application, so that no page can say otherwise."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from .batch import Batch
from .command import READERS
from .endpoint import Endpoint
from .entry import Entry, Reach
from .read import reading

NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Permission:
    """What roles may do with one route."""

    method: str
    path: str
    every: frozenset[str]
    """The roles that may with every row."""
    own: frozenset[str] = NOBODY
    """The roles that may with their own rows only."""
    open: bool = False
    """Whether no token is asked for."""

    def of(self, role: str) -> Literal["open", "yes", "own", "no"]:
        """Return what a role may."""
        if self.open:
            return "open"
        return "yes" if role in self.every else "own" if role in self.own else "no"


def permissions(app: FastAPI) -> Iterator[Permission]:
    """Yield what roles may do with each route, in the order of the routes; a HEAD goes with its GET."""
    for route in iter_route_contexts(app.routes):
        for method in sorted((route.methods or {"ANY"}) - {"HEAD"}):
            taker = getattr(route.endpoint, "__self__", None)
            path = route.path or str(route.route)
            if isinstance(taker, Endpoint | Batch):
                spec = taker.spec
                yield Permission(method, path, spec.roles - spec.own, spec.own)
            else:
                dependant: Dependant | None = getattr(route, "dependant", None)
                guards = [each.call for each in dependant.dependencies] if dependant else []
                yield _guarded(method, path, guards)


def _guarded(method: str, path: str, guards: Sequence[object]) -> Permission:
    entered = [guard.roles for guard in guards if isinstance(guard, Entry)]
    entered += [READERS for guard in guards if guard is reading]
    if not entered:
        return Permission(method, path, NOBODY, open=True)
    inside = frozenset.intersection(*entered)
    reaches = [guard for guard in guards if isinstance(guard, Reach)]
    every = inside.intersection(*(reach.every for reach in reaches))
    own = inside.intersection(*(reach.every | reach.own for reach in reaches)) - every
    return Permission(method, path, every, own)
