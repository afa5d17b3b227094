"""What is answered to a command: ids, states and times, no words."""

from collections.abc import Sequence
from typing import Any

from events.catalogue import WaitEnded, WaitingOnCustomer

from .case import Case, CaseEvent, Command
from .case.commands import BeginWait, EndWait


def answered(
    command: Command, case: Case | None, version: int, events: Sequence[CaseEvent]
) -> dict[str, Any]:
    """Return what is answered to a command: ids, state and times; no words, for it is kept in the log."""
    assert case is not None
    commitment = case.commitments.get(getattr(command, "commitment", command.case))
    if commitment is None:
        shown = {"id": command.case, "version": version, "state": case.state}
        if isinstance(command, BeginWait | EndWait):
            return shown | _waiting(command, case, events)
        return shown
    answer = {
        "id": commitment.id,
        "case": command.case,
        "version": version,
        "revision": commitment.revision,
        "state": commitment.state,
        "due": commitment.due,
        "told_due": commitment.told_due,
    }
    warned = [warning for event in events for warning in getattr(event, "warnings", ())]
    if warned:
        answer["warnings"] = [warning.model_dump(mode="json") for warning in warned]
    if not events:
        answer["reason"] = "it stands already"
    planned = [timer for event in events for timer in getattr(event, "timers", ()) if timer.name != "due"]
    if planned:
        answer["next_reminder"] = min(timer.at for timer in planned)
    return answer


def _waiting(command: BeginWait | EndWait, case: Case, events: Sequence[CaseEvent]) -> dict[str, Any]:
    """Return what a wait stopped, or what goes on after it; or why nothing changed (17)."""
    if not events:
        begun = isinstance(command, BeginWait)
        return {"reason": "the case waits for this already" if begun else "the case does not wait for this"}
    paused = [id_ for event in events if isinstance(event, WaitingOnCustomer) for id_ in event.paused]
    resumed = [each for event in events if isinstance(event, WaitEnded) for each in event.resumed]
    again = [{"commitment": each.commitment, "revision": each.revision, "due": each.due} for each in resumed]
    return {"case": command.case, "waits": len(case.waits), "paused": paused, "resumed": again}
