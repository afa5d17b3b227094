"""Starting again what has died."""

import asyncio
import signal
from pathlib import Path

import pytest

from local.children import Server, spawn
from local.errors import PartError
from local.watch import LONGEST_PAUSE, ending, pause, watch


def test_pause__grows_to_a_bound():
    assert [pause(ends) for ends in (1, 2, 3, 4)] == [0.1, 0.2, 0.4, 0.8]
    assert pause(50) == LONGEST_PAUSE


@pytest.mark.parametrize(("status", "words"), [(-9, "was ended by SIGKILL"), (3, "ended with exit status 3")])
def test_ending__says_how(status, words):
    assert ending(status) == words


@pytest.fixture
async def server(tmp_path: Path):
    """Run a program that sleeps, and another one at each start."""

    async def launch():
        return await spawn("sleeper", "sleep", "60", log=tmp_path / "log")

    made = Server(await launch(), launch)
    yield made
    await made.stop(signal.SIGKILL)


async def test_watch__starts_again_what_was_killed(server):
    told: list[str] = []
    changed = asyncio.Event()
    task = asyncio.create_task(watch(server, told.append, changed.set))
    first = server.pid
    server.child.process.kill()
    await asyncio.wait_for(changed.wait(), 5)
    assert server.pid != first
    assert not server.child.ended
    assert told == ["sleeper was ended by SIGKILL; starting it again in 0.1 s"]
    task.cancel()


async def test_watch__leaves_alone_what_was_stopped_on_purpose(server):
    told: list[str] = []
    task = asyncio.create_task(watch(server, told.append, lambda: None))
    await server.stop()
    await asyncio.wait_for(task, 5)
    assert server.child.ended
    assert told == []


async def test_watch__says_that_a_start_failed_and_goes_on(server):
    told: list[str] = []
    changes: asyncio.Queue[None] = asyncio.Queue()
    task = asyncio.create_task(watch(server, told.append, lambda: changes.put_nowait(None)))
    launch = server.launch

    async def refuse():
        server.launch = launch
        raise PartError("sleeper cannot be had")

    server.launch = refuse
    server.child.process.kill()
    for _ in range(2):
        await asyncio.wait_for(changes.get(), 5)
    assert "sleeper cannot be had" in told
    assert not server.child.ended
    task.cancel()
