"""Wrapping: data keys lie in the keyring sealed by a key that is in no database (AES-256-GCM)."""

from base64 import b64decode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Self
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .clock import new_secret
from .errors import Fault, Unavailable
from .keyring import SECRET_BYTES, DataKey
from .sealing import NONCE_BYTES


class Locked(Unavailable):
    """A data key is wrapped by a key that this process was not given."""


class NotOurs(Fault):
    """A wrapped data key was changed, or belongs to another subject."""


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A data key as it lies in the keyring."""

    id: UUID
    subject: str
    wrapped: bytes = field(repr=False)
    by: str
    """The name of the wrapping key."""


@dataclass(frozen=True, slots=True)
class Wrapping:
    """The wrapping key that is in use, and one besides that is still read."""

    current: bytes = field(repr=False)
    other: bytes | None = field(default=None, repr=False)

    @classmethod
    def read(cls, current: str, other: str = "") -> Self:
        """Return the keys in their settings. Raises ValueError where one is not base64 of 32 bytes."""
        return cls(read_key(current), read_key(other) if other else None)

    @property
    def name(self) -> str:
        """The name of the key in use: it follows from the key and does not give it away."""
        return name_of(self.current)

    @property
    def names(self) -> list[str]:
        """The names of the keys that are given."""
        return [name_of(each) for each in (self.current, self.other) if each]

    def wrap(self, key: DataKey, subject: str) -> Wrapped:
        """Return a data key, wrapped for its subject by the key in use."""
        nonce = new_secret(NONCE_BYTES)
        wrapped = nonce + AESGCM(self.current).encrypt(nonce, key.secret, _bound(key.id, subject))
        return Wrapped(key.id, subject, wrapped, self.name)

    def unwrap(self, held: Wrapped) -> DataKey:
        """Return the data key. Raises Locked, NotOurs."""
        by = next((each for each in (self.current, self.other) if each and name_of(each) == held.by), None)
        if by is None:
            raise Locked(f"a data key is wrapped by {held.by}, which is neither of the wrapping keys given")
        nonce, rest = held.wrapped[:NONCE_BYTES], held.wrapped[NONCE_BYTES:]
        try:
            return DataKey(held.id, AESGCM(by).decrypt(nonce, rest, _bound(held.id, held.subject)))
        except (InvalidTag, ValueError) as error:
            raise NotOurs(f"the data key {held.id} was changed, or is another subject's") from error


def name_of(key: bytes) -> str:
    """Return the name of a wrapping key, of sixteen letters."""
    return sha256(b"kept wrapping key\x00" + key).hexdigest()[:16]


def read_key(text: str) -> bytes:
    """Return the key in a setting. Raises ValueError where it is not base64 of 32 bytes."""
    try:
        key = b64decode(text, validate=True)
    except ValueError:
        key = b""
    if len(key) != SECRET_BYTES:
        msg = f"give {SECRET_BYTES} random bytes in base64: openssl rand -base64 {SECRET_BYTES}"
        raise ValueError(msg)
    return key


def _bound(key: UUID, subject: str) -> bytes:
    return key.bytes + subject.encode()
