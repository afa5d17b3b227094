"""How each language says instants, spans and notices: the phrases of `templates/<language>/phrases.toml`."""

import tomllib
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from pydantic import BaseModel, ConfigDict

from events.catalogue.notices import Language
from worktime import ZoneUnknown, zone

LANGUAGES: tuple[Language, ...] = ("en", "vi", "fil")


class Saying(BaseModel):
    """What one notice says: its subject, its first sentence, and the subject of several in one message."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    head: str
    sentence: str
    several: str | None = None


class Times(BaseModel):
    """How instants and spans are said."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: str
    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    days: tuple[str, str]
    """One, and several."""
    hours: str
    minutes: str
    seconds: str
    none: str


class Phrases(BaseModel):
    """Everything that is said in one language."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    labels: dict[str, str]
    notices: dict[str, Saying]
    channels: dict[str, str]
    time: Times
    page: dict[str, str]
    answer: dict[str, str]

    def how_long(self, span: timedelta) -> str:
        """Return a span in its two largest units, such as `2 h 5 min`; what is past is no time."""
        minutes, seconds = divmod(max(int(span.total_seconds()), 0), 60)
        hours, minutes = divmod(minutes, 60)
        days, hours = divmod(hours, 24)
        said = self.time
        units = (
            (days, said.days[days != 1]),
            (hours, said.hours),
            (minutes, said.minutes),
            (seconds, said.seconds),
        )
        first = next((place for place, (count, _) in enumerate(units) if count), None)
        if first is None:
            return said.none
        return " ".join(f"{count} {unit}" for count, unit in units[first : first + 2] if count)

    def wall_time(self, at: datetime, name: str | None) -> str:
        """Return an instant as a clock on the wall of that zone shows it; UTC where the zone is not known."""
        try:
            local = at.astimezone(zone(name or ""))
        except ZoneUnknown:
            name, local = "UTC", at.astimezone(UTC)
        months = self.time.months
        return self.time.format.format(
            weekday=self.time.weekdays[local.weekday()],
            day=local.day,
            month=months[local.month - 1] if months else local.month,
            number=local.month,
            year=local.year,
            time=f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}",
            zone=name,
        )


@cache
def phrases(language: Language) -> Phrases:
    """Return what is said in a language."""
    text = (files("notifier") / "templates" / language / "phrases.toml").read_text(encoding="utf-8")
    return Phrases.model_validate(tomllib.loads(text))


def spoken(language: str) -> Language:
    """Return our language for one that somebody asked for, such as `vi-VN`; English where there is none."""
    known: dict[str, Any] = {each: each for each in LANGUAGES} | {"tl": "fil"}
    found: Language = known.get(language.partition("-")[0].lower(), "en")
    return found
