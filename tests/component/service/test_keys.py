"""A service whose tokens an issuer signs: its set of keys in a file, and at addresses kind and hostile."""

import json
from time import monotonic

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

from events.clock import machine_time
from tests.component.intake.desk import Intake, intake_on
from tests.component.notifier.sinks import flooding, http_sink, never, replying, status

ISSUER = Ed25519PrivateKey.generate()
SET = json.dumps({"keys": [OKPAlgorithm.to_jwk(ISSUER.public_key(), as_dict=True) | {"kid": "one"}]})
GIVEN = status(200, "Content-Type: application/json", "Connection: close", body=SET.encode())


async def enters(intake: Intake, kid: str | None) -> int:
    """Return how a read is answered whose token the issuer signed."""
    now = int(machine_time().timestamp())
    said = {"iss": "kept", "aud": "kept", "sub": "mai", "roles": ["agent"], "iat": now, "exp": now + 60}
    token = jwt.encode(said, ISSUER, algorithm="EdDSA", headers={"kid": kid} if kid else None)
    headers = {"Authorization": f"Bearer {token}"}
    return (await intake.client.get("/v1/contacts", headers=headers)).status_code


async def test_file__has_the_keys_that_let_in(plot, tmp_path):
    path = tmp_path / "keys.json"
    path.write_text(SET)
    async with intake_on(plot, public_key="", jwks=str(path)) as intake:
        assert await enters(intake, "one") == 200
        assert await enters(intake, "two") == 401
        assert await enters(intake, None) == 401
        assert (await intake.get("/v1/contacts")).status_code == 401


async def test_address__is_asked_once_beside_a_key_that_is_pinned(plot):
    async with (
        http_sink(replying(GIVEN)) as issuer,
        intake_on(plot, jwks=f"http://127.0.0.1:{issuer.port}/keys") as intake,
    ):
        assert [await enters(intake, "one") for _ in range(3)] == [200] * 3
        assert [await enters(intake, f"other-{number}") for number in range(20)] == [401] * 20
        assert (await intake.get("/v1/contacts")).status_code == 200
        assert [each.line for each in issuer.seen] == ["GET /keys HTTP/1.1"]


@pytest.mark.parametrize("reply", [never, flooding, replying(status(302, "Location: /keys"))])
async def test_address__that_gives_no_set_delays_a_start_by_a_second_at_most(plot, reply):
    begun = monotonic()
    async with (
        http_sink(reply) as issuer,
        intake_on(plot, jwks=f"http://127.0.0.1:{issuer.port}/keys") as intake,
    ):
        assert await enters(intake, "one") == 401
        assert (await intake.get("/v1/contacts")).status_code == 200
        assert len(issuer.seen) == 1
    assert monotonic() - begun < 6
