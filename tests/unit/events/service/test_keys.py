"""Idempotency keys: the published vectors, and the ids that follow."""

import json

import pytest

from events.decider import Actor
from events.service.keys import command_id, read_key
from events.service.problems import Problem

BARE = {"bare token", "integer"}
"""Taken by choice: many clients send the key without quotes."""
TOO_LONG = {"long string"}
"""A string by its syntax, but longer than a key may be."""


def status(lines: list[str]) -> int:
    """Return how a request with these lines fares: 200 or the problem's status."""
    try:
        return 200 if read_key(lines) is not None else 0
    except Problem as problem:
        return problem.status


def test_read_key__agrees_with_the_vectors(data):
    vectors = json.loads((data / "idempotency-key-vectors.json").read_text())["key_syntax"]
    assert len(vectors) > 10
    for vector in vectors:
        valid = vector["valid"] and vector["name"] not in TOO_LONG
        expected = 200 if valid or vector["name"] in BARE else 400
        assert status(vector["header_lines"]) == expected, vector["name"]


def test_read_key__is_the_same_bare_and_quoted():
    assert read_key(["abc-1"]) == read_key(['"abc-1"']) == read_key([' "abc-1";p=1 ']) == "abc-1"
    assert read_key(['"a \\"b\\" \\\\"']) == 'a "b" \\'
    assert read_key([]) is None


@pytest.mark.parametrize(
    "lines", [["a", "b"], ["x" * 256], ['"' + "x" * 256 + '"'], ["a\x01"], ["é"], ["a b"]]
)
def test_read_key__refuses(lines):
    with pytest.raises(Problem):
        read_key(lines)


def test_read_key__takes_the_longest():
    assert read_key(["x" * 255]) == "x" * 255


def test_command_id__follows_from_caller_method_path_and_key():
    mai, ana = Actor("mai"), Actor("ana")
    known = command_id(mai, "POST", "/v1/contacts", "k")
    others = {
        command_id(ana, "POST", "/v1/contacts", "k"),
        command_id(mai, "PATCH", "/v1/contacts", "k"),
        command_id(mai, "POST", "/v1/cases", "k"),
        command_id(mai, "POST", "/v1/contacts", "l"),
        command_id(mai, "POST", "/v1/contacts", None),
        command_id(mai, "POST", "/v1/contacts", None),
    }
    assert known == command_id(mai, "POST", "/v1/contacts", "k")
    assert known not in others
    assert len(others) == 6
