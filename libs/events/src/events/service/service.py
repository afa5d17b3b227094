"""What a service hands to the scaffold: its commands, reads, subscriptions, tasks and figures."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from events.subscribe import Subscription

from .command import REPLAYERS, Commands


@dataclass(frozen=True, slots=True)
class Gauge:
    """One figure for `/metrics`: `kept_<name>{labels} value`."""

    name: str
    help: str
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Service:
    """A composed service; nothing of it runs yet."""

    name: str
    commands: Sequence[Commands[Any, Any, Any]] = ()
    router: APIRouter = field(default_factory=APIRouter)
    """Reads and other routes; callers are authenticated as READERS, and `Kept-After` is waited for."""
    bodies: Sequence[type[BaseModel]] = ()
    """What routes of the router read from a request by themselves: for the pages of the API."""
    open: APIRouter = field(default_factory=APIRouter)
    """Routes that need no token, such as what a signed link leads to."""
    feed: frozenset[str] = REPLAYERS
    """Who may read the log itself, with all that stands in it."""
    subscriptions: Sequence[Subscription] = ()
    tasks: Mapping[str, Callable[[], Coroutine[Any, Any, None]]] = field(default_factory=dict)
    """Further loops by name; one that ends ends the process."""
    metrics: Callable[[], Awaitable[Sequence[Gauge]]] | None = None
    """Called at each scrape of `/metrics`."""
