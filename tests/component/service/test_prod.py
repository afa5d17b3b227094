"""Profile `prod` as a process: refused with every fault at once, or started with what it names as trusted."""

import asyncio

import jwt
import pytest

from events.clock import machine_time
from events.service import Parts, Service
from events.service.main import _until_stopped
from events.service.prod import OpenRoutes
from events.settings import Settings
from intake.app import compose
from tests.component.intake.desk import intake_on

from .process import own


async def test_desk__is_no_installation_to_start_in_prod(plot):
    async with own(plot, KEPT_PROFILE="prod") as service:
        status, _ = await service.ended(60)
    assert status == 2
    lines = service.said.splitlines()
    assert [line.partition(":")[0] for line in lines] == [
        "KEPT_TOKEN",
        "KEPT_DATABASE",
        "KEPT_KEYRING",
        "KEPT_BROKER",
        "KEPT_URLS",
    ]
    assert all("KEPT_TRUSTED_NETWORK" in line for line in lines[1:])


async def test_prod__starts_with_a_token_of_its_own_on_a_trusted_network(plot):
    until = int(machine_time().timestamp()) + 3600
    said = {"iss": "kept", "aud": "kept", "sub": "intake", "roles": ["system"], "iat": until - 7200}
    token = jwt.encode({**said, "exp": until}, plot.keys.private, algorithm="EdDSA")
    trusted = '["127.0.0.0/8", "localhost"]'
    async with own(plot, KEPT_PROFILE="prod", KEPT_TOKEN=token, KEPT_TRUSTED_NETWORK=trusted) as service:
        await service.ready()
        bearer = {"Authorization": f"Bearer {token}"}
        assert (await service.client.get("/v1/contacts", headers=bearer)).status_code == 200
        for path in ("/docs", "/openapi.json", "/redoc", "/v1/clock", "/v1/settled"):
            assert (await service.client.get(path, headers=bearer)).status_code == 404
            assert (await service.client.get(path)).status_code == 404
        assert (await service.client.get("/v1/contacts")).status_code == 401


@pytest.mark.parametrize(("error", "status"), [(OpenRoutes("/v1/secrets"), 2), (ValueError(), 1)])
def test_route_that_stands_open__ends_the_start_as_settings_do(error, status):
    async def work(_settings: Settings, _stop: asyncio.Event) -> int:
        raise error

    settings = Settings(database="postgresql://nowhere", broker="nowhere:9092", public_key="none")
    with asyncio.Runner() as runner:
        assert runner.run(_until_stopped(work, settings)) == status


async def test_service_with_another_open_route__starts_in_dev_only(plot):
    def planted(parts: Parts) -> Service:
        service = compose(parts)
        service.open.add_api_route("/v1/secrets", lambda: "none")
        return service

    async with intake_on(plot, planted) as intake:
        assert (await intake.client.get("/v1/secrets")).status_code == 200
    with pytest.raises(OpenRoutes, match="/v1/secrets"):
        async with intake_on(plot, planted, profile="prod"):
            pass
