"""The rows of a table as tickets: when each came, by when it was promised, when it was closed."""

import csv
from collections.abc import Iterable
from collections.abc import Mapping as Row
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from events.catalogue.contacts import Channel
from events.fields import FIRST, LAST
from worktime import resolve_wall_time

from .mapping import Mapping, MappingError

LONGEST = 500
"""Letters of a subject that are kept."""


class TableError(Exception):
    """The file is no table that this mapping fits; the message says why."""


class RowError(Exception):
    """One row cannot be taken; the message says why."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """One row, its times as instants."""

    line: int
    reference: str
    subject: str
    channel: Channel
    customer: str
    created: datetime
    due: datetime | None
    closed: datetime | None

    @property
    def order_corrected(self) -> bool:
        """Whether it says that it was closed before it came."""
        return self.closed is not None and self.closed < self.created

    @property
    def recorded_closed(self) -> datetime | None:
        """When its closing is recorded: as it happened, but never before it came."""
        return self.closed and max(self.closed, self.created)


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """One row that was left out, and why."""

    line: int
    reason: str


@dataclass(slots=True)
class Table:
    """What was read from a file."""

    tickets: list[Ticket] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)
    """The line of each reference."""

    @property
    def rows(self) -> int:
        """How many rows the file has."""
        return len(self.tickets) + len(self.refused)


def read(lines: Iterable[str], mapping: Mapping) -> Table:
    """Return the tickets in a CSV text, and the rows that are none, each by its line.

    Raises MappingError where a column that the mapping names is missing, TableError where it is no table.
    """
    reader, table = csv.DictReader(lines, delimiter=mapping.delimiter), Table()
    try:
        _check_columns(reader.fieldnames or (), mapping)
        for row in reader:
            _take(row, reader.line_num, mapping, table)
    except csv.Error as error:
        raise TableError(f"Line {reader.line_num} is no CSV: {error}.") from error
    return table


def _take(row: Row[str, str | None], line: int, mapping: Mapping, table: Table) -> None:
    try:
        ticket = _ticket(row, line, mapping)
    except RowError as error:
        table.refused.append(RefusedRow(line, str(error)))
        return
    first = table.seen.setdefault(ticket.reference, line)
    if first == line:
        table.tickets.append(ticket)
    else:
        table.refused.append(RefusedRow(line, f"{ticket.reference} stands in line {first} already"))


def _check_columns(found: Iterable[str], mapping: Mapping) -> None:
    for key, name in mapping.columns.named().items():
        if name not in found:
            there = ", ".join(found) or "none"
            raise MappingError(f"The key columns.{key} names a column {name!r}; the file has: {there}.")


def _ticket(row: Row[str, str | None], line: int, mapping: Mapping) -> Ticket:
    columns = mapping.columns
    created = _instant(row, columns.created, mapping)
    if created is None:
        raise RowError(f"{columns.created} is empty")
    reference = _cell(row, columns.id) or str(line)
    subject = (
        " / ".join(filter(None, (_cell(row, name) for name in columns.subject))) or f"Ticket {reference}"
    )
    ticket = Ticket(
        line=line,
        reference=reference[:200],
        subject=subject if len(subject) <= LONGEST else subject[: LONGEST - 1] + "…",
        channel=mapping.channel(_cell(row, columns.channel)),
        customer=_cell(row, columns.customer)[:200] or "customer",
        created=created,
        due=_instant(row, columns.due, mapping),
        closed=_instant(row, columns.closed, mapping),
    )
    return _possible(ticket, mapping)


def _possible(ticket: Ticket, mapping: Mapping) -> Ticket:
    rules, columns = mapping.impossible, mapping.columns
    if ticket.order_corrected and rules.closed_before_created == "refuse":
        raise RowError(f"{columns.closed} lies before {columns.created}")
    if ticket.due is None or ticket.due > ticket.created:
        return ticket
    if rules.due_before_created == "refuse":
        raise RowError(f"{columns.due} is not after {columns.created}")
    return replace(ticket, due=None)


def _cell(row: Row[str, str | None], column: str | None) -> str:
    return ((row.get(column) or "") if column else "").replace("\x00", "").strip()


def _instant(row: Row[str, str | None], column: str | None, mapping: Mapping) -> datetime | None:
    said = _cell(row, column)
    if not said:
        return None
    try:
        return instant(said, mapping.times.format, mapping.times.zone)
    except (ValueError, OverflowError):
        shape = "an ISO time" if mapping.times.format == "iso" else f"a time like {mapping.times.format}"
        raise RowError(f"{column}: {said!r} is not {shape} between 2000 and 2200") from None


def instant(said: str, shape: str, zone: str) -> datetime:
    """Return the instant meant by a time as said.

    Without an offset it is a wall time of the zone: one that does not exist is read with the offset before
    the gap, one that exists twice is the first (commitment.md §5.2). Raises ValueError, also for an instant
    outside of 2000 to 2200.
    """
    at = datetime.fromisoformat(said) if shape == "iso" else datetime.strptime(said, shape)  # noqa: DTZ007
    at = at.astimezone(UTC) if at.tzinfo else resolve_wall_time(at, zone).at
    if not FIRST <= at < LAST:
        raise ValueError(said)
    return at
