"""The broker's jars: named in jgo.lock.toml with their SHA-256, fetched by jgo into the user's cache.

`jgo --class-path-only --resolver python lock`, run beside jgo.toml, writes the lock anew.
"""

import asyncio
import fcntl
import hashlib
import logging
import os
import threading
import tomllib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.errors import PartError
from local.progress import Step

LOCK = Path(__file__).with_name("jgo.lock.toml")
FETCHERS = 4
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Jar:
    """One jar of the lock."""

    group: str
    artifact: str
    version: str
    sha256: str

    def path(self, cache: Path) -> Path:
        """Where it lies in a Maven-shaped cache."""
        folder = cache.joinpath(*self.group.split("."), self.artifact, self.version)
        return folder / f"{self.artifact}-{self.version}.jar"

    def intact(self, cache: Path) -> bool:
        """Whether it is there and is the one that was locked."""
        try:
            return hashlib.sha256(self.path(cache).read_bytes()).hexdigest() == self.sha256
        except FileNotFoundError:
            return False


def locked(lock: Path = LOCK) -> list[Jar]:
    """Read the jars of a lock file."""
    rows = tomllib.loads(lock.read_text())["dependencies"]
    return [Jar(row["groupId"], row["artifactId"], row["version"], row["sha256"]) for row in rows]


def cache_directory() -> Path:
    """Where jars are kept between runs: `$XDG_CACHE_HOME/kept/jars`, by default under ~/.cache."""
    home = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(home).expanduser() / "kept" / "jars"


async def class_path(step: Step) -> str:
    """Give the broker's class path, fetching what is missing; every jar is checked against the lock."""
    jars, cache, stopped = locked(), cache_directory(), threading.Event()
    try:
        await asyncio.to_thread(_complete, jars, cache, step.say, stopped)
    except OSError as error:
        raise PartError(
            f"Kafka: its jars cannot be kept in {cache}: {error.strerror or error}; "
            "make room there, or set XDG_CACHE_HOME to another place"
        ) from error
    finally:
        stopped.set()  # a thread cannot be cancelled
    return os.pathsep.join(str(jar.path(cache)) for jar in jars)


def _complete(jars: list[Jar], cache: Path, say: Callable[[str], None], stopped: threading.Event) -> None:
    cache.mkdir(parents=True, exist_ok=True)
    with _alone(cache, say, stopped):
        missing = [jar for jar in jars if not jar.intact(cache)]
        if missing:
            say(f"fetching {len(missing)} jars (43 MB in all, once)")
            _fetch(missing, cache, say, stopped)


@contextmanager
def _alone(cache: Path, say: Callable[[str], None], stopped: threading.Event) -> Iterator[None]:
    """Keep other runs from fetching into the same cache meanwhile."""
    with (cache / "lock").open("w") as file:
        while not stopped.is_set():
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                say("waiting for another run that is fetching its jars")
                stopped.wait(0.1)
        yield


def _fetch(jars: list[Jar], cache: Path, say: Callable[[str], None], stopped: threading.Event) -> None:
    # imported here: it takes most of a second, and is wanted once
    from jgo.config import GlobalSettings  # noqa: PLC0415
    from jgo.maven import MavenContext, PythonResolver  # noqa: PLC0415

    logging.getLogger("jgo").setLevel(logging.ERROR)  # a failure is told by us, in one sentence
    context = MavenContext(
        resolver=PythonResolver(),
        repo_cache=cache,
        remote_repos={**MavenContext().remote_repos, **GlobalSettings.load().repositories},
        timeout=30,
    )
    done = size = 0
    with ThreadPoolExecutor(FETCHERS) as pool:
        for path in pool.map(lambda jar: _fetch_one(context, jar, cache, stopped), jars):
            done, size = done + 1, size + path.stat().st_size
            say(f"fetched {done} of {len(jars)} jars, {size / MEGABYTE:.0f} MB")


def _fetch_one(context: Any, jar: Jar, cache: Path, stopped: threading.Event) -> Path:
    path = jar.path(cache)
    if stopped.is_set():
        raise PartError("Kafka: stopped while its jars were being fetched")
    path.unlink(missing_ok=True)  # cut short or altered: jgo would take it as it is
    try:
        context.project(jar.group, jar.artifact).at_version(jar.version).artifact().resolve()
    except Exception as error:
        raise PartError(
            f"Kafka: {path.name} cannot be fetched from the Maven registry ({type(error).__name__}); "
            "look at the network and run it again, or set KEPT_BROKER to a broker of yours"
        ) from error
    if not jar.intact(cache):
        path.unlink(missing_ok=True)
        raise PartError(
            f"Kafka: {path.name}, as fetched, is not the file that was locked (its SHA-256 differs); "
            "run it again, and do not use this registry if that says the same"
        )
    return path
