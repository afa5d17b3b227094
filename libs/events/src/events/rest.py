"""What `GET /v1/settled` says of each service, and how to tell from it that all have come to rest."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .errors import Fault

FOLLOWS = {
    "cases": ("contacts", "reminders", "notifications"),
    "scheduler": ("cases", "notifications"),
    "notifier": ("reminders", "cases", "contacts"),
}
"""Who reads whose log: a service that has no cursor yet has not read it."""


class Unsettled(Fault):
    """The services do not come to rest; the message names who waits for what."""


@dataclass(frozen=True, slots=True)
class Look:
    """One service at one moment, by one SQL statement."""

    service: str
    log: str
    head: int
    relayed: int
    cursors: tuple[tuple[str, str, int], ...]
    """Each subscription: its name, the log that it reads, how far."""
    due: int
    """Timers and deliveries whose instant has come."""
    parked: int
    next: datetime | None
    """The earliest instant ahead at which it has something to do."""


def look(service: str, body: Mapping[str, Any]) -> Look:
    """Return what a service said of itself."""
    return Look(
        service=service,
        log=body["log"],
        head=body["head"],
        relayed=body["relayed"],
        cursors=tuple((name, at["log"], at["position"]) for name, at in sorted(body["cursors"].items())),
        due=body["due"],
        parked=body["parked"],
        next=datetime.fromisoformat(body["next"]) if body["next"] else None,
    )


def heads(looks: Sequence[Look]) -> dict[str, int]:
    """Return how long each log is."""
    return {each.log: each.head for each in looks}


def at_rest(before: Sequence[Look], now: Sequence[Look]) -> bool:
    """Say whether nothing is left to do, from two looks, the second begun after the first had ended.

    Between the looks no log has grown, and at its second look each service had read all of every log and had
    nothing due. Who were the first to append after that? It would need an event it has not read, or a timer:
    there is none, since a reaction's event is appended before its cursor moves, and the clock stands.
    """
    return heads(before) == heads(now) and not any(waits(now))


def waits(looks: Sequence[Look]) -> Iterator[str]:
    """Say who waits for what, one sentence each; nothing when all have read and sent all."""
    ends = heads(looks)
    for each in looks:
        if each.relayed < each.head:
            yield f"{each.service} has relayed {each.relayed} of {each.head} events"
        for name, log, position in each.cursors:
            if position < ends.get(log, 0):
                yield f"{each.service} ({name}) has read {position} of {ends[log]} events of {log}"
        for log in FOLLOWS.get(each.service, ()):
            if log in ends and log not in {read for _, read, _ in each.cursors}:
                yield f"{each.service} has not begun to read {log}"
        if each.due:
            yield f"{each.service} has {each.due} timers or deliveries due"
        if each.parked:
            yield f"{each.service} has {each.parked} streams parked (events parked list)"
