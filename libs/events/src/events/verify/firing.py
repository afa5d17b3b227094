"""I12: a timer fires at most once, whoever fired it."""

from collections import Counter
from collections.abc import Iterable

from events.catalogue import CommitmentFellDue, Event, ReminderDue
from events.recorded import Recorded

from .finding import Finding, judged


def single_firing(log: Iterable[Recorded[Event]]) -> Finding:
    """Check the scheduler's log: one firing per (commitment, revision, timer, planned instant)."""
    seen: dict[tuple[object, ...], int] = {}
    broken: list[str] = []
    kinds: Counter[str] = Counter()
    for recorded in log:
        key = _key(recorded.event)
        if key is None:
            continue
        kinds[recorded.row.type] += 1
        if key in seen:
            broken.append(
                f"{recorded.row.log}@{recorded.position} fires again what "
                f"{recorded.row.log}@{seen[key]} fired: {key[2]} of commitment {key[0]} revision {key[1]}"
            )
        seen.setdefault(key, recorded.position)
    counts = ", ".join(f"{number:,} {kind}" for kind, number in sorted(kinds.items()))
    return judged("I12", broken, f"{len(seen):,} firings, each once ({counts or 'none yet'})")


def _key(event: Event) -> tuple[object, ...] | None:
    match event:
        case ReminderDue():
            return event.commitment, event.revision, event.rung, event.planned
        case CommitmentFellDue():
            return event.commitment, event.revision, "due", event.due
        case _:
            return None
