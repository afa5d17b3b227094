"""Keyed hashes: what is personal can be found again by what it says, and says nothing by itself."""

import hmac
import unicodedata
from hashlib import sha256
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from .clock import derived_id


class Lookup:
    """Hashes under keys that follow from one secret, which never changes; each purpose has its own."""

    def __init__(self, secret: bytes) -> None:
        self._ids, self._words, self._bodies = (
            HKDF(SHA256(), 32, salt=None, info=b"kept " + purpose).derive(secret)
            for purpose in (b"ids", b"words", b"bodies")
        )

    def id(self, kind: str, source: str | None, reference: str) -> UUID:
        """Return the id of a thing that its source calls by this reference."""
        named = "\x1f".join((kind, source or "", reference))
        return derived_id(kind, hmac.digest(self._ids, named.encode(), sha256).hex())

    def word(self, kind: str, said: str) -> bytes:
        """Return by what a name or an address is found, however it is spaced and capitalized."""
        return hmac.digest(self._words, f"{kind}\x1f{normal(said)}".encode(), sha256)

    def fingerprint(self, body: bytes) -> bytes:
        """Return what tells a body from another one, and nothing of what it says."""
        return hmac.digest(self._bodies, body, sha256)


def normal(said: str) -> str:
    """Return the one form of a name or address: Unicode NFKC, case folded, single blanks."""
    return " ".join(unicodedata.normalize("NFKC", said).casefold().split())
