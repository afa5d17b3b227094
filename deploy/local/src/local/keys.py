"""The local signing key, and the bearer tokens it issues to people and services of this machine."""

import base64
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from events.bearer import KEY_FILE, ROLES, issue, read_key
from events.clock import new_secret
from events.keyring import SECRET_BYTES

WRAPPING_FILE, LOOKUP_FILE, CURSOR_FILE = "wrapping-key", "lookup-key", "cursor-key"
LIFETIME = timedelta(days=90)
"""Of the tokens in `stack.json`: longer than a `make run` is left running, and issued anew at each start.

A day, as people's tokens last elsewhere, would protect nothing here: the signing key lies beside them.
"""


@dataclass(frozen=True)
class Keys:
    """An Ed25519 key pair, and the secrets of the services."""

    private: Ed25519PrivateKey
    wrapping: str = field(repr=False)
    """Wraps the data keys of all four services; base64."""
    lookup: str = field(repr=False)
    """Hashes what they look up; base64."""
    cursor: str = field(repr=False)
    """Signs their cursors; base64."""

    @property
    def public_pem(self) -> str:
        """What the services verify tokens with."""
        public = self.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return public.decode()

    def token(self, subject: str, roles: Sequence[str], lifetime: timedelta = LIFETIME) -> str:
        """Issue a bearer token: who one is (`sub`), what one may do (`roles`), from now for `lifetime`."""
        return issue(self.private, subject, roles, lifetime)

    def tokens(self) -> dict[str, str]:
        """Issue one token for each role, its subject named as the role."""
        return {role: self.token(role, [role]) for role in ROLES}


def keys(directory: Path) -> Keys:
    """Read the keys kept under `directory`, or make them the first time."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / KEY_FILE
    if not path.exists():
        made = Ed25519PrivateKey.generate()
        _keep(path, made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    secrets = (_secret(directory / name) for name in (WRAPPING_FILE, LOOKUP_FILE, CURSOR_FILE))
    return Keys(read_key(path), *secrets)


def _secret(path: Path) -> str:
    if not path.exists():
        _keep(path, base64.b64encode(new_secret(SECRET_BYTES)))
    return path.read_text()


def _keep(path: Path, secret: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secret)
