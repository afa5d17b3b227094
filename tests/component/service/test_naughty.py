"""Strings that break things, in every free text: back byte for byte, or refused by the field's name."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path as File
from typing import Any

import httpx
import pytest
from pydantic import BaseModel

from cases import api as cases_api
from cases.examples import EXAMPLES
from events.clock import new_id
from events.sealed import decoded
from events.service.bodies import fit, parse
from events.service.problems import Problem
from intake.api import EXAMPLE_CONTACT, EXAMPLE_CUSTOMER
from intake.contact import NewContact
from intake.customer import ChangeCustomer, NewCustomer
from tests.component.cases.conftest import cases as cases
from tests.component.cases.desk import Desk

from .texts import Path, found, free_texts, leaves, put

SENT: dict[type[BaseModel], dict[str, Any]] = {
    NewCustomer: EXAMPLE_CUSTOMER,
    ChangeCustomer: {"zone": "UTC"},
    NewContact: EXAMPLE_CONTACT,
    **{body: EXAMPLES[body] for body, *_ in cases_api.MAKES},
    **{body: EXAMPLES[body] for body, _ in cases_api.CHANGES},
}
"""Every body of a command of intake and cases, and one that works."""
PLACES = [
    (body, at)
    for body in SENT
    for at in dict.fromkeys(free_texts(body.model_json_schema()))
    if at[-1] != "zone"  # the name of a zone is none of ours to choose
]
NAMED = {"case": str(new_id()), "commitment": str(new_id()), "customer": str(new_id())}
MORE: dict[tuple[str, Path], dict[str, Any]] = {
    ("NewExpectation", ("condition", "words")): {"condition": {"then": {"within": "PT1H"}}},
    ("NewFollowUp", ("condition", "words")): {"condition": {"then": {"within": "PT1H"}}},
    ("KeepCommitment", ("moves", 0, "reason")): {
        "moves": [{"commitment": str(new_id()), "due": {"within": "PT1H"}}]
    },
    ("CloseCase", ("commitments", 0, "words")): {
        "commitments": [{"end": "withdrawn", "commitment": str(new_id()), "reason": "duplicate"}]
    },
}
"""What a place needs around it."""


def strings(data: File) -> list[str]:
    read = json.loads((data / "naughty-strings.json").read_text())["strings"]
    assert len(read) == 515
    return list(dict.fromkeys(map(str, read)))


@pytest.mark.parametrize(("body", "at"), PLACES, ids=lambda each: getattr(each, "__name__", None))
def test_body__takes_each_string_whole_or_names_the_field(data, body, at):
    path = {name: value for name, value in NAMED.items() if name in body.model_fields}
    given = {name: value for name, value in SENT[body].items() if name != "due" or at[0] != "condition"}
    given |= MORE.get((body.__name__, at), {})
    path = {name: value for name, value in path.items() if name not in given}
    taken, wrong = 0, {}
    for text in strings(data):
        try:
            read = fit(body, parse(json.dumps(put(given, at, text)).encode()), path)
            assert found(read, at) == text
            taken += 1
        except Problem as problem:
            if (problem.status, at[-1] in named(problem.members["errors"])) != (422, True):
                wrong[text] = str(problem)
    assert wrong == {}
    assert taken > 450


def named(errors: list[dict[str, str]]) -> set[str | int]:
    """Return the last names of the fields that a refusal names."""
    return {error["field"].rpartition(".")[2] for error in errors}


WORDS = "Said."
"""What is said where a naughty string was refused."""


class Teller:
    """Says one string wherever it can be said of one case, and counts how often it was taken."""

    def __init__(self, desk: Desk, customer: str, number: int, text: str) -> None:
        self._desk, self._customer, self._text = desk, customer, text
        self._own = f"n-{number}"
        token = desk.site.keys.token("agent", ("agent", "lead", "system"))
        self._headers = {"Authorization": f"Bearer {token}"}
        self.taken = 0

    async def post(self, path: str, body: dict[str, Any], *places: Path, otherwise: str = WORDS) -> Any:
        """Say it in these places; where a place is refused by its name, say something else there."""
        url, texts = self._desk.running["cases"].url + path, dict.fromkeys(places, self._text)
        while True:
            sent = body
            for at, text in texts.items():
                sent = put(sent, at, text)
            answer = await self._sent(url, sent)
            if answer.status_code != 422:
                break
            fields = named(answer.json()["errors"])
            refused = [at for at, text in texts.items() if text == self._text and at[-1] in fields]
            assert refused, (path, self._text, answer.text)
            texts |= dict.fromkeys(refused, otherwise)
        assert answer.is_success, (path, self._text, answer.text)
        self.taken += sum(text == self._text for text in texts.values())
        return answer.json()

    async def _sent(self, url: str, body: dict[str, Any]) -> httpx.Response:
        key = str(new_id())
        while True:
            headers = {**self._headers, "Idempotency-Key": key}
            answer = await self._desk.client.post(url, json=body, headers=headers)
            if answer.status_code != 503:
                return answer

    async def tell(self) -> None:
        """Say it throughout the life of a case."""
        opened = {"customer": self._customer, "source": "naughty"}
        case = await self.post("/v1/cases", opened, ("subject",), ("reference",), otherwise=self._own)
        at, due, proof = f"/v1/cases/{case['id']}", {"within": "PT8H"}, {"contact": str(new_id())}
        ids = [
            (await self.post(f"{at}/{way}", {"due": due}, ("words",)))["id"]
            for way in ("follow-ups", *["expectations"] * 4)
        ]
        said = {"condition": {"then": {"within": "PT1H"}}, "words": "It comes."}
        await self.post(f"{at}/expectations", said, ("condition", "words"))
        a, b, c, d, e = (f"{at}/commitments/{each}" for each in ids)
        evidence = (("evidence", "record"), ("evidence", "words"))
        await self.post(f"{a}/reschedule", {"due": {"within": "PT9H"}}, ("reason",))
        await self.post(f"{a}/hand-over", {"owner": "other"}, ("words",))
        await self.post(f"{b}/refusal", proof, ("words",))
        await self.post(f"{b}/release", proof, ("words",))
        await self.post(f"{c}/withdraw", {"reason": "duplicate"}, ("words",))
        await self.post(f"{d}/keep", {}, *evidence)
        await self.post(f"{e}/keep", {"evidence": {"words": "x"}})
        await self.post(f"{at}/waits", {"kind": "third_party", "next_contact": ids[0]}, ("reason",))
        await self.post(f"{at}/waits/ending", {"kind": "third_party"})
        await self.post(f"{at}/resolution", {}, ("words",))
        await self.post(f"{at}/resolution/rejection", {}, ("words",))
        await self.post(f"{at}/resolution", {"words": "Now."})
        await self.post(f"{at}/resolution/confirmation", {}, ("words",))
        history = await self._desk.get(f"{at}/history?limit=200")
        assert sum(leaf == self._text for leaf in leaves(history.json())) >= self.taken, self._text


async def many(works: list[Callable[[], Awaitable[None]]], at_once: int = 16) -> None:
    room = asyncio.Semaphore(at_once)

    async def one(work: Callable[[], Awaitable[None]]) -> None:
        async with room:
            await work()

    await asyncio.gather(*map(one, works))


STEPS = pytest.mark.parametrize("step", [130, pytest.param(1, marks=pytest.mark.accept)])


@STEPS
async def test_naughty_strings__come_back_byte_for_byte(cases, data, step):
    """Of cases: what was taken is in the history as often as it was taken."""
    await cases.put("/v1/owners/other", {"zone": "UTC"}, if_match="*")
    customer, after = await cases.customer()
    opened = {"customer": customer, "subject": "?"}
    async with asyncio.timeout(120):  # a thousand contacts of the other test may have to be read before
        while (answer := await cases.post("/v1/cases", opened, kept_after=after, prefer="wait=10")).is_error:
            assert answer.json()["type"].endswith("/not-yet"), answer.text
    told = [Teller(cases, customer, *each) for each in list(enumerate(strings(data)))[::step]]
    await many([each.tell for each in told])
    assert sum(each.taken > 10 for each in told) > 0.7 * len(told)


@STEPS
async def test_naughty_contacts__come_back_byte_for_byte(cases, data, step):
    """Of intake: each string as words and as reference, in batches; what is refused names its field."""
    customer, _ = await cases.customer()
    given = {"customer": customer, "channel": "call", "source": new_id().hex}
    texts = strings(data)[::step]
    for at in (("words",), ("reference",)):
        items = [{**given, "words": "x", "reference": new_id().hex, at[0]: text} for text in texts]
        answer = await cases.post("/v1/contacts:batch", {"items": items[:512]}, service="intake")
        answers = answer.json()["items"]
        taken = {text: each for text, each in zip(texts, answers, strict=False) if each["status"] == 201}
        assert len(taken) > 0.7 * len(texts)
        for each in answers:
            assert each["status"] == 201 or {error["field"] for error in each["errors"]} == {at[0]}
        rows = await cases.running["intake"].parts.log.tail(0, 10_000, kind="ContactReceived")
        read = await decoded(rows, cases.running["intake"].parts.keyring)
        stored = {each.stream: getattr(each.event, at[0]) for each in read}
        assert {f"contact-{each['id']}": text for text, each in taken.items()}.items() <= stored.items()
