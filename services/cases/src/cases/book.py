"""The versions of calendars and policies that have been read: immutable, so a look-up is no I/O."""

from collections.abc import Mapping

from worktime import Calendar

from .policy import DEFAULT, Policy


class Book:
    """Every published version that has been read."""

    def __init__(
        self, calendars: Mapping[str, Calendar] | None = None, policies: Mapping[str, Policy] | None = None
    ) -> None:
        self._calendars = dict(calendars or {})
        self._policies = {DEFAULT.ref: DEFAULT, **(policies or {})}

    def calendar(self, ref: str) -> Calendar:
        """Return a version of a calendar, `berlin@3`. Raises LookupError where it was not read."""
        return self._calendars[ref]

    def policy(self, ref: str) -> Policy:
        """Return a version of a policy, `default@1`. Raises LookupError where it was not read."""
        return self._policies[ref]
