"""Customers. Stream `customer-<uuid>`, log `contacts`."""

from .contacts import Channel
from .fact import Fact, Personal


class CustomerRegistered(Fact):
    """A customer is known from now on."""

    name: Personal[str]
    zone: str
    language: str = "en"
    channel: Channel = "email"
    """The channel they prefer."""
    address: Personal[str | None] = None
    source: str | None = None
    reference: Personal[str | None] = None


class CustomerChanged(Fact):
    """The customer's profile after a change, whole."""

    name: Personal[str]
    zone: str
    language: str
    channel: Channel
    address: Personal[str | None] = None


class CustomerErased(Fact):
    """They asked to be forgotten: each service erases what it has of them, and takes in nothing new."""
