"""Erasure. Stream `erasure-<customer>`, in the log of each service that keeps a key of the customer."""

from uuid import UUID

from .fact import Fact


class KeyDestroyed(Fact):
    """This service has erased a customer: tables are cleared, and their key is gone for ever."""

    customer: UUID
