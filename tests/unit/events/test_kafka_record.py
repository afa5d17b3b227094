"""Records: CloudEvents in binary mode, from which a log can be verified without its database."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from events.errors import Undecodable
from events.kafka import CONSUMER, PRODUCER, from_record, to_record
from events.postgres.cursors import NOWHERE
from events.recorded import Metadata
from events.subscribe.integrity import flaw, place_of

from .paper import AT, TRACE, written


@pytest.fixture(scope="module")
async def rows():
    return await written(4)


def back(record, log="cases"):
    return from_record(log, record.key, record.value, record.headers)


@given(data=some.binary(max_size=300), metadata=some.binary(max_size=300), stream=some.text(min_size=1))
def test_record__comes_back_as_it_went(rows, data, metadata, stream):
    row = replace(rows[0], data=data, metadata=metadata, stream=stream)
    assert back(to_record(row)) == row


def test_record__is_a_cloud_event_in_binary_mode(rows):
    row = rows[2]
    record = to_record(row)
    assert (record.key, record.value) == (b"owner-owner2", row.data)
    assert dict(record.headers) == {
        "ce_specversion": b"1.0",
        "ce_id": str(row.event_id).encode(),
        "ce_source": b"/kept/cases",
        "ce_type": b"OwnerChanged",
        "ce_subject": b"owner-owner2",
        "ce_time": b"2026-03-01T10:00:00.123456Z",
        "content-type": b"application/json",
        "kept_log": str(row.log_id).encode(),
        "kept_position": b"3",
        "kept_version": b"1",
        "kept_schema": b"1",
        "kept_recorded": b"2026-03-01T10:00:00.123456Z",
        "kept_metadata": row.metadata,
        "kept_content": row.content.hex().encode(),
        "kept_hash": row.hash.hex().encode(),
        "traceparent": TRACE.encode(),
    }


def test_records__verify_content_and_chain_by_themselves(rows):
    at = NOWHERE
    for row in map(back, map(to_record, rows)):
        assert flaw(at, row) is None
        at = place_of(row)


@pytest.mark.parametrize(
    "change",
    [
        *({"data": b"{}"}, {"metadata": b"{}"}, {"stream": "owner-else"}, {"type": "Else"}, {"schema": 2}),
        *({"occurred_at": AT.replace(year=2027)}, {"recorded_at": AT.replace(year=2027)}, {"version": 2}),
        *({"event_id": UUID(int=1)}, {"position": 2}, {"hash": b""}, {"content": b""}),
    ],
)
def test_record__with_anything_changed__does_not_verify(rows, change):
    assert flaw(NOWHERE, rows[0]) is None
    assert flaw(NOWHERE, replace(rows[0], **change)) is not None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kept_position", b"x"),
        ("kept_log", b"not-a-uuid"),
        ("kept_hash", b"zz"),
        ("ce_time", b"2026-03-01T10:00:00"),
        ("ce_type", b"\xff"),
        ("ce_subject", b"owner-another"),
        ("ce_source", b"/kept/contacts"),
        ("ce_id", b""),
    ],
)
def test_record__that_is_no_row_of_the_log__is_undecodable(rows, name, value):
    record = to_record(rows[0])
    with pytest.raises(Undecodable):
        back(replace(record, headers=tuple((dict(record.headers) | {name: value}).items())))


@pytest.mark.parametrize("headers", [(), (("kept_position", b"1"),), (("kept_metadata", b"{}"),)])
def test_record__of_somebody_else__is_undecodable(headers):
    with pytest.raises(Undecodable):
        from_record("cases", b"key", b"value", headers)


def test_record__without_key_and_value__is_undecodable(rows):
    with pytest.raises(Undecodable):
        from_record("cases", None, None, to_record(rows[0]).headers)


@pytest.mark.parametrize(
    ("metadata", "parent"),
    [
        (b'{"traceparent":null}', None),
        (b'{"actor":"\\"traceparent\\":\\"00-aa-bb-01\\""}', None),
        (b'{"traceparent": "00-aa-bb-01"}', "00-aa-bb-01"),
        (b"\xff\x00", None),
    ],
)
def test_traceparent__travels_where_there_is_one(rows, metadata, parent):
    record = to_record(replace(rows[0], metadata=metadata))
    assert record.traceparent == parent
    assert dict(record.headers).get("traceparent") == (parent and parent.encode())


@given(
    state=some.text(some.characters(min_codepoint=32, max_codepoint=126), min_size=1), parent=some.booleans()
)
def test_tracestate__travels_with_its_traceparent(rows, state, parent):
    told = Metadata(
        actor=state, correlation=UUID(int=1), tracestate=state, traceparent=TRACE if parent else None
    )
    record = to_record(replace(rows[0], metadata=told.model_dump_json().encode()))
    assert dict(record.headers).get("tracestate") == (state.encode() if parent else None)


@pytest.mark.parametrize("state", [b"null", b'""', b'"\\n"', b'"\\u0041=1"', b'"a=\xff"', b'"a=1', b'"a=\\"'])
def test_tracestate__that_cannot_be_one__stays_behind(rows, state):
    metadata = b'{"traceparent":"%s","tracestate":%s}' % (TRACE.encode(), state)
    assert "tracestate" not in dict(to_record(replace(rows[0], metadata=metadata)).headers)


def test_metadata__without_a_tracestate__has_the_bytes_that_it_had_before():
    told = Metadata(actor="an", correlation=UUID(int=1))
    assert told.model_dump_json() == (
        '{"actor":"an","roles":[],"correlation":"00000000-0000-0000-0000-000000000001",'
        '"causation":null,"traceparent":null,"source":""}'
    )


def test_k10_defaults__are_all_said():
    assert (PRODUCER["acks"], PRODUCER["enable_idempotence"]) == ("all", True)
    assert (CONSUMER["auto_offset_reset"], CONSUMER["enable_auto_commit"]) == ("earliest", False)
    assert PRODUCER["security_protocol"] == CONSUMER["security_protocol"] == "PLAINTEXT"


def test_k06_k07_consumers__join_no_group():
    assert CONSUMER["group_id"] is None


def test_k04_a_fetch__takes_the_largest_record():
    assert CONSUMER["max_partition_fetch_bytes"] > PRODUCER["max_request_size"] > PRODUCER["max_batch_size"]
