"""How the columns of a table of tickets are read; written in TOML, see examples/your-tickets.toml."""

import re
import tomllib
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from events.catalogue.contacts import Channel
from events.fields import Name, Text, Zone

UNITS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}
LONGEST_LEAD = timedelta(days=365)
_LEAD = re.compile(r"(\d{1,6})([smhd])")


class MappingError(Exception):
    """The mapping cannot be used; the message names the key."""


def lead(value: Any) -> timedelta:
    """Return the duration of `15m`, `1h`, `2d`. Raises ValueError for anything else, zero, over a year."""
    found = _LEAD.fullmatch(value) if isinstance(value, str) else None
    lasts = int(found[1]) * UNITS[found[2]] if found else timedelta(0)
    if not timedelta(0) < lasts <= LONGEST_LEAD:
        raise ValueError("give a number and s, m, h or d, such as 15m, 1h, 2d; at most 365d")
    return lasts


def iso(lasts: timedelta) -> str:
    """Return a duration of whole seconds as the services read it, such as `P1DT3600S`."""
    return f"P{lasts.days}DT{lasts.seconds}S"


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Lead = Annotated[timedelta, BeforeValidator(lead)]
Names = Annotated[tuple[str, ...], BeforeValidator(_listed)]
"""One name or several."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Columns(_Table):
    """Which column holds what."""

    created: str
    id: str | None = None
    due: str | None = None
    closed: str | None = None
    subject: Names = ()
    channel: str | None = None
    customer: str | None = None

    def named(self) -> dict[str, str]:
        """Return every column that the mapping names, by the key that names it."""
        single = {key: value for key, value in self if isinstance(value, str)}
        return single | {f"subject[{index}]": name for index, name in enumerate(self.subject)}


class Times(_Table):
    """How times are written, and in which zone those without an offset are meant."""

    zone: Zone
    format: str = "iso"


class Promise(_Table):
    """What the customer was told, who keeps it, and who is reminded when."""

    owner: Name
    words: Text = "We will have dealt with this by then."
    reminders: Annotated[tuple[Lead, ...], Field(max_length=10)] = (timedelta(hours=1),)
    short_notice: Literal["remind", "skip"] = "skip"


class Impossible(_Table):
    """What is done with rows whose times cannot be."""

    closed_before_created: Literal["correct", "refuse"] = "correct"
    due_before_created: Literal["refuse", "without_promise"] = "refuse"


class Mapping(_Table):
    """The whole file."""

    source: Name
    columns: Columns
    times: Times
    promise: Promise
    channels: dict[str, Channel] = {}
    impossible: Impossible = Impossible()
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    encoding: str = "utf-8"

    def channel(self, said: str) -> Channel:
        """Return the channel for what a row says."""
        return self.channels.get(said) or self.channels.get("default") or "email"

    def reminding(self, *leads: timedelta) -> "Mapping":
        """Return the mapping with these leads instead of its own."""
        return self.model_copy(update={"promise": self.promise.model_copy(update={"reminders": leads})})


def parse(text: str, name: str) -> Mapping:
    """Return the mapping in this text. Raises MappingError, naming `name` and the key at fault."""
    try:
        return Mapping.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise MappingError(f"{name} is not TOML: {error}.") from error
    except ValidationError as error:
        raise MappingError(f"{name}: {_fault(error)}.") from error


def _fault(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    key = ".".join(str(part) for part in first["loc"])
    if first["type"] == "missing":
        return f"the key {key} is needed"
    if first["type"] == "extra_forbidden":
        return f"the key {key} is not known"
    return f"the key {key}: {first['msg'].removeprefix('Value error, ')}"
