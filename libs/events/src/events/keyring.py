"""The keyring: one data key for all that is personal of one subject, and what stands once it is destroyed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .clock import new_id, new_secret
from .errors import NotNow

SECRET_BYTES = 32
"""How long a data key is: AES-256."""
ERASED = "[erased]"
"""What readers see of a personal value whose key is destroyed."""


class CustomerErased(NotNow):
    """{subject} is erased: nothing personal of them is recorded any more."""


Erased = CustomerErased
"""Its name where the event is at hand that is named so as well."""


@dataclass(frozen=True, slots=True)
class DataKey:
    """The key of one subject; `id` stands in every token that it sealed."""

    id: UUID
    secret: bytes = field(repr=False)
    cipher: AESGCM = field(init=False, repr=False, compare=False)
    """Made once: it costs as much as a short word does to seal."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "cipher", AESGCM(self.secret))


class Keyring(Protocol):
    """The data keys of one service; each method raises Unavailable where the store does not answer."""

    async def key_for(self, subject: str) -> DataKey:
        """Return the key of a subject, made and committed the first time. Raises Erased at a tombstone."""
        ...

    async def keys(self, ids: Collection[UUID]) -> Mapping[UUID, DataKey | None]:
        """Return the keys of these ids; None for one that is destroyed or not known here."""
        ...

    async def destroy(self, subject: str) -> bool:
        """Destroy a subject's key and leave a tombstone, whether there was one or not; say whether."""
        ...


class MemoryKeyring:
    """A keyring that ends with its process, for tests: the same promises as the one in PostgreSQL."""

    def __init__(self) -> None:
        self._by_subject: dict[str, DataKey | None] = {}
        self._by_id: dict[UUID, DataKey] = {}

    async def key_for(self, subject: str) -> DataKey:
        """Return the key of a subject."""
        if subject not in self._by_subject:
            made = DataKey(new_id(), new_secret(SECRET_BYTES))
            self._by_subject[subject] = self._by_id[made.id] = made
        key = self._by_subject[subject]
        if key is None:
            raise Erased(subject=subject)
        return key

    async def keys(self, ids: Collection[UUID]) -> Mapping[UUID, DataKey | None]:
        """Return the keys of these ids."""
        return {each: self._by_id.get(each) for each in ids}

    async def destroy(self, subject: str) -> bool:
        """Destroy a subject's key."""
        key = self._by_subject.get(subject)
        self._by_subject[subject] = None
        if key is not None:
            del self._by_id[key.id]
        return key is not None
