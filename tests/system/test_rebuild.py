"""`python -m <service> rebuild`: the tables as they were, twice the same; nothing fires or is sent again."""

import asyncio
from importlib import import_module

import pytest

from events.postgres import LOGS
from events.service import serving
from local import ports
from tests.desk import settings_of

from .installed import Installed, broken, run

HARM = {
    "intake": "DELETE FROM contact_v1",
    "cases": "DELETE FROM commitment_v1",
    "scheduler": "DELETE FROM timer_v1",
    "notifier": "DELETE FROM delivery_v1",
}
IDLE_SECONDS = 1.0
"""How long a service is given to do what it must not do."""


@pytest.mark.accept
@pytest.mark.parametrize("service", LOGS)
async def test_rebuild__prints_the_digests_of_tables_as_they_were(installed, service):
    async with installed.copy(service) as copy:
        before = await run(service, "rebuild", environment=copy.environment(service))
        assert (before.status, before.err) == (0, [])
        assert broken(await copy.checked(service)) == {}
        await copy.sql(service, HARM[service])
        assert broken(await copy.checked(service)).keys() >= {"I5", "I6"}
        after = await run(service, "rebuild", environment=copy.environment(service))
        assert (after.status, after.out) == (0, before.out)
        assert broken(await copy.checked(service)) == {}
    assert before.out[0].startswith(f"{service}: folded ")
    assert all(", sha256 " in line for line in before.out[1:])


async def restarted(copy: Installed, service: str) -> tuple[int, int]:
    """Rebuild, let the service run for a moment; return the end of its log before and after."""
    head = "SELECT max(position) FROM event"
    before = await copy.value(service, head)
    assert (await run(service, "rebuild", environment=copy.environment(service))).status == 0
    settings = settings_of(copy.site, service, ports.free(), dict(copy.urls))
    async with serving(service, import_module(f"{service}.app").compose, settings):
        await asyncio.sleep(IDLE_SECONDS)  # nothing tells that a thing did not happen
    return before, await copy.value(service, head)


@pytest.mark.accept
async def test_edge_31__rebuild_of_the_scheduler_fires_nothing_again(installed):
    async with installed.copy("scheduler") as copy:
        timers = await copy.value("scheduler", "SELECT array_agg(id ORDER BY id) FROM timer_v1")
        before, after = await restarted(copy, "scheduler")
        assert after == before
        assert await copy.value("scheduler", "SELECT array_agg(id ORDER BY id) FROM timer_v1") == timers
        assert len(timers) > 0


@pytest.mark.accept
async def test_edge_31__rebuild_of_the_notifier_sends_nothing_again(installed):
    def letters() -> int:
        maildir = installed.site.mail.maildir
        return len([*(maildir / "new").iterdir(), *(maildir / "cur").iterdir()]) if maildir else 0

    async with installed.copy("notifier") as copy:
        sent = letters()
        before, after = await restarted(copy, "notifier")
        assert (after, letters()) == (before, sent)
        assert await copy.value("notifier", "SELECT count(*) FROM delivery_v1 WHERE outcome IS NULL") == 0
        assert sent > 0
