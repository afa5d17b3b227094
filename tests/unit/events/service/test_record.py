"""Kept answers: byte for byte, with place and version."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.clock import machine_time
from events.log import Appended
from events.service.problems import Problem
from events.service.record import Answered, answered, decode, replay
from events.testing import NOW, an_id


@given(st.integers(200, 299), st.integers(0), st.sampled_from(["", "/v1/cases/x"]), st.binary())
def test_answer__is_kept_byte_for_byte(status, version, location, body):
    answer = Answered(status, version, location, body)
    assert decode(answer.encode()) == answer


def test_answer__says_ids_and_times_as_json_does():
    made = answered(201, 3, "/v1/cases/7", {"id": an_id("c"), "due": NOW})
    assert made.body == f'{{"id":"{an_id("c")}","due":"2026-03-02T09:00:00Z"}}'.encode()


def test_replay__is_the_first_answer_at_its_position():
    kept = answered(201, 2, "/v1/cases/7", {"id": "7"}).encode()
    first = replay(Appended(4, 3, machine_time(), b"f", kept, repeat=True), b"f", "cases")
    assert (first.status_code, bytes(first.body)) == (201, b'{"id":"7"}')
    headers = {name: first.headers[name] for name in ("kept-position", "etag", "location")}
    assert headers == {"kept-position": "cases@6", "etag": '"2"', "location": "/v1/cases/7"}


def test_replay__of_another_body_is_refused():
    with pytest.raises(Problem) as caught:
        replay(Appended(4, 3, machine_time(), b"f", b"200 1 \n{}", repeat=True), b"g", "cases")
    assert (caught.value.status, caught.value.slug) == (422, "key-reused")
