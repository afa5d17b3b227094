"""The proof of a verdict: everything needed to come to it again, and the coming to it, without a database."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from events import feed
from events.catalogue import (
    CalendarPublished,
    CommitmentDated,
    CommitmentKept,
    CommitmentLapsed,
    CommitmentRecomputed,
    CommitmentRescheduled,
    ExpectationSet,
    FollowUpPromised,
    PolicyPublished,
    VerdictCorrected,
    WaitEnded,
    WaitingOnCustomer,
)
from events.catalogue.terms import AfterDuration, AfterSpan, AtInstant, ByPolicy, Rule, Span
from events.errors import Undecodable
from events.recorded import Recorded, Stored
from events.wire import chain_hash, content_hash, decode, rfc3339
from worktime import tzdata_version

from . import calendar as calendars
from . import commitment as one
from .book import Book
from .commitment import Commitment
from .due import Whereabouts, again
from .policy import Policy
from .span import Running, after, between, counted, onward

Json = dict[str, Any]
CLAIMED = (
    *("state", "revision", "due", "told_due", "first_due", "ended_at", "lapsed_at", "margin"),
    *("change_not_told", "self_attested", "done", "parts", "policy", "calendar", "tzdata"),
)
"""What a proof claims of its commitment, and what is computed again."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Where what is claimed is not what follows."""

    what: str
    claimed: str
    computed: str


def claims(commitment: Commitment) -> Json:
    """Return what is claimed of a commitment."""
    return {name: _plain(getattr(commitment, name)) for name in CLAIMED}


def item(row: Stored, previous: bytes) -> Json:
    """Return an event of a proof: its row, and the hash of the row before it in the log."""
    return {**feed.to_json(row), "previous": previous.hex()}


def prove(proof: Json) -> list[Difference]:
    """Return every difference between what a proof claims and what its facts say; none: it holds.

    Raises Undecodable for what is no proof.
    """
    try:
        read = _Reading(proof)
        return [*read.hashes(), *read.story(), *read.conclusions()]
    except (KeyError, TypeError, AttributeError, LookupError, AssertionError) as error:
        raise Undecodable(f"not a proof, or one that leaves something out: {error!r}") from error


class _Reading:
    """One proof, read event by event: a second coming to every due and every verdict."""

    def __init__(self, proof: Json) -> None:
        self._proof = proof
        self._zone = str(proof["zone"])
        self._rules = [decode(feed.from_json(each)) for each in proof["rules"]]
        self._told = [decode(feed.from_json(each)) for each in proof["items"]]
        self._book = _book(self._rules)
        self._found: Commitment | None = None

    def hashes(self) -> Iterator[Difference]:
        """Yield what was changed after it was hashed."""
        for each in (*self._proof["rules"], *self._proof["items"]):
            row = feed.from_json(each)
            place = f"{row.log}@{row.position}"
            content = _content(row)
            if content != row.content:
                yield Difference(f"{place}, content", row.content.hex(), content.hex())
            chained = chain_hash(
                bytes.fromhex(each["previous"]), row.position, row.version, row.recorded_at, row.content
            )
            if chained != row.hash:
                yield Difference(f"{place}, hash", row.hash.hex(), chained.hex())

    def story(self) -> Iterator[Difference]:
        """Yield each due and verdict that does not follow from the facts before it."""
        for each in sorted(self._told, key=lambda told: told.position):
            before = self._found
            yield from self._weigh(before, each)
            self._found = _evolve(before, each, self._proof["commitment"])

    def conclusions(self) -> Iterator[Difference]:
        """Yield each claim that is not how the story ends."""
        assert self._found is not None, "no event makes the commitment"
        computed = claims(self._found)
        for name, claimed in self._proof["claims"].items():
            if computed.get(name) != claimed:
                yield Difference(name, str(claimed), str(computed.get(name)))

    def _weigh(self, before: Commitment | None, told: Recorded[Any]) -> Iterator[Difference]:
        event, place = told.event, f"{told.row.log}@{told.position} {told.row.type}"
        match event:
            case ExpectationSet() | FollowUpPromised():
                yield from _compare(f"{place}, due", event.due, self._made_due(event))
            case CommitmentRescheduled() | CommitmentDated():
                yield from _compare(
                    f"{place}, due", event.due, self._due(event.rule, event.at, before, event.calendar)
                )
            case CommitmentRecomputed():
                assert before is not None
                yield from _compare(f"{place}, due", event.due, self._recomputed(before, event))
            case CommitmentKept():
                assert before is not None
                yield from _compare(f"{place}, verdict", event.verdict, _kept(before, event))
            case CommitmentLapsed():
                assert before is not None
                yield from _compare(f"{place}, at", event.at, before.told_due)
            case VerdictCorrected(verdict="kept"):
                assert before is not None
                assert before.told_due is not None
                yield from _compare(f"{place}, in time", expected=True, said=event.at <= before.told_due)
            case WaitEnded():
                yield from self._weigh_resumed(before, event, place)
            case _:
                return

    def _weigh_resumed(self, before: Commitment | None, event: WaitEnded, place: str) -> Iterator[Difference]:
        assert before is not None
        for each in event.resumed:
            if each.commitment == before.id and before.told_due is not None:
                hours, span = self._hours(before.calendar), counted(before.rule) or Span()
                left = between(before.paused_at or event.at, before.told_due, span, hours)
                yield from _compare(f"{place}, due", each.due, onward(event.at, left, span, hours))

    def _made_due(self, event: ExpectationSet | FollowUpPromised) -> datetime | None:
        if event.series is not None and event.series.cycle > 1:
            return event.due  # it counts from the cycle before, which is no part of this proof
        if event.rule is None:
            return None
        due = self._due(event.rule, event.at, one.made(event), event.calendar)
        if due is None or not isinstance(event.rule, ByPolicy) or event.rule.buffer is None:
            return due
        return after(event.rule.buffer, due, zone=self._zone, calendar=self._hours(event.calendar))

    def _recomputed(self, before: Commitment, event: CommitmentRecomputed) -> datetime | None:
        if event.cause == "tzdata":
            return self._due(event.rule, event.at, before, event.calendar)
        old, new = counted(before.rule), counted(event.rule)
        assert old is not None
        assert new is not None
        assert before.told_due is not None
        running = Running(before.made_at, old, self._zone, self._hours(before.calendar))
        anew = Running(before.made_at, new, self._zone, self._hours(event.calendar))
        return anew.due(event.at, running.used(event.at, before.told_due))

    def _due(
        self, rule: Rule, start: datetime, about: Commitment | None, calendar: str | None
    ) -> datetime | None:
        hours, team_zone = self._hours(calendar), about.team_zone if about else self._zone
        match rule:
            case AtInstant():
                return rule.at
            case AfterDuration() | AfterSpan() | ByPolicy():
                span = counted(rule)
                assert span is not None
                return after(span, start, zone=self._zone, calendar=hours)
            case _:
                return again(rule, Whereabouts(start, self._zone, team_zone, hours))

    def _hours(self, calendar: str | None) -> Any:
        return None if calendar is None else self._book.calendar(calendar)


