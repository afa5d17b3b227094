"""The set of keys over time: read again, rotated, out of reach; no clock but the test's."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import OKPAlgorithm
from pydantic import ValidationError

from events.clock import machine_time
from events.service.command import READERS
from events.service.identity import Identity
from events.service.jwks import AGAIN_SECONDS, LARGEST, REFRESH_SECONDS, Keys, keys_of
from events.service.key_set import read_pem
from events.service.problems import Problem
from events.settings import Settings

OLD, NEW, OWN = (Ed25519PrivateKey.generate() for _ in range(3))
OWN_PEM = OWN.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def a_set(**keys: Ed25519PrivateKey) -> bytes:
    jwks = [OKPAlgorithm.to_jwk(key.public_key(), as_dict=True) | {"kid": kid} for kid, key in keys.items()]
    return json.dumps({"keys": jwks}).encode()


def bearer(key: Ed25519PrivateKey, kid: str | None, **headers: Any) -> str:
    now = machine_time()
    said = {"iss": "kept", "aud": "kept", "sub": "mai", "roles": ["agent"], "iat": now}
    named = {**({"kid": kid} if kid else {}), **headers}
    made = jwt.encode({**said, "exp": now + timedelta(hours=1)}, key, algorithm="EdDSA", headers=named)
    return f"Bearer {made}"


class Issuer:
    """Whoever publishes the set, the clock, and who asks."""

    def __init__(self, pinned: str = "") -> None:
        self.publishes: bytes | Exception = a_set(old=OLD)
        self.asked = 0
        self.now = 1000.0
        keys = Keys(read_pem(pinned) if pinned else None, self.fetch, now=lambda: self.now)
        self.identity = Identity(keys, issuer="kept", audience="kept")

    async def fetch(self) -> bytes:
        self.asked += 1
        await asyncio.sleep(0)
        if isinstance(self.publishes, Exception):
            raise self.publishes
        return self.publishes

    async def enters(self, authorization: str) -> int:
        """Return 200, or the status of the refusal."""
        try:
            await self.identity.actor(authorization, READERS)
        except Problem as problem:
            return problem.status
        return 200


async def test_set__is_read_once_for_many():
    issuer = Issuer()
    made = bearer(OLD, "old")
    assert set(await asyncio.gather(*(issuer.enters(made) for _ in range(50)))) == {200}
    issuer.now += REFRESH_SECONDS - 1
    assert await issuer.enters(made) == 200
    assert issuer.asked == 1


async def test_unknown_kids__have_it_read_once_in_thirty_seconds():
    issuer = Issuer()
    assert await issuer.enters(bearer(OLD, "old")) == 200
    issuer.now += AGAIN_SECONDS
    strangers = [bearer(NEW, f"../../dev/null'; --{number}") for number in range(200)]
    assert set(await asyncio.gather(*map(issuer.enters, strangers))) == {401}
    assert issuer.asked == 2
    issuer.now += AGAIN_SECONDS - 0.1
    assert await issuer.enters(strangers[0]) == 401
    assert issuer.asked == 2
    issuer.now += 0.1
    assert await issuer.enters(strangers[0]) == 401
    assert issuer.asked == 3


async def test_new_key__holds_as_soon_as_a_token_names_it():
    issuer = Issuer()
    assert await issuer.enters(bearer(OLD, "old")) == 200
    issuer.publishes = a_set(old=OLD, new=NEW)
    issuer.now += AGAIN_SECONDS
    assert await issuer.enters(bearer(NEW, "new")) == 200
    assert await issuer.enters(bearer(OLD, "old")) == 200


async def test_withdrawn_key__ends_its_tokens_also_those_that_are_remembered():
    issuer = Issuer()
    made = bearer(OLD, "old")
    assert await issuer.enters(made) == 200
    issuer.publishes = a_set(new=NEW)
    assert await issuer.enters(made) == 200
    issuer.now += REFRESH_SECONDS
    assert await issuer.enters(made) == 401
    assert await issuer.enters(bearer(NEW, "new")) == 200


async def test_set__that_is_the_same_again_is_no_new_one():
    issuer = Issuer()
    assert await issuer.enters(bearer(OLD, "old")) == 200
    issuer.now += REFRESH_SECONDS
    assert await issuer.enters(bearer(OLD, "old")) == 200
    assert (issuer.asked, issuer.identity._keys.edition) == (2, 1)


async def test_name_of_a_key__with_another_key_behind_it_ends_its_tokens():
    issuer = Issuer()
    made = bearer(OLD, "one")
    issuer.publishes = a_set(one=OLD)
    assert await issuer.enters(made) == 200
    issuer.publishes = a_set(one=NEW)
    issuer.now += REFRESH_SECONDS
    assert await issuer.enters(made) == 401


@pytest.mark.parametrize(
    "instead",
    [OSError("gone"), httpx.ConnectError("gone"), TimeoutError(), b"<html>", b'{"keys": []}', b"\xff"],
)
async def test_set__that_cannot_be_had_leaves_the_last_good_one(instead):
    issuer = Issuer()
    made = bearer(OLD, "old")
    assert await issuer.enters(made) == 200
    issuer.publishes = instead
    for tries in range(2, 5):
        issuer.now += REFRESH_SECONDS
        assert await issuer.enters(made) == 200
        assert await issuer.enters(bearer(OLD, "old")) == 200
        assert issuer.asked == tries
    issuer.publishes = a_set(new=NEW)
    issuer.now += AGAIN_SECONDS
    assert await issuer.enters(bearer(NEW, "new")) == 200


async def test_set__that_was_never_had_is_no_refusal_but_a_state():
    issuer = Issuer()
    issuer.publishes = OSError("not yet there")
    assert await issuer.enters(bearer(OLD, "old")) == 503
    issuer.publishes = a_set(old=OLD)
    issuer.now += AGAIN_SECONDS
    assert await issuer.enters(bearer(OLD, "old")) == 200


async def test_slow_set__keeps_nobody_who_has_keys_waiting():
    issuer = Issuer()
    assert await issuer.enters(bearer(OLD, "old")) == 200
    gate = asyncio.Event()

    async def slow() -> bytes:
        await gate.wait()
        return a_set(new=NEW)

    issuer.identity._keys._fetch = slow
    issuer.now += REFRESH_SECONDS
    first = asyncio.create_task(issuer.enters(bearer(OLD, "old")))
    await asyncio.sleep(0)
    assert await issuer.enters(bearer(OLD, "old")) == 200
    gate.set()
    assert await first == 401


async def test_pinned_key__goes_on_to_hold_beside_a_set():
    issuer = Issuer(OWN_PEM)
    assert await issuer.enters(bearer(OWN, None)) == 200
    assert await issuer.enters(bearer(OLD, "old")) == 200
    assert await issuer.enters(bearer(OWN, "old")) == 401
    assert await issuer.enters(bearer(OLD, None)) == 401
    issuer.publishes = OSError("gone")
    issuer.now += REFRESH_SECONDS
    assert await issuer.enters(bearer(OWN, None)) == 200


async def test_set__has_no_key_for_a_token_that_names_none():
    issuer = Issuer()
    assert await issuer.enters(bearer(OLD, None)) == 401
    assert issuer.asked == 1


async def test_key_or_address_in_a_token__is_never_followed():
    issuer = Issuer()
    jwk = OKPAlgorithm.to_jwk(NEW.public_key(), as_dict=True)
    for headers in ({"jwk": jwk}, {"jku": "https://evil.example/set"}, {"x5u": "https://evil.example/x"}):
        assert await issuer.enters(bearer(NEW, "old", **headers)) == 401
        assert await issuer.enters(bearer(NEW, None, **headers)) == 401
    assert await issuer.enters(bearer(OLD, "old", crit=["exp"], exp=1)) == 401
    assert issuer.asked == 1


def settings(**said: Any) -> Settings:
    return Settings(database="postgresql://kept@db/kept", broker="kafka:9092", **said)


def web(answer: httpx.Response) -> tuple[httpx.AsyncClient, list[str]]:
    """Return a client whose every request gets this answer, and the addresses it asked."""
    asked: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return answer

    return httpx.AsyncClient(transport=httpx.MockTransport(handle)), asked


async def test_address__is_asked_for_the_set():
    client, asked = web(httpx.Response(200, stream=httpx.ByteStream(a_set(old=OLD))))
    keys = keys_of(settings(jwks="https://issuer.example/keys"), client)
    await keys.renew()
    assert await keys.named("old") is not None
    assert asked == ["https://issuer.example/keys"]


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(302, headers={"Location": "https://evil.example/"}),
        httpx.Response(404, stream=httpx.ByteStream(a_set(old=OLD))),
        httpx.Response(200, stream=httpx.ByteStream(b" " * LARGEST + a_set(old=OLD))),
    ],
)
async def test_address__that_answers_otherwise_gives_no_keys(answer):
    client, asked = web(answer)
    keys = keys_of(settings(jwks="https://issuer.example/keys"), client)
    with pytest.raises(Problem) as caught:
        await keys.named("old")
    assert (caught.value.status, len(asked)) == (503, 1)


async def test_file__is_read_for_the_set(tmp_path):
    path = tmp_path / "keys.json"
    path.write_bytes(a_set(old=OLD))
    async with httpx.AsyncClient() as client:
        keys = keys_of(settings(jwks=str(path), public_key=OWN_PEM), client)
        assert await keys.named("old") is not None
        assert await keys.named(None) == read_pem(OWN_PEM)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8080", "[::1]:8080"])
def test_http__is_for_this_machine(host):
    assert settings(profile="dev", jwks=f"http://{host}/keys").jwks


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"jwks": "ftp://issuer.example/keys"},
        {"jwks": "https://"},
        {"jwks": "http://issuer.example/keys", "profile": "dev"},
        {"jwks": "HTTP://127.0.0.1.example/keys", "profile": "dev"},
    ],
)
def test_settings__without_a_way_to_keys_are_refused(said):
    with pytest.raises(ValidationError):
        settings(**said)
