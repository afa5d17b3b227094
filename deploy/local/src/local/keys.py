"""The local signing key, and the bearer tokens it issues to people and services of this machine."""

import os
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from events.bearer import KEY_FILE, ROLES, issue, read_key

LIFETIME = timedelta(days=90)
"""Of the tokens in `stack.json`: longer than a `make run` is left running, and issued anew at each start.

A day, as people's tokens last elsewhere, would protect nothing here: the signing key lies beside them.
"""


@dataclass(frozen=True)
class Keys:
    """An Ed25519 key pair."""

    private: Ed25519PrivateKey

    @property
    def public_pem(self) -> str:
        """What the services verify tokens with."""
        public = self.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return public.decode()

    @property
    def cursor_key(self) -> str:
        """What the services sign cursors with: the same at each start, as the key pair is."""
        private = self.private.private_bytes_raw()
        derived = HKDF(SHA256(), 32, salt=None, info=b"kept local cursor key").derive(private)
        return b64encode(derived).decode()

    def token(self, subject: str, roles: Sequence[str], lifetime: timedelta = LIFETIME) -> str:
        """Issue a bearer token: who one is (`sub`), what one may do (`roles`), from now for `lifetime`."""
        return issue(self.private, subject, roles, lifetime)

    def tokens(self) -> dict[str, str]:
        """Issue one token for each role, its subject named as the role."""
        return {role: self.token(role, [role]) for role in ROLES}


def keys(directory: Path) -> Keys:
    """Read the key pair kept under `directory`, or make one the first time."""
    path = directory / KEY_FILE
    if path.exists():
        return Keys(read_key(path))
    made = Ed25519PrivateKey.generate()
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return Keys(made)
