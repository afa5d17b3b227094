"""The page behind the links in a letter about a new time: the customer says whether it suits them."""

from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

from fastapi import APIRouter
from opentelemetry import trace
from starlette.requests import Request
from starlette.responses import HTMLResponse

from events.catalogue import CustomerAnswered, NotificationSent
from events.clock import Clock, derived_id
from events.decider import Actor
from events.keyring import Erased
from events.lookup import Lookup
from events.perform import Context, Performer
from events.postgres import Pool

from . import answer, delivery, form, registers, tables
from .answer import Answer, Said
from .delivery import TO_CUSTOMER
from .form import Mistake
from .language import phrases, spoken
from .links import PATHS, Links
from .pages import HEADERS
from .registers import Customer
from .watched import Watched
from .weighing import Deliveries
from .wording import answer_page

Answers = Performer[Said | None, Answer, CustomerAnswered]
CUSTOMER = Actor("customer")
PATH = PATHS["answer"] + "/{token}"
State = Literal["ask", "yes", "no", "early", "over", "expired", "forged"] | Mistake
STATUS: dict[State, int] = {
    "ask": 200,
    "yes": 200,
    "no": 200,
    "early": 503,
    "over": 409,
    "expired": 410,
    "forged": 404,
    "unclear": 422,
    "counter": 422,
    "words": 422,
}
ASKING: frozenset[State] = frozenset({"ask", "yes", "no", "unclear", "counter", "words"})
"""The states in which it can be answered, or answered otherwise."""
PENDING = frozenset({"undated", "dormant", "open", "waiting"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A letter as its link finds it."""

    state: State
    letter: NotificationSent | None = None
    message: UUID | None = None
    customer: Customer | None = None
    version: int = 0
    """Of what was answered so far."""


@dataclass(frozen=True, slots=True)
class Reception:
    """What answering needs."""

    pool: Pool
    clock: Clock
    links: Links
    deliveries: Deliveries
    answers: Answers
    lookup: Lookup

    async def look(self, token: str) -> Asked:
        """Return how a link stands."""
        opened = self.links.open("answer", token)
        if opened is None:
            return Asked("forged")
        _, course = await self.deliveries.state(delivery.stream(opened.message))
        letter = course.outcome
        if not isinstance(letter, NotificationSent) or letter.notice != TO_CUSTOMER:
            return Asked("early" if letter is None else "forged")
        customer = await registers.customer(self.pool, letter.case)
        version, said = await self.answers.state(answer.stream(opened.message))
        state: State = "ask" if said is None else "yes" if said.agreed else "no"
        if opened.until <= await self.clock.now():
            state = "expired"
        elif (customer is not None and customer.erased) or _is_over(
            letter, await tables.watched(self.pool, letter.commitment)
        ):
            state = "over"
        return Asked(state, letter, opened.message, customer, version)

    async def take(self, asked: Asked, body: bytes) -> State:
        """Record what a form says; return how it stands then."""
        letter, message = asked.letter, asked.message
        if letter is None or message is None or asked.state not in ASKING:
            return asked.state
        said = form.read(body, zone_of(asked), await self.clock.now())
        if not isinstance(said, Said):
            return said
        said = replace(said, customer=await registers.customer_of(self.pool, letter.case))
        print_ = self.lookup.fingerprint(repr(said).encode()).hex()
        context = Context(
            derived_id(message, "answered by link", asked.version, print_), CUSTOMER, correlation=message
        )
        command = Answer(letter.commitment, letter.case, letter.revision, said)
        try:
            await self.answers.perform(answer.stream(message), command, context)
        except Erased:  # nothing that they say is kept any more
            return "over"
        return "yes" if said.agreed else "no"

    async def shown(self, asked: Asked, state: State, *, prefers: str) -> HTMLResponse:
        """Return the page in the customer's language; `prefers` is which of the two links was followed."""
        language = spoken(asked.customer.language) if asked.customer else "en"
        due = asked.letter.due if asked.letter and state in ASKING else None
        said = phrases(language).wall_time(due, zone_of(asked)) if due else None
        headers = HEADERS | ({"Retry-After": "2"} if state == "early" else {})
        html = answer_page(language, state, said, asks=state in ASKING, zone=zone_of(asked), prefers=prefers)
        return HTMLResponse(html, STATUS[state], headers)


def zone_of(asked: Asked) -> str:
    """Return where the customer is, UTC where nobody knows."""
    return asked.customer.zone if asked.customer else "UTC"


def _is_over(letter: NotificationSent, known: Watched | None) -> bool:
    """Say whether the letter's news is old: it was moved again, or is not pending any more."""
    return known is not None and (known.revision > letter.revision or known.state not in PENDING)


def answer_pages(reception: Reception) -> APIRouter:
    """Return the routes; they need no bearer token."""
    router = APIRouter()

    @router.get(PATH, response_class=HTMLResponse)
    async def ask_the_customer(token: str, suits: str = "") -> HTMLResponse:
        """Ask whether the new time suits; whoever only looks, such as a mail scanner, answers nothing."""
        _hide()
        asked = await reception.look(token)
        return await reception.shown(asked, asked.state, prefers=suits)

    @router.post(PATH, response_class=HTMLResponse)
    async def answer_by_link(token: str, request: Request) -> HTMLResponse:
        """Take what the customer answers; the last answer counts."""
        _hide()
        asked = await reception.look(token)
        state = await reception.take(asked, await request.body())
        return await reception.shown(
            asked, state, prefers="no" if state in ("no", "counter", "words") else ""
        )

    return router


def _hide() -> None:
    """Keep the link, by which anybody could answer, out of the span."""
    trace.get_current_span().set_attribute("url.path", PATH)
