"""Bodies: strict JSON, one canonical form, and models without coercion."""

import json
from contextlib import suppress
from hashlib import sha256
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.fields import Body, Instant, Lead, Text
from events.lookup import Lookup
from events.service.bodies import DEEPEST, canonical, fingerprint, fit, parse
from events.service.problems import Problem
from events.testing import an_id

LOOKUP = Lookup(b"lookup")
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
STORABLE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
JSON = st.recursive(
    SCALARS | STORABLE, lambda inner: st.lists(inner) | st.dictionaries(STORABLE, inner), max_leaves=10
)


class Promise(Body):
    """A body like many."""

    case: UUID
    words: Text
    due: Instant
    lead: Lead | None = None
    times: int = 1


GOOD = {"words": "soon", "due": "2026-03-01T17:00:00+07:00"}


def refused(raw: bytes) -> Problem:
    with pytest.raises(Problem) as caught:
        parse(raw)
    return caught.value


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b"[]",
        b'"text"',
        b"1",
        b"\xef\xbb\xbf{}",
        '{"a": 1}'.encode("utf-16"),
        b'{"a": "\xff"}',
        b'{"a": "\x00"}',
        b'{"a": ' + b"9" * 5000 + b"}",
        b'{"a": ' + b"[" * 500 + b"]" * 500 + b"}",
        b'{"a": ' + b"[" * 100_000,
        b'{"a": 1} {"b": 2}',
        b"{'a': 1}",
        b'{"a": 1,}',
    ],
)
def test_parse__refuses_what_is_not_plain_json(raw):
    assert refused(raw).status == 400


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        (b'{"a": 1, "a": 2}', "a"),
        (b'{"b": {"a": 1, "a": 1}}', "a"),
        (b'{"a": NaN}', "a"),
        (b'{"a": [1, -Infinity]}', "a.1"),
        (b'{"a": {"b": 1e999}}', "a.b"),
        (b'{"a": "\\u0000"}', "a"),
        (b'{"a": "x\\ud800y"}', "a"),
        (b'{"a": ["ok", "\\udc00\\ud800"]}', "a.1"),
        (b'{"\\ud800": 1}', "\\ud800"),
    ],
)
def test_parse__refuses_what_cannot_be_kept_and_names_the_field(raw, field):
    problem = refused(raw)
    assert problem.status == 422
    assert [error["field"] for error in problem.members["errors"]] == [field]


def test_parse__takes_an_empty_body_as_an_empty_object():
    assert parse(b"") == {}


def test_parse__takes_nesting_up_to_the_bound_and_brackets_in_text():
    deepest = b'{"a": ' + b"[" * (DEEPEST - 1) + b"]" * (DEEPEST - 1) + b"}"
    assert parse(deepest)
    assert parse(b'{"a": "' + b"[" * 500 + b'\\"["}')
    assert refused(b'{"a": ' + b"[" * DEEPEST + b"]" * DEEPEST + b"}").status == 400


@settings(max_examples=25)  # each is a tree of values, slow to draw
@given(st.dictionaries(STORABLE, JSON))
def test_parse__takes_what_json_says(data):
    assert parse(json.dumps(data).encode()) == data
    assert parse(canonical(data)) == data


@given(st.binary(max_size=200))
def test_parse__answers_any_bytes(raw):
    with suppress(Problem):
        parse(raw)


def test_naughty_strings__are_taken_or_refused_never_an_error(data):
    for text in json.loads((data / "naughty-strings.json").read_text())["strings"]:
        with suppress(Problem):
            body = parse(json.dumps({**GOOD, "words": text}).encode())
            assert fit(Promise, body, {"case": str(an_id("case"))}).words == text


def test_fingerprint__is_of_what_is_said_not_of_how():
    one = parse(b'{"a": 1, "b": ["\\u00e9", true]}')
    other = parse('{ "b":["é",true],\n"a":1}'.encode())
    assert fingerprint(one, LOOKUP) == fingerprint(other, LOOKUP)
    real = parse(b'{"a": 1.0, "b": ["\\u00e9", true]}')
    assert fingerprint(real, LOOKUP) != fingerprint(one, LOOKUP)
    bare = sha256(canonical(one)).digest()
    assert fingerprint(one, LOOKUP) not in {fingerprint(one, Lookup(b"other")), bare}


def test_fit__fills_names_from_the_path():
    promise = fit(Promise, GOOD, {"case": str(an_id("case"))})
    assert promise.case == an_id("case")


@pytest.mark.parametrize(
    ("more", "path", "field"),
    [
        ({"case": str(an_id("case"))}, {"case": str(an_id("case"))}, "case"),
        ({}, {"case": "not-an-id"}, "case"),
        ({}, {}, "case"),
        ({"times": "2"}, {"case": str(an_id("case"))}, "times"),
        ({"times": True}, {"case": str(an_id("case"))}, "times"),
        ({"times": 1.5}, {"case": str(an_id("case"))}, "times"),
        ({"due": 1771234567}, {"case": str(an_id("case"))}, "due"),
        ({"due": "1771234567"}, {"case": str(an_id("case"))}, "due"),
        ({"due": "0001-01-01T00:00:00+14:00"}, {"case": str(an_id("case"))}, "due"),
        ({"due": "9999-12-31T23:59:59-12:00"}, {"case": str(an_id("case"))}, "due"),
        ({"due": "2026-12-31T23:59:60Z"}, {"case": str(an_id("case"))}, "due"),
        ({"lead": "P999999999D"}, {"case": str(an_id("case"))}, "lead"),
        ({"lead": "-P1D"}, {"case": str(an_id("case"))}, "lead"),
        ({"lead": False}, {"case": str(an_id("case"))}, "lead"),
        ({"lead": 3600}, {"case": str(an_id("case"))}, "lead"),
        ({"status": "kept"}, {"case": str(an_id("case"))}, "status"),
    ],
)
def test_fit__refuses_and_names_the_field(more, path, field):
    with pytest.raises(Problem) as caught:
        fit(Promise, {**GOOD, **more}, path)
    assert caught.value.status == 422
    assert [error["field"] for error in caught.value.members["errors"]] == [field]


def test_fit__never_says_what_was_sent():
    secret = "canary-4711"
    with pytest.raises(Problem) as caught:
        fit(Promise, {**GOOD, "times": secret, secret: 1}, {"case": str(an_id("case"))})
    reasons = [error["reason"] for error in caught.value.members["errors"]]
    assert secret not in " ".join(reasons)
