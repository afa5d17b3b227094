"""Bearer tokens of this machine's own making: what `make run`, tests and `events token` hand out."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from .clock import machine_time

ROLES = ("agent", "lead", "system", "analyst", "operator")
ISSUER = AUDIENCE = "kept"
LOCAL = "local"
"""The `kid` of these tokens: profile `prod` does not start with one."""
KEY_FILE = "signing-key.pem"
"""What their key is called, under KEPT_DIR."""


def issue(key: Ed25519PrivateKey, subject: str, roles: Sequence[str], lifetime: timedelta) -> str:
    """Return a token: who one is (`sub`), what one may do (`roles`), from now for `lifetime`."""
    now = machine_time()
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": subject,
        "roles": list(roles),
        "iat": now,
        "exp": now + lifetime,
    }
    return jwt.encode(claims, key, algorithm="EdDSA", headers={"kid": LOCAL})


def read_key(file: Path) -> Ed25519PrivateKey:
    """Return the key in a file. Raises OSError, ValueError."""
    key = load_pem_private_key(file.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        msg = f"{file} holds another kind of key"
        raise ValueError(msg)  # noqa: TRY004 - what a file holds is a value
    return key
