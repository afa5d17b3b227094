"""The table of routes of commands: what each row says, and what a service says of its aggregate."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel

from events.catalogue import Event
from events.decider import Actor
from events.perform import Performer

from .parts import Parts

S = TypeVar("S")
C = TypeVar("C")
E = TypeVar("E", bound=Event)

WRITERS = frozenset({"agent", "lead", "system"})
"""The roles that may send commands, unless a row says otherwise."""
READERS = frozenset({"agent", "lead", "system", "analyst", "operator"})
"""The roles that may read."""
REPLAYERS = frozenset({"system", "analyst", "operator"})
"""The roles that may read a log itself."""

Members = dict[str, Any]
"""The members of a JSON object."""


@dataclass(frozen=True, slots=True)
class CommandSpec:
    """One row of the table of routes."""

    body: type[BaseModel]
    method: str
    path: str
    status: int
    roles: frozenset[str]
    example: Mapping[str, Any]
    location: str
    """Where a thing that was made can be read, with `{id}`; used where `status` is 201."""
    batch: str | None = None
    """The path that takes many at once, `{"items": [...]}`, one command each."""
    own: frozenset[str] = frozenset()
    """Those of `roles` that may with their own only; which is theirs, the decider or `prepare` knows."""


def command(
    body: type[BaseModel],
    method: str,
    path: str,
    status: int = 200,
    *,
    roles: frozenset[str] = WRITERS,
    own: frozenset[str] = frozenset(),
    example: Mapping[str, Any] | None = None,
    location: str | None = None,
    batch: str | None = None,
) -> CommandSpec:
    """Return a row: this body, sent by this method to this path, answered with this status.

    Names in the path fill the fields of those names in the body's model, and must not stand in the body.
    `example` is a whole body for the OpenAPI page. `location` is the path of the thing made, `<path>/{id}`
    if not said. `batch` is a second path, which takes many of them at once (`{"items": [...]}`, at most 512).
    Those of `roles` that stand in `own` may with what is theirs only.
    """
    place = location or f"{path}/{{id}}"
    return CommandSpec(body, method, path, status, roles, example or {}, place, batch, own)


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, and under which id: what `prepare` may need beside the body."""

    command_id: UUID
    actor: Actor
    parts: Parts


@dataclass(frozen=True, slots=True)
class Commands(Generic[S, C, E]):
    """The commands of one kind of aggregate, and how they are answered."""

    performer: Performer[S, C, E]
    stream: Callable[[C], str]
    """The stream a command is decided on."""
    specs: tuple[CommandSpec, ...]
    answer: Callable[[C, S, int, tuple[E, ...]], Members]
    """The answer's body, from command, state, version and events; where nothing was written, the scaffold
    adds `changed: false`. It is kept with the command's first event: no position, nothing personal in it."""
    prepare: Callable[[Any, Asking], Awaitable[C]] | None = None
    """From the body as sent (path names filled in) to the command to be decided; may read other streams and
    raise a Rejection. None: the body is the command."""
    tags: tuple[str, ...] = field(default=())
