"""The public keys that bearer tokens are verified with: each has one algorithm, whatever a token says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from jwt import PyJWK, PyJWTError
from pydantic_core import from_json

ALGORITHMS: Mapping[tuple[str, str | None], str] = {
    ("OKP", "Ed25519"): "EdDSA",
    ("EC", "P-256"): "ES256",
    ("RSA", None): "RS256",
}
"""The algorithm of a key of this type and curve (RFC 7518, RFC 8037)."""
MOST_KEYS = 100
LEAST_RSA_BITS = 2048
Public = Ed25519PublicKey | EllipticCurvePublicKey | RSAPublicKey


@dataclass(frozen=True, slots=True)
class Key:
    """A public key and its only algorithm."""

    algorithm: str
    public: Public


def read_pem(pem: str) -> Key:
    """Return the Ed25519 key in a PEM. Raises ValueError or TypeError where it holds none."""
    key = load_pem_public_key(pem.encode())
    if not isinstance(key, Ed25519PublicKey):
        raise TypeError("KEPT_PUBLIC_KEY is not an Ed25519 key")
    return Key("EdDSA", key)


def read_keys(text: bytes) -> Mapping[str, Key]:
    """Return the keys of a JWK set (RFC 7517) by their `kid`; what is not ours to use is left out.

    Raises ValueError where it is no set, holds more than MOST_KEYS, no key of use, or two of one name.
    """
    said = from_json(text)
    listed = said.get("keys") if isinstance(said, dict) else None
    if not isinstance(listed, list) or len(listed) > MOST_KEYS:
        raise ValueError(f"this is not a set of at most {MOST_KEYS} keys")
    found: dict[str, Key] = {}
    for jwk in listed:
        key = read_jwk(jwk) if isinstance(jwk, dict) else None
        if key is None or not isinstance(name := jwk.get("kid"), str):
            continue
        if name in found:
            raise ValueError("two keys have one name")
        found[name] = key
    if not found:
        raise ValueError("no key of the set can verify a token")
    return found


def read_jwk(jwk: dict[str, Any]) -> Key | None:
    """Return the key in a JWK; none where it is for something else, weak, broken, or a secret."""
    curve = jwk.get("crv")
    algorithm = ALGORITHMS.get((str(jwk.get("kty")), None if curve is None else str(curve)))
    verifies = jwk.get("use", "sig") == "sig" and "verify" in str(jwk.get("key_ops", "verify"))
    if algorithm is None or jwk.get("alg", algorithm) != algorithm or not verifies:
        return None
    try:
        public = PyJWK(jwk, algorithm).key
    except (PyJWTError, ValueError, TypeError):
        return None
    weak = isinstance(public, RSAPublicKey) and public.key_size < LEAST_RSA_BITS
    return Key(algorithm, public) if isinstance(public, Public) and not weak else None
