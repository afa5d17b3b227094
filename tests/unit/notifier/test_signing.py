"""Our signatures are those of the specification, and of its reference package."""

import json
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook

from notifier.signing import is_genuine, signature, signed

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
AT = 1_614_265_330


@pytest.fixture(scope="module")
def vectors(data) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((data / "standard-webhooks-vectors.json").read_text())
    return loaded


def body_of(row: dict[str, Any]) -> bytes:
    text = row["body"]
    if text is None:
        part, times = row["body_repeat"]
        text = part * times
    return str(text).encode()


def test_signature__is_that_of_every_vector(vectors):
    rows = vectors["sign"]
    assert len(rows) == 6
    for row in rows:
        assert signature(row["secret"], row["id"], row["timestamp"], body_of(row)) == row["signature"]


def test_is_genuine__says_what_every_vector_says(vectors):
    rows = vectors["verify"]
    assert len(rows) == 14
    for row in rows:
        assert is_genuine(SECRET, row["headers"], row["body"].encode(), row["now"]) is row["accept"], row[
            "name"
        ]


@given(st.binary(min_size=24, max_size=64), st.uuids(), st.text(), st.integers(0, 2**32))
def test_signature__is_that_of_the_reference(key, message, body, timestamp):
    theirs = Webhook(key).sign(str(message), datetime.fromtimestamp(timestamp, UTC), body)
    ours = signature("whsec_" + b64encode(key).decode(), str(message), timestamp, body.encode())
    assert ours == theirs


@pytest.mark.parametrize(("shift", "genuine"), [(300, True), (-300, True), (301, False), (-301, False)])
def test_is_genuine__keeps_to_five_minutes(shift, genuine):
    headers = signed(SECRET, "msg", AT, b"{}")
    assert is_genuine(SECRET, headers, b"{}", AT + shift) is genuine


@pytest.mark.parametrize("timestamp", ["", "9" * 5000, "-1", "1e9", "٣", "1614265330 "])
def test_is_genuine__refuses_what_is_no_time(timestamp):
    headers = signed(SECRET, "msg", AT, b"{}") | {"webhook-timestamp": timestamp}
    assert not is_genuine(SECRET, headers, b"{}", AT)


def test_is_genuine__refuses_a_changed_byte():
    headers = signed(SECRET, "msg", AT, b'{"a": 1}')
    assert is_genuine(SECRET, headers, b'{"a": 1}', AT)
    assert not is_genuine(SECRET, headers, b'{"a": 2}', AT)
    assert not is_genuine(SECRET, headers | {"webhook-id": "other"}, b'{"a": 1}', AT)
