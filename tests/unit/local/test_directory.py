"""A directory is one run's at a time."""

from pathlib import Path

import pytest

from local.directory import alone
from local.errors import PartError


def test_alone__a_second_run_is_told_in_one_sentence(tmp_path):
    with (
        alone(tmp_path),
        pytest.raises(PartError, match=r"running in .* already \(pid \d+\)") as refusal,
        alone(tmp_path),
    ):
        pass
    assert "\n" not in str(refusal.value)
    with alone(tmp_path):
        pass


def test_alone__makes_the_directory_and_gives_its_absolute_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with alone(Path("a/.kept")) as home:
        assert home == tmp_path / "a" / ".kept"


def test_alone__where_nothing_can_be_written_says_what_to_do():
    with (
        pytest.raises(PartError, match=r"/proc/x cannot be written to \(.*\): set KEPT_DIR"),
        alone(Path("/proc/x")),
    ):
        pass
