"""What shows that a row is the log's next one: its content hash, and the chain from its predecessor."""

from events.errors import LogDiverged
from events.log import Head
from events.recorded import Stored
from events.wire import chain_hash, content_hash

ADVICE = "restore a newer backup, or keep the older one by the steps of docs/restore.md"


def flaw(at: Head, row: Stored) -> str | None:
    """Say why a row is not the one that follows `at`, or none where it is."""
    if at.position and row.log_id != at.log_id:
        return f"it is of the log {row.log_id}, not {at.log_id}"
    if (
        content_hash(row.stream, row.event_id, row.type, row.schema, row.data, row.metadata, row.occurred_at)
        != row.content
    ):
        return "its content hash does not fit its content"
    if chain_hash(at.hash, row.position, row.version, row.recorded_at, row.content) != row.hash:
        return "its hash does not follow from its predecessor's"
    return None


def place_of(row: Stored) -> Head:
    """Return the place in the log after a row."""
    return Head(row.log_id, row.position, row.hash)


def diverged(reader: str, log: str, seen: Head | Stored, found: Stored | None, head: int) -> LogDiverged:
    """Return the error of a reader that has seen another row than the log has now; it names both."""
    has = f"the log has {_named(found)}" if found is not None else f"the log ends at {head}"
    return LogDiverged(f"{log} has diverged: {reader} has seen {_named(seen)}, but {has}; {ADVICE}")


def _named(seen: Head | Stored) -> str:
    what = f"{seen.type} of {seen.stream} at " if isinstance(seen, Stored) else ""
    return f"{what}position {seen.position} of {seen.log_id} with hash {seen.hash.hex()[:16]}"
