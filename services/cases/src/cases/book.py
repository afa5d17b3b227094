"""Versions of calendars and policies that were read: they never change, so each is read once."""

from collections.abc import Mapping
from dataclasses import dataclass

from worktime import Calendar

from .policy import DEFAULT, Policy


@dataclass(frozen=True, slots=True)
class Standing:
    """What a new commitment is made in; the versions it names are in the book."""

    policy: str
    """The version of its policy, `default@1`."""
    calendar: str | None
    """The version of the calendar of its owner, else of the team, else of the policy."""
    zone: str
    """The team's zone: of its calendar, where it has one. Without a team, the owner's."""
    owner: str | None
    found: bool
    """The owner is registered, as a person or as a team."""
    active: bool
    team: str | None
    """The owner's team; the owner itself, where it is one."""


class Book:
    """Versions by their names, `berlin@3`. It only grows: what stands in it stays as it is."""

    def __init__(
        self, calendars: Mapping[str, Calendar] | None = None, policies: Mapping[str, Policy] | None = None
    ) -> None:
        self._calendars = dict(calendars or {})
        self._policies = {DEFAULT.ref: DEFAULT, **(policies or {})}

    def calendar(self, ref: str) -> Calendar:
        """Return a version of a calendar. Raises LookupError where it was not read."""
        if ref not in self._calendars:
            raise LookupError(f"the calendar {ref} was not read")
        return self._calendars[ref]

    def policy(self, ref: str) -> Policy:
        """Return a version of a policy; `default@1` is always there. Raises LookupError as `calendar`."""
        if ref not in self._policies:
            raise LookupError(f"the policy {ref} was not read")
        return self._policies[ref]

    def has_calendar(self, ref: str) -> bool:
        """Tell whether a version of a calendar was read."""
        return ref in self._calendars

    def has_policy(self, ref: str) -> bool:
        """Tell whether a version of a policy was read."""
        return ref in self._policies

    def add_calendar(self, ref: str, calendar: Calendar) -> None:
        """Put a version of a calendar in."""
        self._calendars[ref] = calendar

    def add_policy(self, policy: Policy) -> None:
        """Put a version of a policy in."""
        self._policies[policy.ref] = policy
