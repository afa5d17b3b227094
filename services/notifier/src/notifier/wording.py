"""What a message says: a letter to read, plain and in colour, and the same as data for a webhook."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from events.catalogue.notices import Language

from .delivery import Delivery
from .language import Phrases, phrases
from .need import NEEDS
from .watched import Answered

SUBJECT_LENGTH = 120
_UNPRINTED = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""What breaks a line, moves the cursor or turns the direction of writing."""
_BLANKS = re.compile(r"\s+")
_OTHERS = {"reminder": "reminder_other", "lapsed": "lapsed_other"}
"""What a notice says to those who do not own the commitment."""
TONES = {
    "reminder": "soon",
    "review": "soon",
    "limit": "soon",
    "owner_by": "soon",
    "all_clear": "good",
} | dict.fromkeys(
    ("lapsed", "lapses_found", "child_lapsed", "child_rescheduled", "child_withdrawn", "unreached"), "bad"
)
"""The colour of a letter; the rest is calm."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message to read."""

    subject: str
    text: str
    html: str = ""
    short: str = ""
    """For a chat."""
    language: Language = "en"


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
    language: Language = "en"
    acknowledge: str | None = None
    """The link by which the recipient says that they took note."""
    answer: str | None = None
    """The link by which the customer says whether it suits them."""
    customer: str | None = None
    """The customer's name, in what goes to them."""
    channel: str = "unknown"
    """How the customer prefers to be reached."""

    @property
    def due(self) -> datetime | None:
        """The due that the customer knows, as known best; of a reschedule the new one."""
        if self.answered is None or self.delivery.was is not None:
            return self.delivery.due
        return self.answered.told_due

    @property
    def owner(self) -> str | None:
        """Who has it, as known best."""
        return self.answered.owner if self.answered else self.delivery.owner

    @property
    def words(self) -> str | None:
        """What was promised, in the words it was said in."""
        return self.answered.words if self.answered else None

    @property
    def says(self) -> str:
        """The name of what it says, among the phrases."""
        notice, role = self.delivery.notice, self.delivery.role
        kind = notice if notice in NEEDS else notice.partition("-")[0]
        name = kind if kind in NEEDS else "reminder"
        if name == "reminder" and self.answered is not None and self.answered.owner is None:
            return "reminder_unowned"
        others = role not in (None, "owner") and self.delivery.recipient != self.owner
        return _OTHERS.get(name, name) if others else name


def letter(scenes: Sequence[Scene]) -> Letter:
    """Return the letter about one thing or several, for one recipient; their links and language are alike."""
    first = scenes[0]
    said = phrases(first.language)
    items = [_item(each, said) for each in once(scenes)]
    subject = items[0]["subject"]
    if len(items) > 1:
        saying = said.notices[first.says]
        several = saying.several or said.labels["several"]
        subject = several.format(head=items[0]["head"], count=len(items))
    subject = one_line(subject, SUBJECT_LENGTH)
    values = {
        "language": first.language,
        "subject": subject,
        "items": items,
        "labels": said.labels,
        "tone": TONES.get(first.says.partition("_o")[0].partition("_u")[0], "calm"),
        "acknowledge": first.acknowledge,
        "answer": first.answer,
        "greeting": _greeting(first, said),
        "width": max(len(row["label"]) for item in items for row in item["rows"]) + 2,
    }
    text, html, short = (_TEMPLATES.get_template(name).render(values) for name in _FORMS)
    return Letter(subject, text, html, short, first.language)


_TEMPLATES = Environment(
    loader=PackageLoader("notifier"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
_FORMS = ("letter.txt", "letter.html", "chat.txt")


def page(language: Language, state: str, link: str | None = None, due: str | None = None) -> str:
    """Return the page behind a link to take note: `ask`, `done`, `used`, `expired` or `forged`."""
    said = phrases(language)
    values = {"language": language, "page": said.page, "labels": said.labels, "state": state}
    return _TEMPLATES.get_template("page.html").render(values, link=link, due=due)


def answer_page(
    language: Language, state: str, due: str | None, *, asks: bool, zone: str, prefers: str
) -> str:
    """Return the page on which a customer says whether a new time suits them, in one of its states."""
    said = phrases(language)
    values = {"language": language, "said": said.answer, "labels": said.labels, "state": state, "due": due}
    return _TEMPLATES.get_template("answer.html").render(values, asks=asks, zone=zone, prefers=prefers)


def once(scenes: Sequence[Scene]) -> list[Scene]:
    """Return the scenes, each commitment once: who has two roles reads of it once."""
    seen: dict[tuple[UUID, str], Scene] = {}
    for each in scenes:
        seen.setdefault((each.delivery.commitment, each.delivery.kind), each)
    return list(seen.values())


def _item(scene: Scene, said: Phrases) -> dict[str, Any]:
    delivery, labels, saying = scene.delivery, said.labels, said.notices[scene.says]
    names = {
        "actor": one_line(delivery.actor),
        "other": one_line(delivery.counterpart or labels["somebody"]),
        "owner": one_line(scene.owner or labels["nobody"]),
        "left": said.how_long(scene.due - scene.now) if scene.due else said.time.none,
        "channel": said.channels.get(scene.channel, said.channels["unknown"]),
    }
    head = saying.head.format(**names)
    named = scene.words or labels["number_of"].format(number=delivery.commitment)
    return {
        "head": head,
        "subject": head if delivery.is_for_customer else f"{head}: {named}",
        "sentence": saying.sentence.format(**names),
        "rows": list(_rows(scene, said)),
        "link": scene.link,
        "is_for_customer": delivery.is_for_customer,
        "unchecked": scene.answered is None,
    }


def _rows(scene: Scene, said: Phrases) -> Iterator[dict[str, Any]]:
    delivery, labels = scene.delivery, said.labels
    theirs = delivery.is_for_customer

    def row(label: str, *lines: str) -> dict[str, Any]:
        return {"label": labels[label], "lines": [_UNPRINTED.sub(" ", line) for line in lines] or [""]}

    if scene.words is not None:
        yield row("promise", *scene.words.splitlines())
    if delivery.was is not None:
        yield row("old_due" if theirs else "was", *_dues(scene, said, delivery.was))
    if scene.due is not None:
        yield row("new_due" if theirs else "due", *_dues(scene, said, scene.due))
    if scene.due is not None and scene.due > scene.now and not theirs:
        yield row("left", said.how_long(scene.due - scene.now))
    if not theirs:
        if scene.says not in ("reminder", "lapsed"):
            yield row("owner", scene.owner or labels["nobody"])
        yield row("case", str(delivery.case))
        yield row("number", str(delivery.commitment))


def _dues(scene: Scene, said: Phrases, due: datetime) -> list[str]:
    own = said.wall_time(due, scene.zone)
    theirs = said.wall_time(due, scene.customer_zone)
    if theirs == own or not scene.customer_zone:
        return [own]
    return [own, f"{theirs} ({said.labels['customers_time']})"]


def _greeting(scene: Scene, said: Phrases) -> str | None:
    return said.labels["greeting"].format(name=one_line(scene.customer)) if scene.customer else None


def one_line(text: str, length: int = 80) -> str:
    """Return a text without anything that breaks a line, at most `length` characters long."""
    line = _BLANKS.sub(" ", _UNPRINTED.sub(" ", text)).strip()
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"
