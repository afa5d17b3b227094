"""From rows as they arrive to what a handler gets: decoded, or unfit with the reason."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from events.catalogue import TYPES, Event
from events.errors import HeldBack, Undecodable, told
from events.log import Head
from events.postgres.parked import Unfit
from events.recorded import Recorded, Stored
from events.sealing import NO_KEYS, Keys
from events.wire import decode

from .handler import Handler, Selective
from .integrity import place_of
from .reader import Arrival

Concerns = Callable[[Stored], bool]
"""Says whether a handler is told of a row."""

Weigh = Callable[[Arrival], Recorded[Event] | Unfit]
"""From a row as it arrived to its event, or to why it cannot be had."""


@dataclass(slots=True)
class Batch:
    """Rows side by side in a log: those the handler gets, and those that are parked."""

    to: Head
    fit: list[Recorded[Event]] = field(default_factory=list)
    unfit: list[Unfit] = field(default_factory=list)


def everything(_row: Stored) -> bool:
    """Let every row concern a handler."""
    return True


def concerns_of(handler: Handler) -> Concerns:
    """Return what lets rows of a handler's types concern it, and of those that are not known here."""
    if not isinstance(handler, Selective):
        return everything
    names = {cls.__name__ for cls in handler.types}
    return lambda row: row.type in names or row.type not in TYPES


def sort(
    arrivals: Sequence[Arrival],
    parked: Iterable[str],
    failed: Exception | None = None,
    weighed: Weigh | None = None,
    concerns: Concerns = everything,
) -> Batch:
    """Return a batch: what follows on a parked stream waits behind it, what else is no concern is left out.

    `failed` is what the handler raised for the first row, which is parked with it. `weighed` is a `weigh`
    that may remember.
    """
    waiting, batch = set(parked), Batch(place_of(arrivals[-1].row))
    for each in arrivals:
        if each.row.stream in waiting:
            batch.unfit.append(Unfit(each.row))
            continue
        if each.flaw is None and not concerns(each.row):
            continue
        read = (weighed or weigh)(each) if failed is None else _at_fault(each.row, failed)
        if isinstance(read, Unfit):
            waiting.add(each.row.stream)
            batch.unfit.append(read)
        else:
            batch.fit.append(read)
    return batch


def _at_fault(row: Stored, failed: Exception) -> Unfit:
    return Unfit(row, said(failed), awaits=isinstance(failed, HeldBack))


def weigh(arrival: Arrival, keys: Keys = NO_KEYS) -> Recorded[Event] | Unfit:
    """Return the decoded event, opened as far as `keys` go, or the row and why it cannot be had."""
    if arrival.flaw is not None:
        return Unfit(arrival.row, arrival.flaw, damaged=True)
    try:
        return decode(arrival.row, keys)
    except Undecodable as error:
        return Unfit(arrival.row, said(error))


def said(error: Exception) -> str:
    """Return an error as it is kept with a parked row, cut."""
    return told(error)[:2000]
