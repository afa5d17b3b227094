"""Tickets in the order of time: what comes and what is closed at each instant."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from .tickets import Ticket


@dataclass(slots=True)
class Moment:
    """One instant at which something happens; what comes goes before what is closed."""

    at: datetime
    arrivals: list[Ticket] = field(default_factory=list)
    closings: list[Ticket] = field(default_factory=list)


def moments(tickets: Iterable[Ticket]) -> list[Moment]:
    """Return what happens, instant by instant, whatever the order of the rows."""
    found: dict[datetime, Moment] = {}
    for ticket in sorted(tickets, key=lambda each: each.line):
        found.setdefault(ticket.created, Moment(ticket.created)).arrivals.append(ticket)
        if ticket.recorded_closed is not None:
            at = ticket.recorded_closed
            found.setdefault(at, Moment(at)).closings.append(ticket)
    return [found[at] for at in sorted(found)]


def commands(tickets: Iterable[Ticket]) -> int:
    """Return how many commands a replay of these tickets sends: customer, contact, promise, keep, close."""
    taken = list(tickets)
    return len({ticket.customer for ticket in taken}) + sum(
        1 + (ticket.due is not None) + (ticket.closed is not None) * (1 + (ticket.due is not None))
        for ticket in taken
    )
