"""What a replay must come out as, worked out from the table alone."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal

from .figures import Figures
from .tickets import Ticket


def expected(
    tickets: Iterable[Ticket], leads: Iterable[timedelta], short_notice: Literal["remind", "skip"]
) -> dict[str, int]:
    """Return the figures that follow from the tickets, by their names in the report."""
    taken, ladder = list(tickets), set(leads)
    promised = [ticket for ticket in taken if ticket.due is not None]
    kept = sum(_closed_by(ticket, ticket.due) for ticket in promised)
    return {
        "contacts": len(taken),
        "promises": len(promised),
        "kept": kept,
        "lapsed": len(promised) - kept,
        "kept_late": sum(ticket.closed is not None for ticket in promised) - kept,
        "open": 0,
        "order_corrected": sum(ticket.order_corrected for ticket in taken),
        "reminders": sum(_reminders(ticket, ladder, short_notice) for ticket in promised),
    }


def differences(figures: Figures, wanted: dict[str, int]) -> list[str]:
    """Name each figure that is another than wanted."""
    return [
        f"{name}: {getattr(figures, name)} instead of {number}"
        for name, number in wanted.items()
        if getattr(figures, name) != number
    ]


def _closed_by(ticket: Ticket, at: datetime | None) -> bool:
    return at is not None and ticket.closed is not None and ticket.closed <= at


def _reminders(ticket: Ticket, leads: Iterable[timedelta], short_notice: Literal["remind", "skip"]) -> int:
    """Count the rungs reached; those already past at the start are one reminder at once, or none."""
    assert ticket.due is not None
    rungs = [ticket.due - lead for lead in leads]
    ahead = sum(at >= ticket.created and not _closed_by(ticket, at) for at in rungs)
    short = short_notice == "remind" and any(at < ticket.created for at in rungs)
    return ahead + (short and not _closed_by(ticket, ticket.created))
