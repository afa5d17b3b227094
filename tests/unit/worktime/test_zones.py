"""Zones come from the pinned package, not from the machine."""

import os
import subprocess
import sys
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from worktime import tzdata_version, zone, zone_names


def test_tzdata_version__is_that_of_the_package():
    package = version("tzdata").split(".")
    year, letter = package[0], "abcdefghijklmnopqrstuvwxyz"[int(package[1]) - 1]
    assert tzdata_version() == f"{year}{letter}"


def test_zone__every_name_can_be_read():
    assert all(zone(name).key == name for name in zone_names())


def test_zone__ignores_what_the_machine_has_installed(tmp_path: Path):
    fake = tmp_path / "Europe" / "Berlin"
    fake.parent.mkdir()
    fake.write_bytes(files("tzdata").joinpath("zoneinfo", "Asia", "Tokyo").read_bytes())
    code = (
        "from datetime import datetime; import worktime;"
        "print(worktime.resolve_wall_time(datetime(2026, 3, 1), 'Europe/Berlin').at)"
    )
    environment = {**os.environ, "PYTHONTZPATH": str(tmp_path)}
    seen = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert seen.stdout.strip() == "2026-02-28 23:00:00+00:00"
