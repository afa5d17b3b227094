"""Time zones from the pinned `tzdata` package, whatever the machine itself has installed."""

from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

_DATA = files("tzdata")


class ZoneUnknown(LookupError):
    """The tz database has no zone of this name."""


@cache
def tzdata_version() -> str:
    """Return the version of the tz database in use, such as `2026a`."""
    with _DATA.joinpath("zoneinfo", "tzdata.zi").open(encoding="utf-8") as source:
        return source.readline().removeprefix("# version ").strip()


@cache
def zone_names() -> frozenset[str]:
    """Return the names of all zones of the tz database in use."""
    return frozenset(_DATA.joinpath("zones").read_text(encoding="utf-8").split())


@cache
def zone(name: str) -> ZoneInfo:
    """Return a zone by its IANA name. Raises ZoneUnknown."""
    if name not in zone_names():
        raise ZoneUnknown(f"no time zone is called {name!r}")
    with _DATA.joinpath("zoneinfo", *name.split("/")).open("rb") as data:
        return ZoneInfo.from_file(data, key=name)
