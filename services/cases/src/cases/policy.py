"""Policies: what holds for a commitment where nothing else was said. Until they are published, one."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from events.catalogue.terms import ShortNotice


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of a policy."""

    name: str
    reminders: tuple[timedelta, ...]
    """The leads of the ladder, real time."""
    short_notice: ShortNotice
    attempt_keeps: Literal["never", "message_left"]
    """Which attempt to reach the customer keeps a follow-up."""


DEFAULT = Policy("default@1", (timedelta(hours=1),), "remind", "message_left")
