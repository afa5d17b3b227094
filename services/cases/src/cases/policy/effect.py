"""What one version of a policy says of a contact or a case, and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from functools import reduce

from events.catalogue import PolicyPublished
from events.catalogue.cases import Kind, Priority
from events.catalogue.contacts import Channel
from events.catalogue.policies import Line, QuietHours, Saying, When
from events.catalogue.terms import Quiet, Terms

TAKEN = ("ladder", "short_notice", "ack_timeout", "attempt_keeps", "pauses", "told_of_lapse", "digest")
"""What a commitment takes over as it stands."""


@dataclass(frozen=True, slots=True)
class About:
    """What a policy goes by."""

    kind: Kind = "support"
    priority: Priority = "normal"
    segment: str | None = None
    channel: Channel | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """What holds in one situation."""

    says: Saying
    lines: tuple[int, ...]
    """The lines that match, counted from 0, in order; later ones went over earlier ones."""
    why: tuple[str, ...]
    """A sentence for each of them."""


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of a policy."""

    ref: str
    """How a commitment names it: `default@1`."""
    says: Saying
    """What is said for all."""
    lines: tuple[Line, ...] = ()
    calendar: str | None = None
    """The name of the calendar where neither owner nor team has one."""

    @classmethod
    def of(cls, published: PolicyPublished) -> "Policy":
        """Return the policy that a version says."""
        ref = f"{published.name}@{published.version}"
        return cls(ref, published.says, published.lines, published.calendar)

    def effect(self, about: About) -> Effect:
        """Return what holds, and why: each line that matches goes over what stood before it."""
        matching = [(n, line) for n, line in enumerate(self.lines) if matches(line.when, about)]
        return Effect(
            reduce(over, (line for _, line in matching), self.says),
            tuple(number for number, _ in matching),
            tuple(_because(number, line) for number, line in matching),
        )

    def saying(self, about: About) -> Saying:
        """Return what holds."""
        return reduce(over, (line for line in self.lines if matches(line.when, about)), self.says)

    def terms(self, about: About, *, zone: str) -> Terms:
        """Return what a commitment is made under; quiet hours are on the walls of `zone`."""
        says = self.saying(about)
        said = {name: value for name in TAKEN if (value := getattr(says, name)) is not None}
        return Terms(**{"ladder": (), **said, "quiet": _quiet(says.quiet, zone)})


def over(below: Saying, above: Saying) -> Saying:
    """Return what holds where `above` goes over `below`."""
    return below.model_copy(update=dict(_said(above)))


def matches(when: When, about: About) -> bool:
    """Tell whether a line is for this kind, priority, segment and channel."""
    return all(not wanted or getattr(about, name) in wanted for name, wanted in when)


def _said(saying: Saying) -> Iterator[tuple[str, object]]:
    for name in Saying.model_fields:
        value = getattr(saying, name)
        if value is not None:
            yield name, value


def _because(number: int, line: Line) -> str:
    parts = (f"{name} {' or '.join(wanted)}" for name, wanted in line.when if wanted)
    said = ", ".join(name for name, _ in _said(line)) or "nothing"
    return f"Line {number + 1}, for {', '.join(parts)}, says {said}."


def _quiet(said: QuietHours | str | None, zone: str) -> Quiet | None:
    if not isinstance(said, QuietHours):
        return None
    return Quiet(begins=time.fromisoformat(said.begins), ends=time.fromisoformat(said.ends), zone=zone)
