"""Profile dev: the driven clock, and how far all has come."""

import asyncio

from tests.component.intake.desk import intake_on, plot_on


async def put(intake, at: str):
    return await intake.client.put("/v1/clock", json={"at": at}, headers=intake.headers(role="operator"))


async def test_clock__is_set_goes_on_and_not_back(parts):
    async with plot_on(parts) as plot, intake_on(plot) as intake:
        assert (await put(intake, "2026-03-02T09:00:00Z")).json() == {"at": "2026-03-02T09:00:00Z"}
        assert (await intake.get("/v1/clock")).json() == {"at": "2026-03-02T09:00:00Z"}
        customer = await intake.customer()
        assert customer
        row = (await intake.running.parts.log.tail(0, 1))[0]
        assert row.recorded_at.isoformat() == "2026-03-02T09:00:00+00:00"
        back = await put(intake, "2026-03-02T08:59:59Z")
        assert (back.status_code, back.json()["errors"][0]["field"]) == (422, "at")
        for wrong in ("yesterday", "2026-03-02T09:00:00", 7):
            answer = await put(intake, wrong)  # type: ignore[arg-type]
            assert answer.json()["errors"][0]["field"] == "at"
        assert (await put(intake, "2027-03-02T09:00:00+07:00")).status_code == 200


async def test_settled__says_how_far_all_has_come(plot):
    async with intake_on(plot) as intake:
        await intake.customer()
        async with asyncio.timeout(20):
            while (now := (await intake.get("/v1/settled")).json())["relayed"] < now["head"]:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        assert now.keys() == {"log", "log_id", "head", "relayed", "cursors", "due", "parked", "next"}
        assert (now["log"], now["log_id"]) == ("contacts", str(intake.running.parts.log.log_id))
        assert now["cursors"]["register"] == {"log": "contacts", "position": now["head"]}


async def test_profile_prod__has_neither(plot):
    async with intake_on(plot, profile="prod") as intake:
        assert (await intake.get("/v1/clock")).status_code == 404
        assert (await intake.get("/v1/settled")).status_code == 404
        assert (await put(intake, "2027-03-02T09:00:00Z")).status_code == 404
