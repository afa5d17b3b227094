"""Waiting for somebody: the clocks of our own aims stand still, what was said goes on (§5.3)."""

from uuid import UUID

from cases.commitment import Commitment
from cases.plan import Frame
from cases.replan import due_after_pause
from events.catalogue import WaitEnded, WaitingOnCustomer
from events.catalogue.terms import WaitKind
from events.catalogue.waits import Resumed
from events.errors import Invalid

from .commands import BeginWait, EndWait
from .draft import Draft
from .state import Wait


def begin(draft: Draft, command: BeginWait) -> None:
    """Stop the clocks that the policy lets this kind of wait stop; one of a kind, and of an id, at a time."""
    draft.must_be_open()
    draft.touch_all()
    if any(command.kind == wait.kind or command.wait == wait.id for wait in draft.case.waits):
        return
    contact = draft.case.commitments.get(command.next_contact)
    if contact is None or contact.form != "follow_up" or contact.state != "open" or contact.basis != "said":
        reason = "name an open follow-up of this case: the customer hears from us while we wait"
        raise Invalid(field="next_contact", reason=reason)
    paused = [each.id for each in draft.case.pending() if _stops(each, command.kind)]
    wait = Wait(command.wait, command.kind, command.reason, command.next_contact, draft.asked.now)
    _wait(draft, wait, *paused)


def _wait(draft: Draft, wait: Wait, *paused: UUID) -> None:
    draft.add(
        WaitingOnCustomer(
            wait=wait.id,
            kind=wait.kind,
            reason=wait.reason,
            next_contact=wait.next_contact,
            paused=paused,
            at=draft.asked.now,
        )
    )


def _stops(commitment: Commitment, kind: WaitKind) -> bool:
    running = commitment.basis == "policy" and commitment.state in {"open", "waiting"}
    return running and kind in commitment.terms.pauses


def end(draft: Draft, command: EndWait) -> None:
    """Let the clocks go on that no other wait holds, with what was left when they stopped."""
    for wait in draft.case.waits:
        if command.kind in {None, wait.kind}:
            end_wait(draft, wait)


def end_wait(draft: Draft, wait: Wait) -> None:
    """End one wait, with a new due for each clock that it alone held."""
    freed = [each for each in draft.case.pending() if each.waits == (wait.id,)]
    resumed = tuple(_resumed(draft, each) for each in freed)
    draft.add(WaitEnded(wait=wait.id, resumed=resumed, at=draft.asked.now))


def _resumed(draft: Draft, commitment: Commitment) -> Resumed:
    now = draft.asked.now
    due = due_after_pause(commitment, now, draft.calendar(commitment))
    planned = draft.plan(commitment, Frame(due, due, now))
    return Resumed(
        commitment=commitment.id,
        revision=commitment.revision + 1,
        due=due,
        timers=planned.timers,
        left_out=planned.left_out,
    )


def hold(draft: Draft, commitment: UUID) -> None:
    """Let a clock that begins to run stand still as well, where the case waits for what stops it."""
    for wait in draft.case.waits:
        if _stops(draft.case.commitments[commitment], wait.kind):
            _wait(draft, wait, commitment)
