"""Durations, wall times and zones, resolved to instants: pure, and the same on every machine."""

from .walltime import Resolved, after, on_the_wall, resolve_wall_time
from .zones import ZoneUnknown, tzdata_version, zone, zone_names

__all__ = [
    "Resolved",
    "ZoneUnknown",
    "after",
    "on_the_wall",
    "resolve_wall_time",
    "tzdata_version",
    "zone",
    "zone_names",
]
