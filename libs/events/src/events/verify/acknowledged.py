"""I1: what a client was told stands is in the log, as its journal says."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from events.clock import derived_id
from events.journal import Line
from events.log import Appended

from .finding import Finding, judged

Find = Callable[[str, Sequence[UUID]], Awaitable[Mapping[Any, Appended]]]
"""From a service and ids of commands, what each of them appended in the service's log."""


@dataclass(frozen=True, slots=True)
class Told:
    """A command that was acknowledged as having changed something."""

    service: str
    command: UUID
    position: int | None
    """Of its last event, where the answer said so for this command alone."""
    said: str


def told(lines: Iterable[Line]) -> Iterator[Told]:
    """Yield the acknowledged commands of a journal, one for each item of a batch."""
    for line in lines:
        if line.what != "ok" or not line.changed or line.method == "GET":
            continue
        call = f"{line.method} {line.path} under key {line.key}"
        if not line.path.endswith(":batch"):
            position = int(line.position.partition("@")[2]) if line.position else None
            yield Told(line.service, _command(line, line.key), position, call)
            continue
        for index, made in enumerate(line.ids):
            if made:
                yield Told(
                    line.service, _command(line, f"{line.key}\x1f{index}"), None, f"{call}, item {index}"
                )


def _command(line: Line, key: str) -> UUID:
    return derived_id("http", line.caller, line.method, line.path, key)


async def durability(lines: Iterable[Line], find: Find) -> Finding:
    """I1: each acknowledged command stands in its service's log, where the client was told."""
    answered: defaultdict[str, list[Told]] = defaultdict(list)
    for each in told(lines):
        answered[each.service].append(each)
    broken: list[str] = []
    for service, commands in answered.items():
        found = await find(service, [each.command for each in commands])
        broken += (breach for each in commands if (breach := _breach(each, found.get(each.command))))
    checked = sum(map(len, answered.values()))
    return judged("I1", broken, f"{checked:,} acknowledged commands, each in its log")


def _breach(told: Told, appended: Appended | None) -> str | None:
    if appended is None:
        place = f" at {told.position}" if told.position else ""
        return f"{told.said} was acknowledged{place}, but {told.service} has no event of it"
    if told.position not in {None, appended.last}:
        return f"{told.said} was told {told.position}, but its last event is at {appended.last}"
    return None
