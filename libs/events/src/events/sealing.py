"""Sealed words: what is personal stands in the log as a token that only its data key opens (AES-256-GCM)."""

import binascii
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from cryptography.exceptions import InvalidTag

from .clock import new_secret
from .errors import Undecodable
from .keyring import ERASED, DataKey

Keys = Mapping[UUID, DataKey | None]
"""Data keys by id: None for one that is destroyed; one that is not named leaves its tokens sealed."""
NO_KEYS: Keys = {}

MARK = "kept:1:"
"""Begins every token; data without it hold nothing sealed."""
NONCE_BYTES = 12
_KEY = r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
_TOKEN = re.compile(rf"{MARK}{_KEY}:([A-Za-z0-9_-]+)")
_MARKED = re.compile(rf'"{MARK}{_KEY}:'.encode())

_id = lru_cache(4096)(UUID)
"""An id is read again and again: of a stream's events all name one key."""


@dataclass(frozen=True, slots=True)
class Seal:
    """Seals the personal fields of one event."""

    key: DataKey
    event: UUID

    def __call__(self, field: str, value: str) -> str:
        """Return the token `kept:1:<key id>:<base64url of nonce, ciphertext and tag>`."""
        nonce = new_secret(NONCE_BYTES)
        sealed = nonce + self.key.cipher.encrypt(nonce, value.encode(), _bound(self.event, field))
        return f"{MARK}{self.key.id}:{urlsafe_b64encode(sealed).decode().rstrip('=')}"


@dataclass(frozen=True, slots=True)
class Opening:
    """Opens the personal fields of one event, as far as it is given their keys."""

    keys: Keys
    event: UUID

    def __call__(self, field: str, value: str) -> str:
        """Return what was sealed, ERASED where its key is destroyed; what is no token is clear already.

        Raises Undecodable for a token that was changed, or sealed for another event, field or key.
        """
        if not value.startswith(MARK):
            return value
        token = _TOKEN.fullmatch(value)
        if token is None:
            raise Undecodable(f"{field}: a damaged token")
        id_ = _id(token[1])
        if id_ not in self.keys:
            return value
        key = self.keys[id_]
        return ERASED if key is None else self._opened(field, key, token[2])

    def _opened(self, field: str, key: DataKey, sealed: str) -> str:
        try:
            raw = urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
            nonce, rest = raw[:NONCE_BYTES], raw[NONCE_BYTES:]
            return key.cipher.decrypt(nonce, rest, _bound(self.event, field)).decode()
        except (InvalidTag, binascii.Error, ValueError) as error:
            raise Undecodable(f"{field}: the token was changed, or sealed for something else") from error


def key_ids(data: bytes) -> set[UUID]:
    """Return the ids of the keys that the tokens in an event's data name."""
    return {_id(each.decode()) for each in _MARKED.findall(data)}


def key_id(token: str) -> UUID | None:
    """Return the id of the key that a token names, none where it is no token."""
    found = _TOKEN.fullmatch(token)
    return _id(found[1]) if found else None


def _bound(event: UUID, field: str) -> bytes:
    """Return what a token is bound to: it opens in no other place."""
    return event.bytes + field.encode()
