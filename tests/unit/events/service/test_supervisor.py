"""The supervisor: no task dies unseen."""

import asyncio

import pytest

from events.errors import LogDiverged
from events.service.supervisor import Supervisor, TaskEnded


async def for_ever() -> None:
    await asyncio.Event().wait()


async def at_once() -> None:
    pass


async def fails() -> None:
    raise ValueError("canary")


async def diverges() -> None:
    raise LogDiverged("contacts@7 is another event")


async def settle() -> None:
    for _ in range(3):
        await asyncio.sleep(0)


@pytest.mark.parametrize(("loop", "kind"), [(at_once, TaskEnded), (fails, ValueError)])
async def test_task__that_ends_is_a_failure(loop, kind, caplog):
    supervisor = Supervisor({})
    supervisor.start("relay", loop)
    await settle()
    assert isinstance(supervisor.failed.result(), kind)
    assert "relay ended" in caplog.text


async def test_task__that_is_cancelled_by_others_is_a_failure(caplog):
    supervisor = Supervisor({})
    supervisor.start("relay", for_ever)
    await settle()
    supervisor._tasks["relay"].cancel()
    await settle()
    assert isinstance(supervisor.failed.result(), TaskEnded)
    assert caplog.records[-1].levelname == "CRITICAL"


async def test_task__whose_log_diverged_stays_stopped_and_is_named(caplog):
    stopped: dict[str, str] = {}
    supervisor = Supervisor(stopped)
    supervisor.start("relay", diverges)
    await settle()
    assert not supervisor.failed.done()
    assert stopped == {"relay": "contacts@7 is another event"}
    assert "contacts@7 is another event" in caplog.text


async def test_stop__ends_the_tasks_named_and_no_others():
    supervisor = Supervisor({})
    for name in ("one", "two"):
        supervisor.start(name, for_ever)
    await settle()
    await supervisor.stop(["one"], 1)
    assert supervisor._tasks["one"].cancelled()
    assert not supervisor._tasks["two"].done()
    assert not supervisor.failed.done()
    await supervisor.stop(["two"], 1)


async def test_stop__leaves_a_task_that_hangs(caplog):
    going = asyncio.Event()

    async def stubborn() -> None:
        while not going.is_set():
            try:
                await going.wait()
            except asyncio.CancelledError:
                continue

    supervisor = Supervisor({})
    supervisor.start("stubborn", stubborn)
    await settle()
    await supervisor.stop(["stubborn"], 0.01)
    assert "does not stop" in caplog.text
    going.set()
    await supervisor.wait("stubborn", 1)
