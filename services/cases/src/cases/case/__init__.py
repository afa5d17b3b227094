"""A case: its state, its commands, how it decides and how events change it. Stream `case-<uuid>`."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from events.catalogue import CommitmentLapsed

from . import arriving
from .commands import Command
from .decide import decider, lapses
from .evolve import evolve
from .state import Case, CaseEvent


def stream(case: UUID) -> str:
    """Return the stream of a case."""
    return f"case-{case}"


def elsewhere(case: Case | None, command: Command, events: Sequence[CaseEvent]) -> dict[str, Command]:
    """Return what the events of a command ask of other cases in the same append, by stream."""
    return {stream(to): order for to, order in arriving.elsewhere(case, command, events).items()}


def happened(event: CaseEvent) -> datetime | None:
    """Return when an event happened by itself: a lapse at its due, whatever its command states."""
    return event.at if isinstance(event, CommitmentLapsed) else None


def subject(_stream: str, case: Case | None) -> str | None:
    """Return whose words stand in a case."""
    return str(case.customer) if case else None


__all__ = [
    "Case",
    "CaseEvent",
    "Command",
    "decider",
    "elsewhere",
    "evolve",
    "happened",
    "lapses",
    "stream",
    "subject",
]
