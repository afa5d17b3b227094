"""Tokens: what makes an actor, and what never does."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from events.clock import machine_time
from events.service.command import READERS, WRITERS
from events.service.identity import REQUIRED, Identity
from events.service.problems import Problem

KEY = Ed25519PrivateKey.generate()
PEM = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def identity() -> Identity:
    return Identity(PEM, issuer="kept", audience="kept")


def claims(**more: Any) -> dict[str, Any]:
    now = machine_time()
    said = {"iss": "kept", "aud": "kept", "sub": "mai", "roles": ["agent"], "iat": now}
    return {**said, "exp": now + timedelta(hours=1), **more}


def token(said: dict[str, Any] | None = None, headers: dict[str, Any] | None = None) -> str:
    return jwt.encode(said or claims(), KEY, algorithm="EdDSA", headers=headers)


def part(data: Any) -> str:
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def plain(**more: Any) -> dict[str, Any]:
    return {name: at.timestamp() if hasattr(at, "timestamp") else at for name, at in claims(**more).items()}


def forged(header: dict[str, Any], secret: bytes | None) -> str:
    signed = f"{part(header)}.{part(plain())}"
    signature = hmac.new(secret, signed.encode(), hashlib.sha256).digest() if secret is not None else b""
    return f"{signed}.{part(signature)}"


def refused(authorization: str | None, roles: frozenset[str] = READERS) -> Problem:
    with pytest.raises(Problem) as caught:
        identity().actor(authorization, roles)
    return caught.value


def test_actor__is_subject_and_roles():
    actor = identity().actor(f"Bearer {token()}", WRITERS)
    assert (actor.subject, sorted(actor.roles)) == ("mai", ["agent"])
    assert identity().actor(f"bearer {token()}", WRITERS) == actor


def test_actor__of_a_list_of_audiences():
    said = claims(aud=["kept", "another"])
    assert identity().actor(f"Bearer {token(said)}", WRITERS).subject == "mai"


@pytest.mark.parametrize("missing", REQUIRED)
def test_token__without_a_claim_is_refused(missing):
    said = claims()
    del said[missing]
    assert refused(f"Bearer {token(said)}").status == 401


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "others"},
        {"aud": "others"},
        {"exp": machine_time() - timedelta(seconds=1)},
        {"exp": 2**70},
        {"exp": "tomorrow"},
        {"iat": machine_time() + timedelta(hours=1)},
        {"nbf": machine_time() + timedelta(hours=1)},
        {"sub": ""},
        {"sub": 7},
        {"roles": "agent"},
        {"roles": [1]},
        {"roles": None},
    ],
)
def test_token__with_a_wrong_claim_is_refused(wrong):
    problem = refused(f"Bearer {token(claims(**wrong))}")
    assert problem.status == 401
    assert "WWW-Authenticate" in problem.headers


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Basic bWFpOm1haQ==",
        "Bearer x.y.z",
        f"Bearer {token()}x",
        f"Bearer {'x' * 1_000_000}",
        f"Bearer {forged({'alg': 'none'}, None)}",
        f"Bearer {forged({'alg': 'nOnE'}, None)}",
        f"Bearer {forged({'alg': 'HS256'}, PEM.encode())}",
        f"Bearer {forged({'alg': 'EdDSA'}, PEM.encode())}",
        f"Bearer {token(headers={'crit': ['x'], 'x': 1})}",
        f"Bearer {jwt.encode(claims(), Ed25519PrivateKey.generate(), algorithm='EdDSA')}",
    ],
)
def test_token__that_does_not_hold_is_refused(authorization):
    assert refused(authorization).status == 401


def test_token__of_another_key_named_in_its_header_is_refused():
    other = Ed25519PrivateKey.generate()
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": part(other.public_key().public_bytes_raw())}
    made = jwt.encode(claims(), other, algorithm="EdDSA", headers={"jwk": jwk, "kid": "../../dev/null"})
    assert refused(f"Bearer {made}").status == 401


def test_token__without_the_role_is_forbidden():
    problem = refused(f"Bearer {token(claims(roles=['analyst']))}", WRITERS)
    assert problem.status == 403
    assert "agent, lead, system" in str(problem)


def test_token__is_remembered_but_not_beyond_its_end():
    known = identity()
    made = token()
    known.actor(f"Bearer {made}", WRITERS)
    until = machine_time().timestamp() - 1
    known._known[made] = (known._known[made][0], until)
    with pytest.raises(Problem):
        known.actor(f"Bearer {made}", WRITERS)


def test_tokens__remembered_are_bounded():
    known = Identity(PEM, issuer="kept", audience="kept", remembered=2)
    for subject in ("a", "b", "c"):
        known.actor(f"Bearer {token(claims(sub=subject))}", WRITERS)
    assert len(known._known) == 2


def test_vectors__are_refused_as_tokens(data):
    cases = json.loads((data / "jws-vectors.json").read_text())["cases"]
    assert len(cases) > 50
    assert {refused(f"Bearer {case['jws']}").status for case in cases} == {401}
