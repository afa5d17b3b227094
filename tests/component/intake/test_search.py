"""Customers are found by what is personal of them, exactly, and no word of it stands beside the register."""

from unicodedata import normalize

import pytest

from events.clock import new_id
from intake.rebuild import verify_tables

MAI = {"name": "Nguyễn  Thị MAI", "address": "Mai@Kept.example", "zone": "Asia/Ho_Chi_Minh"}
PATH = "/v1/customers:search"


@pytest.fixture(scope="module")
async def mai(intake):
    """A customer who stands in the register."""
    made = await intake.post("/v1/customers", MAI | {"source": "shop", "reference": "C-1042"})
    return made.json()["id"], made.headers["kept-position"]


async def found(intake, body, after, **more):
    answer = await intake.post(PATH, body, key=None, kept_after=after, **more)
    assert answer.status_code == 200, answer.text
    return [each["id"] for each in answer.json()["items"]]


@pytest.mark.parametrize(
    "body",
    [
        {"name": "Nguyễn Thị Mai"},
        {"name": " nguyễn thị mai "},
        {"name": normalize("NFD", "Nguyễn Thị Mai")},
        {"address": "mai@kept.example"},
        {"reference": "c-1042"},
        {"reference": "C-1042", "source": "shop"},
    ],
)
async def test_search__finds_who_is_called_so_however_it_is_written(intake, mai, body):
    id_, after = mai
    assert await found(intake, body, after) == [id_]


@pytest.mark.parametrize(
    "body",
    [{"name": "Nguyen Thi Mai"}, {"name": "mai@kept.example"}, {"reference": "C-1042", "source": "phone"}],
)
async def test_search__finds_nobody_else(intake, mai, body):
    assert await found(intake, body, mai[1]) == []


@pytest.mark.parametrize(
    "body", [{}, {"name": "a", "address": "b"}, {"source": "shop"}, {"name": "a", "source": "shop"}, {"x": 1}]
)
async def test_search__refused_where_it_is_not_by_one_thing(intake, body):
    assert (await intake.post(PATH, body, key=None)).status_code == 422


async def test_search__by_the_name_and_address_of_now_only(intake):
    name, other = f"An {new_id()}", f"Binh {new_id()}"
    made = await intake.post(
        "/v1/customers", {"name": name, "zone": "UTC", "address": f"{new_id()}@x.example"}
    )
    id_ = made.json()["id"]
    changed = await intake.patch(f"/v1/customers/{id_}", {"name": other, "address": None}, if_match='"1"')
    after = changed.headers["kept-position"]
    assert await found(intake, {"name": other}, after) == [id_]
    assert await found(intake, {"name": name}, after) == []


async def test_search__page_by_page(intake):
    name = f"Lan {new_id()}"
    made = [await intake.post("/v1/customers", {"name": name, "zone": "UTC"}) for _ in range(3)]
    after, ids = made[-1].headers["kept-position"], sorted(each.json()["id"] for each in made)
    first = (await intake.post(f"{PATH}?limit=2", {"name": name}, key=None, kept_after=after)).json()
    assert [each["id"] for each in first["items"]] == ids[:2]
    rest = (await intake.post(f"{PATH}?limit=2&cursor={first['next']}", {"name": name}, key=None)).json()
    assert ([each["id"] for each in rest["items"]], rest["next"]) == (ids[2:], None)


async def test_search__needs_a_reader(intake, mai):
    answer = await intake.client.post(PATH, json={"name": "Mai"})
    assert answer.status_code == 401


async def test_verify__keys_follow_from_the_log(intake, mai):
    report = await verify_tables(intake.running.parts)
    assert report.ok, report.lines
    rows = await intake.running.parts.pool.fetch("SELECT row(k.*)::text AS said FROM customer_key_v1 k")
    assert rows
    assert not [row["said"] for row in rows if "mai" in row["said"].lower()]
