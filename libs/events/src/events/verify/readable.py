"""The events in rows, as far as this release can read them; what it cannot, whoever follows it parks."""

from collections.abc import Iterable, Iterator

from events.catalogue import Event
from events.errors import Undecodable
from events.recorded import Recorded, Stored
from events.wire import decode


def readable(rows: Iterable[Stored]) -> Iterator[Recorded[Event]]:
    """Yield the events of rows, leaving out those that cannot be decoded."""
    for row in rows:
        try:
            yield decode(row)
        except Undecodable:
            continue
