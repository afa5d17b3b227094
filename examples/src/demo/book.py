"""A small book of the story's promises, kept by the rules of commitment.md and apart from the services."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

State = Literal["open", "kept", "kept_late", "lapsed", "released", "withdrawn"]


@dataclass
class Promise:
    """One promise and what must become of it; `step` is the command that makes it."""

    step: str
    made: datetime
    due: datetime
    owner: str
    leads: Sequence[timedelta]
    state: State = "open"
    revision: int = 1
    lapsed: bool = False
    reminders: int = 0
    told_due: datetime = field(init=False)
    _rungs: list[datetime] = field(init=False)

    def __post_init__(self) -> None:
        self.told_due = self.due
        self._plan(self.made)

    def move_on(self, now: datetime) -> None:
        """Let happen what lies before `now`: the rungs, then the due that the customer knows."""
        while (
            self.state == "open" and self._rungs and self._rungs[0] < now and self._rungs[0] <= self.told_due
        ):
            del self._rungs[0]
            self.reminders += 1
        if self.state == "open" and now > self.told_due:
            self.state, self.lapsed = "lapsed", True

    def reschedule(self, now: datetime, due: datetime, *, told: bool) -> None:
        """Move it; untold, the old due goes on to count."""
        self.due, self.revision = due, self.revision + 1
        self.told_due = due if told else self.told_due
        self._plan(now)

    def tell(self) -> None:
        """Note that the customer knows the new due."""
        self.told_due = self.due

    def end(self, how: Literal["done", "released", "withdrawn", "corrected"]) -> None:
        """End it; what is done after a lapse is kept late, unless the lapse was an error."""
        match how, self.state:
            case "done", "lapsed":
                self.state = "kept_late"
            case ("done", _) | ("corrected", _):
                self.state, self.lapsed = "kept", False
            case "released", "open":
                self.state = "released"
            case "withdrawn", _:
                self.state = "withdrawn"

    def _plan(self, now: datetime) -> None:
        rungs = sorted(self.due - lead for lead in self.leads)
        ahead = [at for at in rungs if at >= now]
        self._rungs = ahead if len(ahead) == len(rungs) else [now, *ahead]


def wanted(promises: Iterable[Promise]) -> dict[str, int]:
    """Return the figures that the ledger must show, by their names in the report."""
    made = list(promises)
    states = Counter(promise.state for promise in made)
    return {
        "promises": len(made),
        "kept": states["kept"],
        "lapsed": sum(promise.lapsed for promise in made),
        "kept_late": states["kept_late"],
        "open": states["open"],
        "order_corrected": 0,
        "reminders": sum(promise.reminders for promise in made),
    }
