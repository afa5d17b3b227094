"""A small table replayed on four real processes: every service killed once, every command sent twice."""

import io
import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console

from demo.chance import Chance
from demo.export import Order, replayed
from demo.files import load_mapping, load_table
from demo.session import session
from local.stack import on_site

MAPPING = Path(__file__).parents[2] / "examples" / "nyc311.toml"
COLUMNS = (
    "unique_key,created_date,closed_date,due_date,complaint_type,descriptor,open_data_channel_type,borough"
)
START = datetime(2018, 11, 3, 18, 0, 0)  # noqa: DTZ001 - a wall time of New York, the evening before winter time
ROWS = 24
pytestmark = pytest.mark.accept


def row(number: int, chance: Chance) -> str:
    """Return a row: with a due or without, closed in time, late, never, or before it came."""
    created = START + timedelta(minutes=chance.below(300), seconds=chance.below(60))
    due = created + timedelta(hours=8) if chance.below(3) else None
    closed = chance.one_of([None, -30, 60, 400, 480, 481, 900])
    cells = [
        f"R{number}",
        created.isoformat(),
        (created + timedelta(minutes=closed)).isoformat() if closed else "",
        due.isoformat() if due else "",
        "Noise",
        "Dog",
        "PHONE",
        chance.one_of(["QUEENS", "BRONX"]),
    ]
    return ",".join(cells)


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    chance = Chance("small table")
    rows = [row(number, chance) for number in range(ROWS)]
    same_instant = [rows[0].replace("R0,", "R100,"), rows[0].replace("R0,", "R101,")]
    refused = ["R200,soon,,,,,,", rows[1]]
    path = tmp_path_factory.mktemp("table") / "small.csv"
    path.write_text("\n".join([COLUMNS, *rows, *same_instant, *refused]) + "\n")
    return path


@pytest.fixture(scope="module")
async def stack(parts, site, tmp_path_factory):
    async with on_site(parts, site, tmp_path_factory.mktemp("stack")) as running:
        yield running


async def test_replay__comes_out_right_though_all_are_killed_and_asked_twice(stack, table, tmp_path):
    report = tmp_path / "out.json"
    order = Order(table, MAPPING, tmp_path, kill=True, twice=True, report=report)
    mapping = load_mapping(MAPPING)
    screen = io.StringIO()
    console = Console(file=screen, soft_wrap=True)
    async with session(stack, console, subject=mapping.promise.owner) as running:
        wrong = await replayed(running, order, mapping, load_table(table, mapping))
    said = screen.getvalue()
    assert wrong == [], said
    made = json.loads(report.read_text())
    assert (made["rows"], made["refused"], made["contacts"]) == (ROWS + 4, 2, ROWS + 2)
    assert made["promises"] > made["kept"] > 0
    assert made["lapsed"] > made["kept_late"] > 0
    assert made["reminders"] > 0
    assert made["order_corrected"] > 0
    assert made["deliveries"] >= made["reminders"] + made["lapsed"]
    assert made["invariants"]["I1"]
    assert [said.count(f"{service} (pid") for service in stack.urls] == [1, 1, 1, 1]
