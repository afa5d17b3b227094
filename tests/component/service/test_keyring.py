"""The keyring of a running service: gone for a while; its keys wrapped anew by a process that is killed."""

import asyncio
import base64
import signal
import time

import pytest

from events.clock import new_id, new_secret
from events.postgres import PostgresKeyring, connect, install_keyring
from events.wrapping import Wrapping, read_key
from local.postgres import postgres
from local.progress import Progress
from local.site import keyring_role
from tests.component.intake.desk import intake_on, plot_on

from .process import own

CUSTOMER = {"name": "Mai", "zone": "Asia/Ho_Chi_Minh"}
ROLE = keyring_role("intake")
MANY = 1200


@pytest.fixture(scope="module")
async def lone(parts, tmp_path_factory):
    """A server for a keyring alone, which one may stop; and the keyring's address."""
    async with postgres(tmp_path_factory.mktemp("keyring"), Progress()) as running:
        if running.server is None:
            pytest.skip("the server is not ours to stop")
        await running.roles(ROLE)
        await running.create("keys", login=ROLE)
        await install_keyring(running.database("keys"), role=ROLE)
        yield running.server, running.database("keys", ROLE)


async def test_keyring_gone__refuses_new_words_in_time_and_nothing_else(plot, lone):
    server, address = lone
    async with intake_on(plot, keyring=address) as intake:
        known = await intake.customer()
        await server.stop(signal.SIGKILL)
        key, begun = str(new_id()), time.monotonic()
        refused = await intake.post("/v1/customers", CUSTOMER, key=key)
        assert time.monotonic() - begun < 2
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
        assert refused.json()["type"] == "/problems/unavailable"
        spoken = {"customer": known, "channel": "call", "words": "Where is it?"}
        assert (await intake.post("/v1/contacts", spoken)).status_code == 201  # a key that is known
        assert (await intake.get("/v1/contacts")).status_code == 200
        assert (await intake.client.get("/readyz")).status_code == 200
        await server.start()
        async with asyncio.timeout(30):
            assert (await intake.patiently("/v1/customers", CUSTOMER, key=key)).status_code == 201


def fresh() -> str:
    return base64.b64encode(new_secret(32)).decode()


async def said(process) -> str:
    assert process.process.stdout is not None
    return str((await process.process.stdout.readline()).decode())


async def test_rotate_keys__killed_in_the_middle_and_begun_again_beside_a_service(parts):
    async with plot_on(parts) as plot:
        old, new = plot.keys.wrapping, fresh()
        both = {"KEPT_WRAPPING_KEY": new, "KEPT_WRAPPING_KEY_FORMER": old}
        dsn = plot.env("intake", 0, {})["KEPT_KEYRING"]
        async with await connect(dsn, application="test") as pool:
            ring = PostgresKeyring(pool, Wrapping(read_key(old)))
            keys = await asyncio.gather(*(ring.key_for(str(number)) for number in range(MANY)))
            async with intake_on(plot, wrapping_key=new, wrapping_key_former=old) as intake:
                customer = await intake.customer()
                async with own(plot, "rotate-keys", **both) as killed:
                    while not (line := await said(killed)).startswith("intake: 500 "):
                        assert line, await killed.last_words()
                    killed.send(signal.SIGKILL)
                    await killed.process.wait()
                assert (await intake.post("/v1/customers", CUSTOMER)).status_code == 201
                left = await pool.fetchval(
                    "SELECT count(*) FROM data_key WHERE wrapped_by = $1", ring_of(old)
                )
                assert 0 < left <= MANY - 500
                async with own(plot, "rotate-keys", **both) as again:
                    status, _ = await again.ended(60)
                    assert (status, again.said) == (0, "")
            assert not await pool.fetchval(
                "SELECT count(*) FROM data_key WHERE wrapped_by = $1", ring_of(old)
            )
            anew = PostgresKeyring(pool, Wrapping(read_key(new)))
            assert await anew.keys([key.id for key in keys]) == {key.id: key for key in keys}
        async with intake_on(plot, wrapping_key=new) as intake:
            changed = await intake.patch(f"/v1/customers/{customer}", {"zone": "UTC"}, if_match="*")
            assert changed.status_code == 200


def ring_of(key: str) -> str:
    return Wrapping(read_key(key)).name
