"""What a message says, in plain English: a letter to read, and the same as data for a webhook."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from worktime import ZoneUnknown, zone

from .delivery import Delivery
from .watched import Answered

SUBJECT_LENGTH = 120
_UNPRINTED = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""What breaks a line, moves the cursor or turns the direction of writing."""
_BLANKS = re.compile(r"\s+")

REMINDER = ("Due in {left}", "You owe this to a customer, and it is due in {left}.")
SAYINGS: dict[str, tuple[str, str]] = {
    "set": ("Promised in your name", "{actor} promised this to a customer in your name."),
    "rescheduled": ("Moved", "{actor} moved this promise of yours to another time."),
    "declined": ("Declined", "The customer declined this. It still binds you until it is moved or released."),
    "handed_over": ("Handed over to you", "{other} handed this promise over to you; {left} left."),
    "handed_off": ("Handed over to {other}", "This promise is kept by {other} from now on."),
    "lapsed": ("Lapsed", "This was due and was not done. The customer is still waiting for it."),
    "all_clear": ("All clear", "This was kept after all: the notice that it lapsed is taken back."),
    "released": ("Released", "The customer let us off: nothing is left to do for this promise."),
    "withdrawn": ("Withdrawn", "{actor} took this promise back: nothing is left to do for it."),
}
"""Subject and first sentence of each notice; a rung has those of REMINDER."""
UNCHECKED = "Whether it still stands could not be asked; look it up before you act."


@dataclass(frozen=True, slots=True)
class Letter:
    """A message to read."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Scene:
    """What a message is about, at the moment of sending."""

    delivery: Delivery
    answered: Answered | None
    """None: nobody answered, so there are no words."""
    now: datetime
    link: str
    zone: str | None = None
    """The recipient's."""
    customer_zone: str | None = None

    @property
    def due(self) -> datetime:
        """The due that the customer knows, as known best; of a reschedule the new one."""
        if self.answered is None or self.delivery.notice == "rescheduled":
            return self.delivery.due
        return self.answered.told_due

    @property
    def words(self) -> str | None:
        """What was promised, in the words it was said in."""
        return self.answered.words if self.answered else None


def letter(scene: Scene) -> Letter:
    """Return the letter that is sent."""
    head, sentence = SAYINGS.get(scene.delivery.notice, REMINDER)
    names = {
        "actor": one_line(scene.delivery.actor),
        "other": one_line(scene.delivery.counterpart or "Somebody"),
        "left": how_long(scene.due - scene.now),
    }
    subject = f"{head.format(**names)}: {scene.words or f'promise {scene.delivery.commitment}'}"
    return Letter(one_line(subject, SUBJECT_LENGTH), _body(scene, sentence.format(**names)))


def payload(scene: Scene) -> dict[str, Any]:
    """Return the body of a webhook, as standardwebhooks.com advises: type, timestamp, data."""
    delivery = scene.delivery
    return {
        "type": f"commitment.{'reminder' if delivery.is_reminder else delivery.notice}",
        "timestamp": delivery.at.isoformat(),
        "data": {
            "notification": str(delivery.id),
            "commitment": str(delivery.commitment),
            "case": str(delivery.case),
            "revision": delivery.revision,
            "notice": delivery.notice,
            "recipient": delivery.recipient,
            "due": scene.due.isoformat(),
            "words": scene.words,
            "unchecked": scene.answered is None,
            "link": scene.link,
        },
    }


def one_line(text: str, length: int = 80) -> str:
    """Return a text without anything that breaks a line, at most `length` characters long."""
    line = _BLANKS.sub(" ", _UNPRINTED.sub(" ", text)).strip()
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


def how_long(span: timedelta) -> str:
    """Return a span in its two largest units, such as `2 h 5 min`; what is past is `no time`."""
    minutes, seconds = divmod(max(int(span.total_seconds()), 0), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    units = ((days, "day" if days == 1 else "days"), (hours, "h"), (minutes, "min"), (seconds, "s"))
    first = next((place for place, (count, _) in enumerate(units) if count), None)
    if first is None:
        return "no time"
    return " ".join(f"{count} {unit}" for count, unit in units[first : first + 2] if count)


def wall_time(at: datetime, name: str | None) -> str:
    """Return an instant as a clock on the wall of that zone shows it; UTC where the zone is not known."""
    try:
        local = at.astimezone(zone(name or ""))
    except ZoneUnknown:
        name, local = "UTC", at.astimezone(UTC)
    seconds = f"{local:%S}"
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M}{f':{seconds}' if seconds != '00' else ''} {name}"


def _body(scene: Scene, sentence: str) -> str:
    delivery = scene.delivery
    lines = [sentence, ""]
    if scene.words is not None:
        lines += _row("Promise", scene.words.splitlines())
    lines += _row("Due", _dues(scene))
    if scene.due > scene.now:
        lines += _row("Time left", [how_long(scene.due - scene.now)])
    lines += _row("Case", [str(delivery.case)])
    lines += _row("Number", [str(delivery.commitment)])
    lines += ["", scene.link]
    if scene.answered is None:
        lines += ["", UNCHECKED]
    return "\n".join(lines) + "\n"


def _dues(scene: Scene) -> list[str]:
    own = wall_time(scene.due, scene.zone)
    theirs = wall_time(scene.due, scene.customer_zone)
    return [own] if theirs == own or not scene.customer_zone else [own, f"{theirs} (the customer's time)"]


def _row(name: str, lines: Iterable[str]) -> list[str]:
    clean = [_UNPRINTED.sub(" ", line) for line in lines] or [""]
    return [f"  {name if place == 0 else '':<11}{line}".rstrip() for place, line in enumerate(clean)]
