"""Our signatures are those of the specification, and of its reference package."""

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from events.testing import NOW
from notifier.signing import Keys, is_genuine, signature, signed

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER, THIRD = "whsec_" + "b3RoZXJz" * 4, "whsec_" + "dGhpcmQh" * 4
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
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
        assert is_genuine([SECRET], row["headers"], row["body"].encode(), row["now"]) is row["accept"], row[
            "name"
        ]


@given(st.binary(min_size=24, max_size=64), st.uuids(), st.text(), st.integers(0, 2**32))
def test_signature__is_that_of_the_reference(key, message, body, timestamp):
    theirs = Webhook(key).sign(str(message), datetime.fromtimestamp(timestamp, UTC), body)
    ours = signature("whsec_" + b64encode(key).decode(), str(message), timestamp, body.encode())
    assert ours == theirs


@pytest.mark.parametrize(("shift", "genuine"), [(300, True), (-300, True), (301, False), (-301, False)])
def test_is_genuine__keeps_to_five_minutes(shift, genuine):
    headers = signed([SECRET], "msg", AT, b"{}")
    assert is_genuine([SECRET], headers, b"{}", AT + shift) is genuine


@pytest.mark.parametrize("timestamp", ["", "9" * 5000, "-1", "1e9", "٣", "1614265330 "])
def test_is_genuine__refuses_what_is_no_time(timestamp):
    headers = signed([SECRET], "msg", AT, b"{}") | {"webhook-timestamp": timestamp}
    assert not is_genuine([SECRET], headers, b"{}", AT)


def test_is_genuine__refuses_a_changed_byte():
    headers = signed([SECRET], "msg", AT, b'{"a": 1}')
    assert is_genuine([SECRET], headers, b'{"a": 1}', AT)
    assert not is_genuine([SECRET], headers, b'{"a": 2}', AT)
    assert not is_genuine([SECRET], headers | {"webhook-id": "other"}, b'{"a": 1}', AT)


def test_signed__by_several__is_genuine_to_each_who_has_one_of_them():
    body = b'{"a": 1}'
    headers = signed([OTHER, SECRET], "msg", int(datetime.now(UTC).timestamp()), body)  # noqa: TID251 - theirs asks too
    for secret in (OTHER, SECRET):
        assert Webhook(secret).verify(body, headers) == {"a": 1}
    with pytest.raises(WebhookVerificationError):
        Webhook(THIRD).verify(body, headers)


@pytest.mark.parametrize(
    ("ours", "theirs", "genuine"),
    [
        ([OTHER, SECRET], [SECRET], True),
        ([SECRET], [OTHER, SECRET], True),
        ([OTHER, THIRD], [SECRET], False),
        ([], [SECRET], False),
        ([SECRET], [], False),
    ],
)
def test_is_genuine__by_any_of_our_secrets(ours, theirs, genuine):
    assert is_genuine(ours, signed(theirs, "msg", AT, b"{}"), b"{}", AT) is genuine


def test_every_vector__verifies_beside_another_secret(vectors):
    for row in vectors["verify"]:
        told = (row["headers"], row["body"].encode(), row["now"])
        assert is_genuine([OTHER, SECRET], *told) is row["accept"]
        assert not is_genuine([OTHER], *told)


def test_keys__the_one_before_signs_until_the_overlap_is_over():
    keys = Keys(SECRET).replaced(OTHER, HOUR, NOW)
    assert keys.at(NOW) == keys.at(NOW + HOUR - SECOND) == (OTHER, SECRET)
    assert keys.at(NOW + HOUR) == (OTHER,)
    assert keys.replaced(THIRD, HOUR, NOW).at(NOW) == (THIRD, OTHER)
    assert keys.replaced(OTHER, 2 * HOUR, NOW) == keys
    assert keys.replaced(THIRD, 0 * HOUR, NOW).at(NOW) == (THIRD,)
    assert keys.replaced(None, HOUR, NOW).secret is None
    assert Keys().replaced(SECRET, HOUR, NOW).at(NOW) == (SECRET,)
    assert SECRET not in repr(keys)
