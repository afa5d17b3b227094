"""What does not pass by itself: the service goes on, and says what has stopped or is parked."""

import asyncio
from dataclasses import replace

import asyncpg
import pytest

from events.service import Service
from intake.app import compose
from tests.component.intake.desk import Plot, intake_on, plot_on

PARK = """
    INSERT INTO parked
    SELECT 'register', position, 'contacts', gen_random_uuid(), stream, version, event_id, type,
           schema_version, data, metadata, occurred_at, recorded_at, content, hash, 'planted'
      FROM event WHERE stream = $1
"""


async def relayed(intake) -> None:
    """Wait until the topic has the whole log."""
    async with asyncio.timeout(30):
        while (now := (await intake.get("/v1/settled")).json())["relayed"] < now["head"]:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_log__that_was_restored_stops_the_relay_not_the_service(parts):
    async with plot_on(parts) as first, plot_on(parts) as second:
        async with intake_on(first) as intake:
            await asyncio.gather(*(intake.customer() for _ in range(3)))
            await relayed(intake)
        restored = Plot(second.name, first.topic_prefix, parts.postgres, parts.broker, parts.mail, parts.keys)
        async with intake_on(restored) as intake:
            async with asyncio.timeout(30):
                while not (tasks := (await intake.client.get("/readyz")).json()["tasks"]):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            assert tasks.keys() == {"relay"}
            assert "contacts" in tasks["relay"]
            ready = await intake.client.get("/readyz")
            assert (ready.status_code, ready.json()["status"]) == (200, "degraded")
            assert (
                'kept_task_stopped{service="intake",task="relay"} 1.0'
                in (await intake.client.get("/metrics")).text
            )
            assert await intake.customer()
            assert not intake.running.failed.done()


async def test_task__that_dies_is_raised_at_the_end(plot):
    def dying(parts) -> Service:
        async def die() -> None:
            raise ValueError("a planted fault")

        return replace(compose(parts), tasks={"ticker": die})

    with pytest.raises(ValueError, match="a planted fault"):
        async with intake_on(plot, dying) as intake:
            await asyncio.wait({intake.running.failed}, timeout=10)


async def test_read__that_depends_on_a_parked_stream_says_so(plot):
    async with intake_on(plot) as intake:
        healthy, sick = await intake.customer(), await intake.customer()
        connection = await asyncpg.connect(plot.databases["intake"])
        await connection.execute(PARK, f"customer-{sick}")
        await connection.close()
        answer = await intake.get(f"/v1/customers/{sick}")
        assert answer.status_code in {200, 404}
        assert answer.headers["kept-parked"] == f"customer-{sick}"
        assert "kept-parked" not in (await intake.get(f"/v1/customers/{healthy}")).headers
        assert (await intake.get("/v1/contacts")).headers["kept-parked"] == f"customer-{sick}"
        assert 'kept_parked_streams{service="intake"} 1.0' in (await intake.client.get("/metrics")).text
