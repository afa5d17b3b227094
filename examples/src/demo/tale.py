"""One case of the story, told step by step: each step is a command, and an entry in the book."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from events.catalogue.contacts import Channel, Outcome
from worktime import on_the_wall, resolve_wall_time

from .book import Promise
from .mapping import iso

HOUR = timedelta(hours=1)
CONTACTS = ("/v1/contacts",)


@dataclass(frozen=True, slots=True)
class Person:
    """A customer, or somebody at the desk; `key` is a short name."""

    key: str
    name: str
    zone: str
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Ref:
    """Something that the answer to an earlier step says."""

    step: str
    field: str = "id"


@dataclass(frozen=True, slots=True)
class Step:
    """One command: when, by whom, where to, and what. Its answer is remembered under `name`."""

    at: datetime
    who: str
    service: str
    path: tuple[str | Ref, ...]
    body: dict[str, Any]
    name: str
    after: str | None = None
    """The step whose position the service must have read."""


@dataclass(frozen=True, slots=True)
class By:
    """By when, as it is said, and the instant meant."""

    said: Any
    at: datetime


@dataclass
class Tale:
    """One case: whatever is told happens `now`, by the hand of `agent`."""

    name: str
    kind: str
    customer: Person
    agent: str
    now: datetime
    steps: list[Step] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)
    events: Counter[str] = field(default_factory=Counter)
    """Events that must come of it, by type."""
    _heard: str = ""
    """The last contact."""

    def later(self, **much: float) -> None:
        """Let time pass: minutes=, hours=, days=."""
        self.until(self.now + timedelta(**much))

    def until(self, at: datetime) -> None:
        """Let time pass up to an instant, and seconds that tell it from every other tale's."""
        self.now = at
        for promise in self.promises:
            promise.move_on(at)

    def by(self, days: int, hour: int, minute: int = 0) -> By:
        """Say: by that time on the customer's wall, so many days from today."""
        day = on_the_wall(self.now, self.customer.zone) + timedelta(days=days)
        local = day.replace(hour=hour, minute=minute, second=0, microsecond=0)
        return By({"wall_time": local.isoformat()}, resolve_wall_time(local, self.customer.zone).at)

    def within(self, **much: float) -> By:
        """Say: within a real duration."""
        lasts = timedelta(**much)
        return By({"within": iso(lasts)}, self.now + lasts)

    def comes(self, words: str, channel: Channel = "call") -> str:
        """Let the customer come to us; the first contact opens the case. Returns its step."""
        body = {"direction": "inbound", "channel": channel, "words": words}
        opens = {"case": self.case} if self._heard else {}
        self.events["ContactReceived"] += 1
        return self._contact(body | opens)

    def goes(
        self,
        words: str,
        *,
        keeps: Promise | None = None,
        tells: Promise | None = None,
        channel: Channel = "call",
        outcome: Outcome = "reached",
    ) -> str:
        """Go to the customer, to keep a promise or to tell that it was moved. Returns the contact's step."""
        served: list[dict[str, Any]] = [{"case": self.case, "commitment": Ref(keeps.step)}] if keeps else []
        if tells:
            served.append({"case": self.case, "commitment": Ref(tells.step), "tells": tells.revision})
        body = {"direction": "outbound", "channel": channel, "words": words, "outcome": outcome}
        self.events["ContactMade"] += 1
        if keeps and outcome == "not_reached":
            self.events["CommitmentAttempted"] += 1
        elif keeps:
            keeps.end("done")
        if tells:
            self.events["CustomerTold"] += 1
            tells.tell()
        return self._contact(body | {"case": self.case, "serves": served})

    def promise(
        self,
        form: Literal["follow-ups", "expectations"],
        words: str,
        by: By,
        *,
        leads: Sequence[timedelta] = (HOUR,),
        replaces: Promise | None = None,
    ) -> Promise:
        """Promise the customer a contact or an outcome."""
        body: dict[str, Any] = {"words": words, "due": by.said, "contact": Ref(self._heard)}
        if tuple(leads) != (HOUR,):
            body["reminders"] = [{"lead": iso(lead)} for lead in leads]
        if replaces:
            body["replaces"] = Ref(replaces.step)
        step = self._on_case(form, body)
        made = Promise(step, self.now, by.at, self.agent, leads)
        self.promises.append(made)
        self.events["FollowUpPromised" if form == "follow-ups" else "ExpectationSet"] += 1
        return made

    def reschedule(self, promise: Promise, by: By, reason: str, told_in: str | None = None) -> None:
        """Move a promise, with the customer told in a contact or not yet."""
        told = {"told_in": Ref(told_in)} if told_in else {}
        self._on(promise, "reschedule", {"due": by.said, "reason": reason, **told}, "CommitmentRescheduled")
        promise.reschedule(self.now, by.at, told=told_in is not None)

    def keep(self, promise: Promise, words: str) -> None:
        """Say that it is done."""
        self._on(promise, "keep", {"evidence": {"words": words}})
        promise.end("done")

    def answer(self, promise: Promise, contact: str, *, agrees: bool, counter: By | None = None) -> None:
        """Note whether the due suits the customer."""
        body: dict[str, Any] = {"contact": Ref(contact)}
        if counter:
            body["counter"] = counter.at.isoformat()
        event = "CommitmentAgreed" if agrees else "CommitmentDeclined"
        self._on(promise, "agreement" if agrees else "refusal", body, event)

    def hand_over(self, promise: Promise, to: str, words: str) -> None:
        """Let a colleague keep it, who goes on with the case."""
        self._on(promise, "hand-over", {"owner": to, "words": words}, "CommitmentHandedOver")
        promise.owner = self.agent = to

    def release(self, promise: Promise, contact: str) -> None:
        """Note that the customer lets us off."""
        self._on(promise, "release", {"contact": Ref(contact)}, "CommitmentReleased")
        promise.end("released")

    def withdraw(self, promise: Promise, reason: Literal["entered_in_error", "duplicate"]) -> None:
        """Take it back."""
        self._on(promise, "withdraw", {"reason": reason}, "CommitmentWithdrawn")
        promise.end("withdrawn")

    def correct(self, promise: Promise, occurred_at: datetime, record: str) -> None:
        """Show that it was done in time after all."""
        evidence = {"evidence": {"record": record}, "occurred_at": occurred_at.isoformat()}
        self._on(promise, "correction", {"verdict": "kept", **evidence}, "VerdictCorrected")
        promise.end("corrected")

    def propose(self, words: str) -> None:
        """Say that it is solved."""
        self._on_case("resolution", {"words": words}, "ResolutionProposed")

    def confirm(self, contact: str) -> None:
        """Note that the customer agrees: it is solved."""
        self._on_case("resolution/confirmation", {"contact": Ref(contact)}, "ResolutionConfirmed")

    def reject(self, contact: str, words: str) -> None:
        """Note that the customer does not agree that it is solved."""
        self._on_case("resolution/rejection", {"contact": Ref(contact), "words": words}, "ResolutionRejected")

    def close(self) -> None:
        """End the case."""
        self._on_case("closing", {}, "CaseClosed")

    @property
    def case(self) -> Ref:
        """The case, as the first contact's answer names it."""
        return Ref(f"{self.name}/1", "case")

    def _contact(self, body: dict[str, Any]) -> str:
        customer = {"customer": Ref(f"customer/{self.customer.key}")}
        self._heard = self._step("intake", CONTACTS, customer | body)
        return self._heard

    def _on(self, promise: Promise, verb: str, body: dict[str, Any], event: str | None = None) -> None:
        self._on_case(("commitments/", Ref(promise.step), f"/{verb}"), body, event)

    def _on_case(
        self, path: str | tuple[str | Ref, ...], body: dict[str, Any], event: str | None = None
    ) -> str:
        if event:
            self.events[event] += 1
        rest = (path,) if isinstance(path, str) else path
        return self._step("cases", ("/v1/cases/", self.case, "/", *rest), body, self._heard)

    def _step(
        self, service: str, path: tuple[str | Ref, ...], body: dict[str, Any], after: str | None = None
    ) -> str:
        name = f"{self.name}/{len(self.steps) + 1}"
        self.steps.append(Step(self.now, self.agent, service, path, body, name, after))
        return name
