"""What a customer answers by the link in our letter: whether the new time suits them."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Literal
from urllib.parse import parse_qs
from uuid import UUID

from events.catalogue import CustomerAnswered
from events.decider import Asked, Decider
from events.fields import LAST
from worktime import ZoneUnknown, zone

LONGEST = 2000
"""How many characters a customer's words may have."""
FIELDS = 8
Mistake = Literal["unclear", "counter", "words"]
"""What cannot be taken: no answer, a time that is over or far off, words too long or not to be printed."""
_WALL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?", re.ASCII)
_LAID_OUT = frozenset("\n\t")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
"""Control, format, surrogate, private, line and paragraph marks."""
_JOINERS = frozenset("\u200c\u200d")
"""What some scripts and pictures are written with."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the customer said."""

    agreed: bool
    counter: datetime | None = None
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Record what the customer said to a letter."""

    commitment: UUID
    case: UUID
    revision: int
    said: Said


def read(body: bytes, where: str, now: datetime) -> Said | Mistake:
    """Return what a form says, its time in the customer's zone; or what in it cannot be taken."""
    try:
        fields = parse_qs(body.decode("ascii"), strict_parsing=True, errors="strict", max_num_fields=FIELDS)
    except ValueError:
        return "unclear"
    suits = fields.get("suits", [])
    if suits == ["yes"]:
        return Said(agreed=True)
    if suits != ["no"]:
        return "unclear"
    words = "".join(fields.get("words", [])).replace("\r\n", "\n").strip()
    if len(words) > LONGEST or any(map(_unprinted, words)):
        return "words"
    wall = "".join(fields.get("counter", []))
    counter = _instant(wall, where) if wall else None
    if wall and (counter is None or not now < counter < LAST):
        return "counter"
    return Said(agreed=False, counter=counter, words=words or None)


def _unprinted(letter: str) -> bool:
    return unicodedata.category(letter) in _UNSEEN and letter not in _LAID_OUT | _JOINERS


def _instant(wall: str, where: str) -> datetime | None:
    """Return the instant of a clock on the customer's wall; UTC where their zone is not known."""
    try:
        local = datetime.fromisoformat(wall) if _WALL.fullmatch(wall) else None
        return local and local.replace(tzinfo=_zone(where)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _zone(name: str) -> tzinfo:
    try:
        return zone(name)
    except ZoneUnknown:
        return UTC


def stream(delivery: UUID) -> str:
    """Return the stream of what is answered to a letter."""
    return f"answer-{delivery}"


def decide(state: Said | None, command: Answer, _asked: Asked) -> Sequence[CustomerAnswered]:
    """Return the answer, or none where it was the last one already."""
    said = command.said
    if said == state:
        return ()
    return (
        CustomerAnswered(
            commitment=command.commitment,
            case=command.case,
            revision=command.revision,
            agreed=said.agreed,
            counter=said.counter,
            words=said.words,
        ),
    )


def evolve(_state: Said | None, event: CustomerAnswered) -> Said:
    """Return what was said last."""
    return Said(event.agreed, event.counter, event.words)


DECIDER: Decider[Said | None, Answer, CustomerAnswered] = Decider(None, decide, evolve)
