"""`python -m local run`, as `make run` starts it: found by others, alone, watched, and gone at the end."""

import asyncio
import json
import os
import signal
import sys
import time
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

START_SECONDS = 120
RESTART_SECONDS = 3


@pytest.mark.accept
async def test_run__is_found_alone_watched_and_gone_at_the_end(tmp_path):
    process = await start(tmp_path)
    try:
        await until(lambda: bool(told(tmp_path)) or process.returncode is not None, START_SECONDS)
        assert process.returncode is None, await output(process)
        before = told(tmp_path)
        assert await ready(before) == {"intake", "cases", "scheduler", "notifier"}
        await a_second_run_is_refused(tmp_path)
        await what_is_killed_comes_back(tmp_path, before)
        pids = [each["pid"] for each in told(tmp_path)["services"].values()]
        process.send_signal(signal.SIGINT)
        printed = await output(process)
        assert await process.wait() == 0, printed
    finally:
        if process.returncode is None:
            process.kill()
    assert "cases was ended by SIGKILL; starting it again" in printed
    assert not any(map(alive, pids))
    assert not (tmp_path / "stack.json").exists()
    assert not (tmp_path / "env").exists()


async def a_second_run_is_refused(directory: Path) -> None:
    second = await start(directory)
    printed = await output(second)
    assert second.returncode == 1
    assert "is running in" in printed
    assert len(printed.splitlines()) == 1


async def what_is_killed_comes_back(directory: Path, before: dict[str, Any]) -> None:
    old = before["services"]["cases"]
    os.kill(old["pid"], signal.SIGKILL)
    await until(lambda: told(directory)["services"]["cases"]["pid"] != old["pid"], RESTART_SECONDS)
    async with asyncio.timeout(START_SECONDS):
        while "cases" not in await ready(told(directory)):
            pass  # asking takes a moment
    assert told(directory)["services"]["cases"]["url"] == old["url"]


async def start(directory: Path) -> Process:
    command = (sys.executable, "-m", "local", "run", "--dir", str(directory))
    return await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=STDOUT)


async def output(process: Process) -> str:
    printed, _ = await asyncio.wait_for(process.communicate(), 30)
    return printed.decode()


def told(directory: Path) -> dict[str, Any]:
    """Read stack.json; empty where there is none."""
    try:
        content: dict[str, Any] = json.loads((directory / "stack.json").read_text())
    except FileNotFoundError:
        return {}
    return content


async def ready(stack: dict[str, Any]) -> set[str]:
    """Name the services that say they are ready."""
    found = set()
    async with httpx.AsyncClient(timeout=2) as client:
        for name, service in stack["services"].items():
            try:
                answer = await client.get(f"{service['url']}/readyz")
            except httpx.TransportError:
                continue
            if answer.is_success:
                found.add(name)
    return found


def alive(pid: int) -> bool:
    """Tell whether it still does anything: one that nobody has reaped has no command line left."""
    try:
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
    except OSError:
        return False


async def until(holds: Callable[[], bool], within: float) -> None:
    deadline = time.monotonic() + within
    while not holds():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)
