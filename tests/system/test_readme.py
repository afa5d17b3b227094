"""The commands of the README do what it says, as they stand there."""

import asyncio
import json
import os
import re
import shutil
from pathlib import Path

import pytest

from local.agent import register
from local.stack import on_site

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def shell_of_readme():
    """Return the block that is meant for bash."""
    return re.findall(r"```bash\n(.*?)```", README, re.DOTALL)[0]


def answers_of_readme():
    """Return the answers that stand below it, what varies cut away: ids are of each installation's own."""
    return [
        dict(re.findall(r'"(state)":"([^"]+)"', line)) | dict.fromkeys(re.findall(r'"(id|case)":"', line))
        for line in README.splitlines()
        if line.startswith('    {"id"')
    ]


async def run_slowly(block, directory):
    """Run a block line by line, each once what it follows from is there; return the objects it prints."""
    wait = 'until curl -sf $CASE -H "Authorization: Bearer $TOKEN" >/dev/null; do sleep 0.1; done; '
    script = block.replace("kept promise", f"{wait}kept promise")
    shell = ("bash", "-eu", "-c", script)
    process = await asyncio.create_subprocess_exec(*shell, cwd=directory, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    assert process.returncode == 0
    return [json.loads(line) for line in out.decode().splitlines() if line.startswith("{")]


@pytest.mark.skipif(shutil.which("curl") is None, reason="the README's calls are made with curl")
@pytest.mark.accept
async def test_calls__answer_as_the_readme_says(parts, tmp_path):
    site = await parts.fresh("readme")
    directory = tmp_path / ".kept"
    directory.mkdir()
    async with on_site(parts, site, directory) as running:
        await register(running)
        said = await run_slowly(shell_of_readme(), tmp_path)
        expected = answers_of_readme()
        assert len(said) == len(expected) == 3
        for answer, promised in zip(said, expected, strict=True):
            assert promised.keys() <= answer.keys()
            assert promised.get("state") == answer.get("state")
        assert said[1]["id"] == said[2]["id"]
    await parts.drop(site)


def test_first_screen__is_one():
    assert len(README.splitlines()) <= 40


@pytest.mark.parametrize("path", re.findall(r"\]\(([^)#]+)\)", README))
def test_link__leads_somewhere(path):
    assert (ROOT / path).exists()


async def test_make_help__lists_every_target():
    process = await asyncio.create_subprocess_exec(
        "make", "help", cwd=ROOT, stdout=asyncio.subprocess.PIPE, env={**os.environ, "MAKEFLAGS": ""}
    )
    out, _ = await process.communicate()
    for target in ("check", "test", "run", "demo", "accept", "bench", "clean"):
        assert f"make {target} " in out.decode()
