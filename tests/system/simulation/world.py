"""What the simulation remembers of what it did: cases, and what was promised in them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from demo.chance import Chance

from .desks import BOT, Desk

Form = Literal["expectation", "follow_up"]


@dataclass(frozen=True, slots=True)
class Promise:
    """What was said when it was made; how it stands now, the services know."""

    id: str
    form: Form
    body: dict[str, Any]
    at: datetime


@dataclass(slots=True)
class Case:
    """A case that something may still happen to."""

    id: str
    customer: str
    desk: Desk
    promises: list[Promise] = field(default_factory=list)
    contacts: list[str] = field(default_factory=list)
    """Of the customer, read by all."""
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """One case at one moment, and how chance falls there."""

    chance: Chance
    case: Case
    now: datetime
    beside: str | None = None
    """Another open case of the customer."""

    def likely(self, percent: int) -> bool:
        """Draw whether what happens so often happens now."""
        return self.chance.below(100) < percent

    def contact(self) -> str | None:
        """Draw a contact of the customer, if there is one."""
        return self.chance.one_of(self.case.contacts) if self.case.contacts else None

    def promise(self) -> Promise:
        """Draw a promise, the younger the likelier."""
        young = self.case.promises[-4:]
        return self.chance.one_of(young if self.likely(80) else self.case.promises)

    def somebody(self) -> str:
        """Draw who does it: mostly one of the desk, now and then the bot."""
        return self.chance.one_of((*self.case.desk.people, *self.case.desk.staff, BOT))


@dataclass(frozen=True, slots=True)
class Call:
    """One command: by whom, where to, with what."""

    who: str
    path: str
    body: dict[str, Any]
    service: str = "cases"
