"""Finding customers by what is personal of them: exact, after normalization, by keyed hashes."""

from collections.abc import Iterator
from typing import Self

from pydantic import model_validator

from events.fields import Body, Name, Reference
from events.keyring import ERASED
from events.lookup import Lookup

from .customer import Address, Called, Customer


class SearchCustomers(Body):
    """Find customers by their name, their address or the reference of a source; by one of them."""

    name: Called | None = None
    address: Address | None = None
    reference: Reference | None = None
    source: Name | None = None
    """Of the reference; none: of any source."""

    @model_validator(mode="after")
    def _by_one(self) -> Self:
        if len([each for each in (self.name, self.address, self.reference) if each is not None]) != 1:
            msg = "give one of name, address and reference"
            raise ValueError(msg)
        if self.source is not None and self.reference is None:
            msg = "a source stands with a reference"
            raise ValueError(msg)
        return self

    def key(self, lookup: Lookup) -> tuple[str, bytes]:
        """Return of which kind the key is that finds them, and the key."""
        said = {"name": self.name, "address": self.address, "reference": self.reference}
        (found,) = ((kind, value) for kind, value in said.items() if value is not None)
        return found[0], lookup.word(*found)


def keys_of(customer: Customer, lookup: Lookup) -> Iterator[tuple[str, bytes]]:
    """Yield the keys by which a customer is found, by kind; what is erased is found by nothing."""
    said = {"name": customer.name, "address": customer.address, "reference": customer.reference}
    for kind, value in said.items():
        if value is not None and value != ERASED:
            yield kind, lookup.word(kind, value)
