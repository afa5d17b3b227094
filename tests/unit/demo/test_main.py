"""The command line: what is asked for in a wrong way is answered in one sentence, before anything starts."""

import asyncio
import os
import signal
from datetime import timedelta
from pathlib import Path

import pytest

from demo.__main__ import main, parser, until_stopped

MAPPING = Path(__file__).parents[3] / "examples" / "nyc311.toml"
TABLE = (
    "unique_key,created_date,closed_date,due_date,complaint_type,descriptor,open_data_channel_type,borough\n"
)


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text(TABLE)
    return path


def test_data__needs_a_mapping(table, capsys):
    assert main(["--data", str(table)]) == 2
    assert "--data needs --mapping" in capsys.readouterr().err


def test_what_is_for_a_table__needs_one(capsys):
    assert main(["--twice"]) == 2
    assert main(["--mapping", str(MAPPING)]) == 2
    assert "--twice needs --data" in capsys.readouterr().err


async def test_until_stopped__lets_the_work_clean_up():
    cleaned = asyncio.Event()

    async def work():
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.Event().wait()
        finally:
            cleaned.set()

    try:
        assert await until_stopped(work()) is None
    finally:
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().remove_signal_handler(each)
    assert cleaned.is_set()


def test_files__that_are_not_there_are_named(table, capsys):
    assert main(["--data", "none.csv", "--mapping", str(MAPPING)]) == 2
    assert main(["--data", str(table), "--mapping", "none.toml"]) == 2
    said = capsys.readouterr().err.splitlines()
    assert said == [
        "none.csv cannot be read: No such file or directory.",
        "The mapping none.toml cannot be read: No such file or directory.",
    ]


def test_a_table_without_rows__is_refused(table, capsys):
    assert main(["--data", str(table), "--mapping", str(MAPPING)]) == 2
    assert capsys.readouterr().err.endswith("holds no row.\n")


def test_lead__takes_one_or_several():
    assert parser().parse_args(["--lead", "1h"]).lead == (timedelta(hours=1),)
    assert parser().parse_args(["--lead", "4h,15m"]).lead == (timedelta(hours=4), timedelta(minutes=15))


def test_lead__says_how_it_is_written(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--lead", "soon"])
    assert ended.value.code == 2
    assert "give a number and s, m, h or d, such as 15m, 1h, 2d" in capsys.readouterr().err