def _compare(what: str, said: object, expected: object) -> Iterator[Difference]:
    if said != expected:
        yield Difference(what, _plain(said), _plain(expected))


def _kept(before: Commitment, event: CommitmentKept) -> str:
    """Return the verdict on a thing done then: in time while it waits, else by the due that was known."""
    if before.state == "waiting":
        return "kept"
    assert before.told_due is not None
    return "kept" if event.at <= before.told_due else "kept_late"


def _evolve(before: Commitment | None, told: Recorded[Any], commitment: str) -> Commitment | None:
    event = told.event
    match event:
        case ExpectationSet() | FollowUpPromised() if str(event.commitment) == commitment:
            return one.made(event)
        case _ if before is None:
            return None
        case ExpectationSet() | FollowUpPromised():
            return before  # the one that takes its debt over
        case WaitingOnCustomer():
            return one.paused(before, event)
        case WaitEnded():
            unheld = one.unheld(before, event)
            mine = [each for each in event.resumed if each.commitment == before.id]
            return one.resumed(unheld, mine[0]) if mine else unheld
        case _:
            return one.evolve(before, event)


def _book(rules: Iterable[Recorded[Any]]) -> Book:
    book = Book()
    for each in rules:
        match each.event:
            case CalendarPublished() as published:
                book.add_calendar(f"{published.name}@{published.version}", calendars.read(published))
            case PolicyPublished() as published:
                book.add_policy(Policy.of(published))
            case _:
                continue
    return book


def _content(row: Stored) -> bytes:
    return content_hash(
        row.stream, row.event_id, row.type, row.schema, row.data, row.metadata, row.occurred_at
    )


def _plain(value: object) -> Any:
    if isinstance(value, datetime):
        return rfc3339(value)
    return value if isinstance(value, str | int | bool | None) else str(value)


def told(proof: Json, differences: list[Difference]) -> list[str]:
    """Return what is printed: `same`, or what differs; and where the tz database is another one."""
    lines = [f"{each.what}: claimed {each.claimed}, computed {each.computed}" for each in differences]
    there, here = proof.get("tzdata"), tzdata_version()
    if lines and there != here:
        lines.append(f"The proof was made with tz database {there}; here it is {here}.")
    return lines or ["same"]
