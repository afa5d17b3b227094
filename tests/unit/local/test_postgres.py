"""Addresses on a server, and the state of a data directory."""

import os
import signal

import psutil  # type: ignore[import-untyped]
import pytest

from local.children import spawn
from local.cluster import _answers, _gone
from local.errors import PartError
from local.postgres import Postgres
from local.progress import Progress


def test_database__as_the_superuser_and_as_a_role():
    server = Postgres("postgresql://postgres@127.0.0.1:5001/postgres")
    assert server.database("kept_cases") == "postgresql://postgres@127.0.0.1:5001/kept_cases"
    assert server.database("kept_cases", "kept_cases") == "postgresql://kept_cases@127.0.0.1:5001/kept_cases"


def test_database__where_passwords_are_wanted_each_role_has_its_own():
    server = Postgres("postgresql://boss:secret@db.example:5432/postgres?sslmode=require")
    one, other = server.database("d", "one"), server.database("d", "other")
    assert "secret" not in one
    assert one.removeprefix("postgresql://one:") != other.removeprefix("postgresql://other:")
    assert one.endswith("@db.example:5432/d?sslmode=require")
    assert one == Postgres(server.dsn).database("d", "one")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["7", "/d", "0", "5001", "", "127.0.0.1", "shm", "ready   "], True),
        (["8", "/d", "0", "5001", "", "127.0.0.1", "shm", "ready   "], False),
        (["7", "/d", "0", "5001", "", "127.0.0.1", "shm", "starting"], False),
        (["7", "/d"], False),
    ],
    ids=["ready", "another server's", "starting", "half written"],
)
async def test_answers__only_when_our_own_server_says_ready(tmp_path, lines, said):
    assert await _answers(tmp_path, 7) is False
    (tmp_path / "postmaster.pid").write_text("\n".join(lines))
    assert await _answers(tmp_path, 7) is said


async def test_gone__a_stale_lock_is_taken_away_though_its_number_is_in_use_again(tmp_path):
    lock = tmp_path / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n{tmp_path}\n")
    with Progress().step("PostgreSQL") as step:
        await _gone(tmp_path, step, within=0.1)
    assert not lock.exists()


async def test_gone__a_server_still_running_there_is_named(tmp_path):
    lock = tmp_path / "postmaster.pid"
    other = await spawn("other", "tail", "-f", "/dev/null", str(tmp_path), log=tmp_path / "log")
    running = psutil.Process(other.pid)
    while running.cmdline()[:1] != ["tail"]:  # in the midst of an exec it has no words
        pass
    lock.write_text(f"{other.pid}\n{tmp_path}\n")
    with Progress().step("PostgreSQL") as step, pytest.raises(PartError, match=f"kill -INT {other.pid}"):
        await _gone(tmp_path, step, within=0.1)
    await other.stop(signal.SIGKILL)
    assert lock.exists()
