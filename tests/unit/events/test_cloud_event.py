"""CloudEvents: every vector of the conformance suite, the reference package, and what is none."""

import json
from base64 import b64encode
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary
from cloudevents.core.formats.json import JSONFormat
from hypothesis import given
from hypothesis import strategies as some

from events.errors import Undecodable
from events.kafka import from_record, to_record
from events.kafka.cloud_event import read

from .paper import written

PREFIX = {"kafka": "ce_", "http": "ce-"}
GOOD = {
    "specversion": "1.0",
    "type": "com.example.someevent",
    "time": "2018-04-05T03:56:24Z",
    "id": "1234-1234-1234",
    "source": "/mycontext/subcontext",
}


@pytest.fixture(scope="module")
def vectors(data) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((data / "cloudevents-vectors.json").read_text())
    return loaded


@pytest.fixture(scope="module")
async def rows():
    return await written(4)


def encoded(told: dict[str, str | None], prefix: str = "") -> dict[str, bytes | None]:
    return {prefix + name: None if said is None else said.encode() for name, said in told.items()}


def structured(**whole: Any) -> bytes:
    return json.dumps(whole).encode()


JSON = {"content-type": b"application/cloudevents+json"}


def test_read__takes_every_vector_that_is_one(vectors):
    assert len(vectors["accept"]) == 13
    for vector in vectors["accept"]:
        event = read(encoded(vector["headers"]), vector["body"].encode(), PREFIX[vector["binding"]])
        assert event.attributes == vector["expect"], vector
        if "data" in vector:
            assert json.loads(event.data) == vector["data"]
        else:
            assert event.data.decode() == vector["body"]


def test_read__refuses_every_vector_that_is_none(vectors):
    assert len(vectors["reject"]) == 11
    for vector in vectors["reject"]:
        for prefix in PREFIX.values():
            with pytest.raises(Undecodable):
                read(encoded(vector["attributes"], prefix), b"{}", prefix)
        if "data" not in vector["attributes"]:  # there it is the data
            with pytest.raises(Undecodable):
                read(JSON, structured(**vector["attributes"]))
    assert read(encoded(dict(GOOD), "ce_"), b"{}").attributes == GOOD


def test_record__with_the_fault_of_each_vector__is_undecodable(vectors, rows):
    record = to_record(rows[0])
    assert from_record("cases", record.key, record.value, record.headers) == rows[0]
    for vector in vectors["reject"]:
        wrong = {name: said for name, said in vector["attributes"].items() if GOOD.get(name, "") != said}
        lost = {f"ce_{name}" for name in GOOD.keys() - vector["attributes"].keys()}
        headers: Any = {name: part for name, part in record.headers if name not in lost}
        headers |= encoded(wrong, "ce_")
        assert headers != dict(record.headers)
        with pytest.raises(Undecodable, match="not a CloudEvent"):
            from_record("cases", record.key, record.value, headers.items())


@given(
    data=some.dictionaries(some.text(), some.text()),
    stream=some.text(min_size=1),
    at=some.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2199, 1, 1)),  # noqa: DTZ001 - UTC is put on
)
def test_record__is_read_alike_by_the_reference(rows, data, stream, at):
    at = at.replace(tzinfo=rows[0].occurred_at.tzinfo)
    row = replace(rows[0], data=json.dumps(data).encode(), stream=stream, occurred_at=at)
    record = to_record(row)
    theirs = from_binary(KafkaMessage(dict(record.headers), record.key, record.value), JSONFormat())
    ours = read(dict(record.headers), record.value)
    told = dict(theirs.get_attributes())
    assert told.pop("time") == at
    assert told.pop("partitionkey") == stream
    assert told == {name: said for name, said in ours.attributes.items() if name != "time"}
    assert theirs.get_data() == json.loads(ours.data) == data


@pytest.mark.parametrize(
    ("said", "data"),
    [
        ({"data": {"a": 1}}, b'{"a": 1}'),
        ({"data": "a"}, b'"a"'),
        ({"data": "a", "datacontenttype": "text/plain"}, b"a"),
        ({"data_base64": b64encode(b"\xff").decode()}, b"\xff"),
        ({"count": 3, "sampled": True, "subject": None, "data": {}}, b"{}"),
    ],
)
def test_structured__has_its_data_in_one_of_two_forms(said, data):
    event = read(JSON, structured(**GOOD, **said))
    assert event.data == data
    assert event.attributes.get("count", "3") == "3"
    assert event.attributes.get("sampled", "true") == "true"


@pytest.mark.parametrize(
    "value",
    [
        *(b"", b"\xff", b"[]", b"null", b"[" * 10_000, structured(**GOOD, extension={})),
        *(structured(**GOOD, data_base64="*"), structured(**GOOD, data_base64=3)),
    ],
)
def test_structured__that_is_none__is_undecodable(value):
    with pytest.raises(Undecodable):
        read(JSON, value)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        *(
            ("specversion", "0.3"),
            ("specversion", "2.0"),
            ("subject", ""),
            ("time", ""),
            ("", "x"),
            ("é", "x"),
        ),
        *(("time", f"2018-{said}") for said in ("13-01T00:00:00Z", "01-01T00:00:00", "01-01 00:00:00Z")),
    ],
)
def test_attribute__that_may_not_be__is_undecodable(name, said):
    with pytest.raises(Undecodable):
        read(encoded({**GOOD, name: said}, "ce_"), b"{}")


def test_record__of_another_log__is_named(rows):
    record = to_record(rows[0])
    with pytest.raises(Undecodable, match=r"not a record of the log contacts: OwnerChanged of /kept/cases"):
        from_record("contacts", record.key, record.value, record.headers)
