"""What the form says by which a customer answers our letter; whatever cannot be taken is named."""

import re
import unicodedata
from datetime import UTC, datetime, tzinfo
from typing import Literal
from urllib.parse import parse_qs

from events.fields import LAST
from worktime import ZoneUnknown, zone

from .answer import Said

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
