"""What acknowledgements hold, and what messages that reached nobody call early (commitment.md §4.8, 9)."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from events.catalogue import Event, NotificationAcknowledged, NotificationFailed
from events.errors import Undecodable
from events.recorded import Recorded

from .reminder import RUNG, Held, Ladder, number


def noticed(ladder: Ladder, recorded: Recorded[Event]) -> Ladder:
    """Return what stands after a message about the commitment was acknowledged, or reached nobody (§4.8, 9).

    Whatever the message was about, its acknowledgement holds the rungs. In whichever order such news and the
    firings come, the same stands in the end: a rebuild brings the firings last.

    Raises Undecodable where what it is about is not known here yet: it is read again later.
    """
    event = recorded.event
    if not isinstance(event, NotificationAcknowledged | NotificationFailed):
        return ladder
    if event.revision > ladder.revision:
        raise Undecodable(f"{recorded.row.log}@{recorded.position}: its revision is not known here yet")
    if event.revision < ladder.revision:
        return ladder
    if isinstance(event, NotificationAcknowledged):
        return _acknowledged(ladder, recorded.recorded_at, event.due)
    return _climbed(ladder, event, recorded)


def _acknowledged(ladder: Ladder, at: datetime, due: datetime | None) -> Ladder:
    """Hold the rungs inside the window; at its end the highest of them speaks. It never holds the due.

    A rung is held once, until the end of the first window that it is inside of, or whoever acknowledges again
    and again would silence the ladder. One that was called early is not early any more.
    """
    window = ladder.ack_timeout if due is None else min(ladder.ack_timeout, (due - at) / 2)
    until = at + window
    timers = (
        _hold(timer, until) if timer.name.startswith(RUNG) and timer.planned < until else timer
        for timer in ladder.timers
    )
    return replace(ladder, timers=tuple(timers))


def _hold(timer: Held, until: datetime) -> Held:
    first = min(timer.moved, until) if timer.moved and timer.held else until
    return replace(timer, moved=first, failed=None)


def _climbed(ladder: Ladder, event: NotificationFailed, recorded: Recorded[Event]) -> Ladder:
    """Let the next rung speak at once, since nobody heard this one.

    It does not matter why: who could not be found, who was refused on the last way and who was given up have
    all heard nothing. Only the very next rung is called, and if that has spoken, none: it was heard or failed
    itself.
    """
    if not event.notice.startswith(RUNG):
        return ladder
    following = f"{RUNG}{number(event.notice) + 1}"
    timers = (_call(timer, recorded) if timer.name == following else timer for timer in ladder.timers)
    return replace(ladder, timers=tuple(timers))


def _call(timer: Held, failure: Recorded[Event]) -> Held:
    """Call a rung early, unless its time has come or somebody took note; the first failure counts."""
    at, message = failure.recorded_at, UUID(failure.entity)
    if timer.held or at >= timer.planned:
        return timer
    if timer.moved and timer.failed and (timer.moved, timer.failed) <= (at, message):
        return timer
    return replace(timer, moved=at, failed=message)
