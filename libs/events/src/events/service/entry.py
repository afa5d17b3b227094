"""Who may use a route that takes no command: its dependencies say it, and can be read off the application."""

from dataclasses import dataclass

from starlette.requests import Request

from events.decider import Actor

from .problems import forbidden
from .site import site_of


@dataclass(frozen=True, slots=True)
class Entry:
    """Lets in who has one of `roles`; the first dependency of a route."""

    roles: frozenset[str]

    async def __call__(self, request: Request) -> None:
        """Note who asks. Raises Problem: 401, 403."""
        header = request.headers.get("authorization")
        request.state.actor = await site_of(request).identity.actor(header, self.roles)


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a route reaches for those who are in: all rows for some roles, for others their own only."""

    every: frozenset[str]
    own: frozenset[str] = frozenset()

    async def __call__(self, request: Request) -> str | None:
        """Return whose rows the caller may see; none: everybody's. Raises Problem, 403."""
        actor: Actor = request.state.actor
        if actor.has(*self.every):
            return None
        if actor.has(*self.own):
            return actor.subject
        raise forbidden(self.every | self.own)
