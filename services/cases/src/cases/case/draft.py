"""A decision in the making: the events so far, and the case as they leave it."""

from uuid import UUID

from cases.book import Book
from cases.commitment import Commitment
from cases.due import Whereabouts
from cases.plan import Frame, Plan
from cases.policy import About
from cases.replan import replan
from cases.setting import Setting
from cases.verdict import lapse, overdue
from events.catalogue.contacts import Channel
from events.catalogue.policies import Saying
from events.catalogue.terms import Terms
from events.decider import Asked
from events.errors import NotNow, Unknown
from worktime import Calendar

from .evolve import evolve
from .following import following
from .rejections import CommitmentMoved
from .state import Case, CaseEvent


class Draft:
    """Collects the events of one command; each later step decides on what the earlier ones left."""

    def __init__(self, case: Case, asked: Asked, book: Book, *, closing: bool = False) -> None:
        self.case = case
        self.asked = asked
        self.book = book
        self.closing = closing
        """The case ends with this command, and with it every series."""
        self.events: list[CaseEvent] = []
        self.noticed: list[UUID] = []
        """What had lapsed before the command came, and was only noticed by it."""
        self._before = case

    def add(self, *events: CaseEvent) -> None:
        """Let these events happen, and what follows from each by itself."""
        for event in events:
            before = self.case
            self.case = evolve(before, event)
            self.events.append(event)
            self.add(*following(before, event, self.asked, self.book, closing=self.closing))

    def must_be_open(self) -> None:
        """Raise NotNow where the case is closed."""
        if self.case.state == "closed":
            raise NotNow(what="case", state="closed")

    def touch(self, commitment: UUID) -> Commitment:
        """Return a commitment, lapsed first if it is open past its due.

        Raises Unknown, CommitmentMoved for one that goes on in another case.
        """
        found = self.case.commitments.get(commitment)
        if found is None and commitment in self.case.moved:
            raise CommitmentMoved(commitment=commitment, case=self.case.moved[commitment])
        if found is None:
            raise Unknown(what="commitment", id=commitment)
        if overdue(found, self.asked.now):
            if self._before.commitments.get(commitment) == found:
                self.noticed.append(commitment)
            self.add(lapse(found))
        return self.case.commitments[commitment]

    def touch_all(self) -> None:
        """Let everything lapse whose due has passed, and what follows from that, until nothing is left."""
        while late := [each.id for each in self.case.commitments.values() if overdue(each, self.asked.now)]:
            for commitment in late:
                self.touch(commitment)

    def plan(self, found: Commitment, frame: Frame) -> Plan:
        """Return the plan of a commitment anew, by its own terms."""
        return replan(found, frame, self.calendar(found))

    def touch_in(self, commitment: UUID, *states: str) -> Commitment:
        """Return a commitment that is in one of these states once it has been touched.

        Raises Unknown, NotNow.
        """
        found = self.touch(commitment)
        if found.state not in states:
            raise NotNow(what="commitment", state=found.state)
        return found

    def calendar(self, commitment: Commitment) -> Calendar | None:
        """Return the working hours that a commitment pins, none where it pins none."""
        return None if commitment.calendar is None else self.book.calendar(commitment.calendar)

    def saying(self, policy: str, channel: Channel | None) -> Saying:
        """Return what a version of a policy says in this case, of what goes through this channel."""
        return self.book.policy(policy).saying(self._about(channel))

    def terms(self, setting: Setting, channel: Channel | None) -> Terms:
        """Return the terms of a commitment made in this case and setting."""
        return self.book.policy(setting.policy).terms(self._about(channel), zone=setting.zone)

    def _about(self, channel: Channel | None) -> About:
        return About(self.case.kind, self.case.priority, self.case.segment, channel)

    def said(self, team_zone: str, calendar: str | None) -> Whereabouts:
        """Return when and where a time is said, in a case of this customer."""
        hours = None if calendar is None else self.book.calendar(calendar)
        return Whereabouts(self.asked.now, self.case.zone, team_zone, hours)
