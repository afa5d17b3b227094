"""What is personal is sealed in an event's bytes, and opens with its own key in its own place only."""

from dataclasses import replace
from typing import Any

import pytest
from pydantic import BaseModel

from events.catalogue import TYPES, ContactReceived, Event
from events.catalogue.personal import personal_fields, says_personal
from events.catalogue.terms import Condition, Evidence, Span
from events.clock import derived_id, new_id, new_secret
from events.errors import Undecodable
from events.keyring import ERASED, DataKey
from events.sealing import MARK, NO_KEYS, Opening, Seal, key_id, key_ids
from events.testing import EXAMPLES
from events.wire import decode_data, encode

CANARY = "Lý Thường Kiệt, canary"
EVENT = derived_id("event")
KEY = DataKey(new_id(), new_secret(32))
PERSONAL = {name: EXAMPLES[name] for name, cls in TYPES.items() if personal_fields(cls) != ((), ())}


def filled(said: Any) -> Any:
    """Put the canary into each personal field, also into those that the example leaves out."""
    if isinstance(said, tuple):
        return tuple(map(filled, said))
    if not isinstance(said, BaseModel):
        return said
    marked, parts = personal_fields(type(said))
    whole = {name: filled(getattr(said, name)) for name in parts} | dict.fromkeys(marked, CANARY)
    if "condition" in parts:
        whole["condition"] = Condition(words=CANARY, then=Span(days=1))
    return said.model_copy(update=whole)


def token(data: bytes) -> str:
    return str(ContactReceived.model_validate_json(data).words)


@pytest.mark.parametrize("event", PERSONAL.values(), ids=PERSONAL.keys())
def test_seal__each_personal_field_of_each_event_is_sealed_and_comes_back(event: Event):
    said: Event = filled(event)
    marks = said.model_dump_json().count(CANARY)
    assert marks >= len(personal_fields(type(said))[0])
    kind, schema, data = encode(said, Seal(KEY, EVENT))
    assert not any(word.encode() in data for word in CANARY.replace(",", "").split())
    assert data.count(MARK.encode()) == marks
    assert key_ids(data) == {KEY.id}
    assert decode_data(kind, schema, data, Opening({KEY.id: KEY}, EVENT)) == said


@pytest.mark.parametrize("name", sorted(EXAMPLES.keys() - PERSONAL.keys()))
def test_seal__what_is_not_personal_stands_as_before(name: str):
    event = EXAMPLES[name]
    assert not says_personal(event)
    assert encode(event, Seal(KEY, EVENT)) == encode(event)


def test_says_personal__looks_into_parts_and_past_what_is_left_out():
    kept, answered = EXAMPLES["CommitmentKept"], EXAMPLES["CustomerAnswered"]
    bare = {"evidence": Evidence(contact=new_id())}
    assert not says_personal(kept.model_copy(update=bare))
    assert says_personal(kept.model_copy(update={"evidence": Evidence(words=CANARY)}))
    assert not says_personal(answered.model_copy(update={"words": None}))
    assert says_personal((answered.model_copy(update={"words": CANARY}),))


@pytest.mark.parametrize("event", PERSONAL.values(), ids=PERSONAL.keys())
def test_open__a_destroyed_key_leaves_a_constant(event: Event):
    kind, schema, data = encode(filled(event), Seal(KEY, EVENT))
    read = decode_data(kind, schema, data, Opening({KEY.id: None}, EVENT))
    assert read.model_dump_json().count(ERASED) == data.count(MARK.encode())
    assert CANARY not in read.model_dump_json()


SAID = EXAMPLES["ContactReceived"].model_copy(update={"words": CANARY})


def test_open__a_key_that_is_not_given_leaves_the_token():
    kind, schema, data = encode(SAID, Seal(KEY, EVENT))
    read = decode_data(kind, schema, data, Opening({new_id(): KEY}, EVENT))
    assert token(data) == decode_data(kind, schema, data).model_dump()["words"] == read.model_dump()["words"]
    assert key_id(token(data)) == KEY.id


def test_open__data_from_before_there_were_tokens_are_clear():
    kind, schema, data = encode(SAID)
    assert key_ids(data) == set()
    assert decode_data(kind, schema, data, Opening({KEY.id: KEY}, EVENT)) == SAID


def test_open__words_that_look_like_a_token_come_back_as_they_were_said():
    said = SAID.model_copy(update={"words": token(encode(SAID, Seal(KEY, EVENT))[2])})
    kind, schema, data = encode(said, Seal(KEY, EVENT))
    assert decode_data(kind, schema, data, Opening({KEY.id: KEY}, EVENT)) == said


def test_open__in_another_event_field_or_by_another_key_or_changed__is_refused():
    sealed = Seal(KEY, EVENT)("words", CANARY)
    right = Opening({KEY.id: KEY}, EVENT)
    assert right("words", sealed) == CANARY
    with pytest.raises(Undecodable, match="reference: the token was changed, or sealed for something else"):
        right("reference", sealed)
    with pytest.raises(Undecodable, match="words"):
        Opening({KEY.id: KEY}, new_id())("words", sealed)
    with pytest.raises(Undecodable, match="words"):
        Opening({KEY.id: replace(KEY, secret=new_secret(32))}, EVENT)("words", sealed)
    for place in range(len(MARK) + 37, len(sealed), 7):
        other = "A" if sealed[place] != "A" else "B"
        with pytest.raises(Undecodable):
            right("words", sealed[:place] + other + sealed[place + 1 :])
    with pytest.raises(Undecodable, match="a damaged token"):
        right("words", sealed + "!")


def test_decode__a_changed_byte_is_an_event_that_cannot_be_read():
    kind, schema, data = encode(SAID, Seal(KEY, EVENT))
    changed = data.replace(token(data)[-6:].encode(), b"AAAAAA")
    with pytest.raises(Undecodable):
        decode_data(kind, schema, changed, Opening({KEY.id: KEY}, EVENT))
    assert decode_data(kind, schema, changed, Opening(NO_KEYS, EVENT)) != SAID


def test_seal__the_same_words_look_different_each_time():
    seal = Seal(KEY, EVENT)
    assert seal("words", CANARY) != seal("words", CANARY)
