"""I1: what a client was told stands is in the log, as its journal says."""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from events.clock import derived_id
from events.journal import Line
from events.log import Appended

from .finding import Finding, judged

Find = Callable[[str, UUID], Awaitable[Appended | None]]
"""From a service and a command's id, what it appended in the service's log."""


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
    broken, checked = [], 0
    for each in told(lines):
        checked += 1
        appended = await find(each.service, each.command)
        if appended is None:
            broken.append(f"{each.said} was acknowledged, but {each.service} has no event of it")
        elif each.position not in {None, appended.last}:
            broken.append(f"{each.said} was told {each.position}, but its last event is at {appended.last}")
    return judged("I1", broken, f"{checked:,} acknowledged commands, each in its log")
