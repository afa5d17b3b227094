"""What the notifier did. Streams `recipient-<name>` and `delivery-<uuid>`, log `notifications`."""

from typing import Literal
from uuid import UUID

from .fact import Fact, Personal

Means = Literal["email", "webhook"]


class RecipientChanged(Fact):
    """How a person or team is reached; whole."""

    name: str
    email: Personal[str | None] = None
    webhook: Personal[str | None] = None
    secret: Personal[str | None] = None
    """Signs webhooks (Standard Webhooks, `whsec_…`)."""


class _Notice(Fact):
    """Which message it is about: one delivery, stream `delivery-<id>`."""

    commitment: UUID
    case: UUID
    revision: int
    notice: str
    """A rung (`rung-1`), or what happened: `lapsed`, `handed_over`, …"""
    recipient: str
    means: Means | None = None


class NotificationSent(_Notice):
    """The channel took it."""

    attempts: int = 1
    raced: bool = False
    """The commitment ended while the message was on its way."""
    unchecked: bool = False
    """The state of the commitment could not be asked before sending."""


class NotificationFailed(_Notice):
    """It could not be delivered in time, or there is nobody to deliver it to."""

    reason: Literal["no_recipient", "gave_up"]
    attempts: int = 0


class NotificationSuppressed(_Notice):
    """There was no need any more."""

    reason: Literal["ended", "newer_revision", "other_owner"]
