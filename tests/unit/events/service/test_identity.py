"""Tokens: what makes an actor, and what never does."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from events.clock import machine_time
from events.service.command import READERS, WRITERS
from events.service.identity import REQUIRED, Identity
from events.service.jwks import Keys
from events.service.key_set import ALGORITHMS, Key, read_jwk, read_pem
from events.service.problems import Problem

KEY = Ed25519PrivateKey.generate()
PEM = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def identity(keys: Keys | None = None, remembered: int = 1024) -> Identity:
    return Identity(keys or Keys(read_pem(PEM)), issuer="kept", audience="kept", remembered=remembered)


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


async def refused(
    authorization: str | None, roles: frozenset[str] = READERS, keys: Keys | None = None
) -> Problem:
    with pytest.raises(Problem) as caught:
        await identity(keys).actor(authorization, roles)
    return caught.value


async def test_actor__is_subject_and_roles():
    actor = await identity().actor(f"Bearer {token()}", WRITERS)
    assert (actor.subject, sorted(actor.roles)) == ("mai", ["agent"])
    assert await identity().actor(f"bearer {token()}", WRITERS) == actor


async def test_actor__of_a_list_of_audiences():
    said = claims(aud=["kept", "another"])
    assert (await identity().actor(f"Bearer {token(said)}", WRITERS)).subject == "mai"


@pytest.mark.parametrize("missing", REQUIRED)
async def test_token__without_a_claim_is_refused(missing):
    said = claims()
    del said[missing]
    assert (await refused(f"Bearer {token(said)}")).status == 401


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
async def test_token__with_a_wrong_claim_is_refused(wrong):
    problem = await refused(f"Bearer {token(claims(**wrong))}")
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
async def test_token__that_does_not_hold_is_refused(authorization):
    assert (await refused(authorization)).status == 401


async def test_token__of_another_key_named_in_its_header_is_refused():
    other = Ed25519PrivateKey.generate()
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": part(other.public_key().public_bytes_raw())}
    made = jwt.encode(claims(), other, algorithm="EdDSA", headers={"jwk": jwk, "kid": "../../dev/null"})
    assert (await refused(f"Bearer {made}")).status == 401


@pytest.mark.parametrize("other", ["PS256", "RS384", "RS512"])
async def test_token__by_another_algorithm_of_the_same_key_is_refused(other):
    pair = rsa.generate_private_key(65537, 2048)
    keys = Keys(Key("RS256", pair.public_key()))
    made = f"Bearer {jwt.encode(claims(), pair, algorithm='RS256')}"
    assert (await identity(keys).actor(made, WRITERS)).subject == "mai"
    assert (await refused(f"Bearer {jwt.encode(claims(), pair, algorithm=other)}", keys=keys)).status == 401


async def test_token__without_the_role_is_forbidden():
    problem = await refused(f"Bearer {token(claims(roles=['analyst']))}", WRITERS)
    assert problem.status == 403
    assert "agent, lead, system" in str(problem)


async def test_token__is_remembered_but_not_beyond_its_end():
    known = identity()
    made = token()
    await known.actor(f"Bearer {made}", WRITERS)
    until = machine_time().timestamp() - 1
    known._known[made] = (known._known[made][0], until)
    with pytest.raises(Problem):
        await known.actor(f"Bearer {made}", WRITERS)


async def test_tokens__remembered_are_bounded():
    known = identity(remembered=2)
    for subject in ("a", "b", "c"):
        await known.actor(f"Bearer {token(claims(sub=subject))}", WRITERS)
    assert len(known._known) == 2


async def test_vectors__none_that_is_bad_gets_past_the_signature(data):
    """All 362, each against its own key: what holds fails only later, for it is nobody's claims."""
    cases = json.loads((data / "jws-vectors.json").read_text())["cases"]
    assert len(cases) == 362
    accepted = []
    for case in cases:
        problem = await refused(f"Bearer {case['jws']}", keys=Keys(read_jwk(case["key"])))
        assert problem.status == 401, case["id"]
        if str(problem.__cause__).startswith("Invalid payload string"):
            accepted.append(case)
    assert [case["id"] for case in accepted if not case["valid"]] == []
    ours = [c for c in cases if c["valid"] and c["key"]["alg"] in ALGORITHMS.values()]
    assert [case["id"] for case in accepted] == [case["id"] for case in ours]
    assert len(ours) == 10
