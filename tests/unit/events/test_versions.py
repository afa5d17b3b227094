"""Events of older and newer releases: lifted, read without what we do not know, or refused (edge case 55)."""

import json
from typing import ClassVar

import pytest

from events.catalogue import TYPES, OwnerChanged
from events.errors import Undecodable
from events.wire import UPCASTERS, Json, check_upcasters, decode_data, encode

WRITTEN = {"name": "an", "zone": "UTC"}


class OwnerOfLater(OwnerChanged):
    """The type as it will be in two releases: the zone is called `tz`, and there is a floor."""

    schema_version: ClassVar[int] = 3
    zone: str = ""
    tz: str
    floor: int


def first(data: Json) -> Json:
    return {**data, "tz": data["zone"]}


def second(data: Json) -> Json:
    return {**data, "floor": len(data["tz"])}


@pytest.fixture
def _later(monkeypatch):
    """Let this release be a later one."""
    monkeypatch.setitem(TYPES, "OwnerChanged", OwnerOfLater)
    monkeypatch.setitem(UPCASTERS, ("OwnerChanged", 1), first)
    monkeypatch.setitem(UPCASTERS, ("OwnerChanged", 2), second)


def read(schema: int, **data: object) -> object:
    return decode_data("OwnerChanged", schema, json.dumps(data).encode())


@pytest.mark.usefixtures("_later")
@pytest.mark.parametrize(
    ("schema", "data"),
    [
        (1, {"name": "an", "zone": "UTC"}),
        (2, {"name": "an", "tz": "UTC"}),
        (3, {"name": "an", "tz": "UTC", "floor": 3}),
    ],
)
def test_edge_55__an_older_version_is_lifted_step_by_step(schema, data):
    found = read(schema, **data)
    assert isinstance(found, OwnerOfLater)
    assert (found.name, found.tz, found.floor) == ("an", "UTC", 3)
    check_upcasters()


@pytest.mark.usefixtures("_later")
def test_edge_55__what_the_step_does_not_find_is_not_decodable():
    with pytest.raises(Undecodable, match="OwnerChanged version 1"):
        read(1, name="an")


@pytest.mark.usefixtures("_later")
def test_release__that_cannot_lift_a_version_does_not_start(monkeypatch):
    monkeypatch.delitem(UPCASTERS, ("OwnerChanged", 2))
    with pytest.raises(LookupError, match="OwnerChanged version 2"):
        check_upcasters()


def test_edge_55__a_field_that_we_do_not_know_is_ignored():
    assert read(1, **WRITTEN, floor=3, absences=[], mood={"is": "good"}) == OwnerChanged(**WRITTEN)


@pytest.mark.parametrize("schema", [0, 2, 3])
def test_edge_55__a_version_that_we_do_not_know_is_not_guessed_at(schema):
    with pytest.raises(Undecodable, match="not known to this release"):
        read(schema, **WRITTEN)


def test_edge_55__a_type_that_we_do_not_know_is_not_guessed_at():
    with pytest.raises(Undecodable, match="OwnerPromoted version 1"):
        decode_data("OwnerPromoted", 1, b"{}")
    assert encode(OwnerChanged(**WRITTEN))[:2] == ("OwnerChanged", 1)
