"""Which keys of a set are taken, and for which algorithm."""

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from events.service.key_set import MOST_KEYS, read_jwk, read_keys, read_pem

ED = Ed25519PrivateKey.generate()
EC = ec.generate_private_key(ec.SECP256R1())
RSA = rsa.generate_private_key(65537, 2048)
ED_JWK = OKPAlgorithm.to_jwk(ED.public_key(), as_dict=True)
EC_JWK = ECAlgorithm.to_jwk(EC.public_key(), as_dict=True)
RSA_JWK = {k: v for k, v in RSAAlgorithm.to_jwk(RSA.public_key(), as_dict=True).items() if k != "key_ops"}


def a_set(*jwks: dict[str, Any]) -> bytes:
    return json.dumps({"keys": jwks}).encode()


@pytest.mark.parametrize(
    ("jwk", "algorithm", "public"),
    [
        (ED_JWK, "EdDSA", ED.public_key()),
        (ED_JWK | {"alg": "EdDSA", "use": "sig", "key_ops": ["verify"]}, "EdDSA", ED.public_key()),
        (EC_JWK, "ES256", EC.public_key()),
        (RSA_JWK | {"alg": "RS256"}, "RS256", RSA.public_key()),
    ],
)
def test_jwk__has_the_one_algorithm_of_its_kind(jwk, algorithm, public):
    key = read_jwk(jwk)
    assert key is not None
    assert (key.algorithm, key.public) == (algorithm, public)


@pytest.mark.parametrize(
    "jwk",
    [
        {"kty": "oct", "k": "c2VjcmV0", "alg": "HS256"},
        ED_JWK | {"alg": "none"},
        ED_JWK | {"alg": "HS256"},
        ED_JWK | {"alg": 7},
        ED_JWK | {"use": "enc"},
        ED_JWK | {"key_ops": ["encrypt"]},
        ED_JWK | {"crv": "Ed448"},
        ED_JWK | {"crv": ["Ed25519"]},
        ED_JWK | {"x": "AA"},
        OKPAlgorithm.to_jwk(ED, as_dict=True),
        EC_JWK | {"crv": "P-384"},
        EC_JWK | {"alg": "ES384"},
        RSA_JWK | {"alg": "PS256"},
        RSA_JWK | {"crv": "P-256"},
        RSAAlgorithm.to_jwk(rsa.generate_private_key(65537, 1024).public_key(), as_dict=True),
        {},
        {"kty": None},
    ],
)
def test_jwk__of_another_kind_weak_broken_or_secret_is_none(jwk):
    assert read_jwk(jwk) is None


def test_set__gives_its_keys_by_name_and_leaves_out_what_is_not_ours():
    other = {"kty": "oct", "k": "c2VjcmV0", "kid": "c"}
    found = read_keys(
        a_set(ED_JWK | {"kid": "a"}, EC_JWK | {"kid": "b"}, other, RSA_JWK, RSA_JWK | {"kid": 7})
    )
    assert {name: key.algorithm for name, key in found.items()} == {"a": "EdDSA", "b": "ES256"}


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b"{}",
        b'{"keys": {}}',
        a_set(),
        b'{"keys": [1]}',
        a_set(ED_JWK),
        a_set({"kty": "oct", "k": "c2VjcmV0", "kid": "a"}),
        a_set(ED_JWK | {"kid": "a"}, EC_JWK | {"kid": "a"}),
        a_set(*[ED_JWK | {"kid": str(number)} for number in range(MOST_KEYS + 1)]),
        b"<html>",
    ],
    ids=range(11),  # the keys are others in each process
)
def test_set__that_is_none_or_of_no_use_is_refused(text):
    with pytest.raises(ValueError, match=r"set|key|name|JSON|expected|EOF"):
        read_keys(text)


def test_pem__must_be_an_ed25519_key():
    pem = EC.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    with pytest.raises(TypeError):
        read_pem(pem)
    with pytest.raises(ValueError, match="PEM"):
        read_pem("none")
