"""What the notifier did. Streams `recipient-<name>` and `delivery-<uuid>`, log `notifications`."""

from typing import Literal
from uuid import UUID

from .fact import Fact, Personal

Means = Literal["email", "webhook"]
FailureReason = Literal["no_recipient", "refused", "gave_up"]
SuppressionReason = Literal[
    "kept", "kept_late", "lapsed", "released", "withdrawn", "newer_revision", "other_owner", "not_told"
]


class RecipientChanged(Fact):
    """How a person or team is reached; whole."""

    name: str
    email: Personal[str | None] = None
    webhook: Personal[str | None] = None
    secret: Personal[str | None] = None
    """Signs webhooks (Standard Webhooks, `whsec_…`)."""


class _Notice(Fact):
    """Which message it is about: one delivery, stream `delivery-<id>`; what caused it is its causation."""

    commitment: UUID
    case: UUID
    revision: int
    notice: str
    """A rung (`rung-1`), or what happened: `set`, `lapsed`, `handed_over`, …"""
    recipient: str
    means: Means | None = None
    """None: it came to no attempt."""
    attempts: int = 0
    """How often it was tried."""


class NotificationSent(_Notice):
    """The channel took it."""

    raced: bool = False
    """The commitment ended while the message was on its way."""
    unchecked: bool = False
    """The state of the commitment could not be asked before sending, so it went without the words."""


class NotificationFailed(_Notice):
    """Nobody is there to deliver it to, the channel refused it for good, or it could not be done in time."""

    reason: FailureReason


class NotificationSuppressed(_Notice):
    """There was no need any more: how the commitment ended, what else changed, or `not_told`.

    `not_told`: an all-clear for a lapse notice that never went out.
    """

    reason: SuppressionReason
