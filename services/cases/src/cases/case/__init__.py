"""A case: its state, its commands, how it decides and how events change it. Stream `case-<uuid>`."""

from uuid import UUID

from .commands import Command
from .decide import CASE
from .state import Case, CaseEvent


def stream(case: UUID) -> str:
    """Return the stream of a case."""
    return f"case-{case}"


__all__ = ["CASE", "Case", "CaseEvent", "Command", "stream"]
