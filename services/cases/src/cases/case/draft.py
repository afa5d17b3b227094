"""A decision in the making: the events so far, and the case as they leave it."""

from uuid import UUID

from cases.commitment import Commitment
from cases.verdict import lapse, overdue
from events.decider import Asked
from events.errors import NotNow, Unknown

from .evolve import evolve
from .state import Case, CaseEvent


class Draft:
    """Collects the events of one command; each later step decides on what the earlier ones left."""

    def __init__(self, case: Case, asked: Asked) -> None:
        self.case = case
        self.asked = asked
        self.events: list[CaseEvent] = []

    def add(self, *events: CaseEvent) -> None:
        """Let these events happen."""
        for event in events:
            self.case = evolve(self.case, event)
            self.events.append(event)

    def must_be_open(self) -> None:
        """Raise NotNow where the case is closed."""
        if self.case.state == "closed":
            raise NotNow(what="case", state="closed")

    def touch(self, commitment: UUID) -> Commitment:
        """Return a commitment, lapsed first if it is open past its due. Raises Unknown."""
        found = self.case.commitments.get(commitment)
        if found is None:
            raise Unknown(what="commitment", id=commitment)
        if overdue(found, self.asked.now):
            self.add(lapse(found))
        return self.case.commitments[commitment]

    def touch_open(self, commitment: UUID) -> Commitment:
        """Return a commitment that is open and not past its due. Raises Unknown, NotNow."""
        found = self.touch(commitment)
        if found.state != "open":
            raise NotNow(what="commitment", state=found.state)
        return found
