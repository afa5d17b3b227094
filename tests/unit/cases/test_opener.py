"""Cases asks the owner of a log for the words that it takes over, and waits where nobody answers."""

import json

import httpx
import pytest
from pydantic import SecretStr

from cases.opener import Opener
from events.catalogue import ContactReceived, CustomerAnswered, Event
from events.clock import new_id, new_secret
from events.errors import Unavailable, Undecodable
from events.keyring import DataKey
from events.recorded import Recorded
from events.sealing import Opening, Seal
from events.testing import EXAMPLES, recorded
from events.wire import decode_data, encode

WORDS = "Wo bleibt mein Paket?"
KEY = DataKey(new_id(), new_secret(32))
URLS = {"intake": "http://intake.example", "notifier": "http://notifier.example/"}


def sealed(event: Event, log: str) -> Recorded[Event]:
    """Return an event of another service, as it stands in its log."""
    found = recorded(event, "contact-1", 1, log=log)
    kind, schema, data = encode(event, Seal(KEY, found.id))
    return Recorded(decode_data(kind, schema, data), found.metadata, found.row)


def owner(asked: list[httpx.Request]) -> httpx.MockTransport:
    """Answer as the owners of the logs do."""

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        tokens = json.loads(request.content)["sealed"]
        opening = [
            Opening({KEY.id: KEY}, found.id)
            for found in RECORDED
            for each in tokens
            if each["event"] == str(found.id)
        ]
        return httpx.Response(
            200, json={"clear": [opening[0](each["field"], each["value"]) for each in tokens]}
        )

    return httpx.MockTransport(answer)


RECEIVED = EXAMPLES["ContactReceived"].model_copy(update={"words": WORDS})
ANSWERED = EXAMPLES["CustomerAnswered"].model_copy(update={"words": WORDS})
RECORDED = [sealed(RECEIVED, "contacts"), sealed(ANSWERED, "notifications")]


def opener(transport: httpx.MockTransport) -> Opener:
    return Opener(httpx.AsyncClient(transport=transport), URLS, SecretStr("token"))


@pytest.mark.parametrize("found", RECORDED, ids=["contact", "answer"])
async def test_opened__says_what_was_said(found):
    asked: list[httpx.Request] = []
    assert found.event.words != WORDS
    event = (await opener(owner(asked)).opened(found)).event
    assert isinstance(event, ContactReceived | CustomerAnswered)
    assert event.words == WORDS
    (request,) = asked
    host = "intake" if found.row.log == "contacts" else "notifier"
    assert str(request.url) == f"http://{host}.example/v1/openings"
    assert request.headers["authorization"] == "Bearer token"


@pytest.mark.parametrize(
    "event",
    [
        RECEIVED.model_copy(update={"opens": False}),
        ANSWERED.model_copy(update={"words": None}),
        EXAMPLES["ContactMade"],
        EXAMPLES["ReminderDue"],
    ],
    ids=["attached", "no words", "outbound", "a reminder"],
)
async def test_opened__asks_for_nothing_that_is_not_taken_over(event):
    asked: list[httpx.Request] = []
    found = sealed(event, "contacts")
    assert await opener(owner(asked)).opened(found) == found
    assert asked == []


async def test_opened__what_was_never_sealed_is_taken_as_it_is():
    asked: list[httpx.Request] = []
    clear = recorded(RECEIVED, "contact-1", 1, log="contacts")
    assert await opener(owner(asked)).opened(clear) == clear
    assert asked == []


@pytest.mark.parametrize(
    "answer", [httpx.Response(503), httpx.Response(200, json={}), httpx.Response(200, json={"clear": []})]
)
async def test_opened__without_an_answer_is_tried_again(answer):
    with pytest.raises(Unavailable, match="intake did not say what was said"):
        await opener(httpx.MockTransport(lambda _: answer)).opened(RECORDED[0])


async def test_opened__where_nobody_is_reached_is_tried_again():
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with pytest.raises(Unavailable, match="ConnectError"):
        await opener(httpx.MockTransport(refuse)).opened(RECORDED[0])


async def test_opened__what_its_service_cannot_open_is_parked_and_holds_nobody_up():
    answer = httpx.MockTransport(lambda _: httpx.Response(422))
    with pytest.raises(Undecodable, match="intake cannot open"):
        await opener(answer).opened(RECORDED[0])
