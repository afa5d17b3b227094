"""Acceptance 1 to 4 as a newcomer runs them: the story, and 1,000 requests of 2018 replayed."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path
from typing import Any

import pytest

from .expect import differences

ROOT = Path(__file__).parents[2]
INVARIANTS = {"I1", "I3", "I4", "I5", "I6", "I7", "I8", "I9", "I10", "I11", "I12", "I13", "I14", "I15", "I24"}
REPLAY_SECONDS = 180.0

pytestmark = [pytest.mark.accept, pytest.mark.timeout(600)]


async def demo(directory: Path, *options: str) -> dict[str, Any]:
    """Run the demo in a process of its own; return its report."""
    report = directory / "report.json"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "demo", "--report", str(report), *options),
        cwd=directory,
        stdout=PIPE,
        stderr=STDOUT,
    )
    printed, _ = await process.communicate()
    assert process.returncode == 0, printed.decode()
    made: dict[str, Any] = json.loads(report.read_text())
    assert made["invariants"] == dict.fromkeys(INVARIANTS, True)
    return made


async def test_story__comes_out_as_it_says(tmp_path):
    made = await demo(tmp_path)
    assert made["contacts"] + made["refused"] == made["rows"]
    assert all(made[what] > 0 for what in ("kept", "lapsed", "kept_late", "reminders", "deliveries"))


@pytest.mark.parametrize("killed", [False, True], ids=["", "killed and asked twice"])
@pytest.mark.parametrize("lead", ["15m", "1h", "4h", "24h"])
async def test_replay_of_2018__comes_out_as_counted_by_hand(data, tmp_path, lead, killed):
    made = await demo(
        tmp_path,
        *("--data", str(data / "nyc311-with-due-dates-2018.csv")),
        *("--mapping", str(ROOT / "examples" / "nyc311.toml"), "--lead", lead),
        *(("--kill", "each", "--twice") if killed else ()),
    )
    assert differences(made, lead) == []
    assert made["wall_seconds"] <= REPLAY_SECONDS
