"""The pages behind the links in letters: open to whoever holds a link, and doing nothing until asked to."""

from dataclasses import dataclass

from fastapi import APIRouter
from opentelemetry import trace
from starlette.responses import HTMLResponse

from events.catalogue.notices import Language
from events.clock import Clock, derived_id
from events.decider import Actor
from events.perform import Context
from events.postgres import Pool

from . import recipient, tables
from .delivery import Acknowledge, stream
from .inquiry import Inquiry
from .language import phrases
from .links import PATHS, Links
from .recipient import Recipient
from .tables import Named
from .weighing import Deliveries, Recipients
from .wording import page

PATH = PATHS["acknowledge"] + "/{token}"
STATUS = {"ask": 200, "done": 200, "early": 503, "used": 409, "expired": 410, "forged": 404}
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


@dataclass(frozen=True, slots=True)
class Desk:
    """What answering links needs."""

    pool: Pool
    clock: Clock
    links: Links
    inquiry: Inquiry
    recipients: Recipients
    deliveries: Deliveries

    async def look(self, token: str) -> tuple[str, list[Named], Recipient]:
        """Return how a link stands, what its message named, and for whom."""
        opened = self.links.open("acknowledge", token)
        if opened is None:
            return "forged", [], Recipient()
        named = await tables.named_in(self.pool, opened.message)
        reached = await self._reached(named)
        if opened.until <= await self.clock.now():
            return "expired", named, reached
        if not named:
            return "early", named, reached
        return "used" if all(each.acknowledged_at for each in named) else "ask", named, reached

    async def _reached(self, named: list[Named]) -> Recipient:
        if not named:
            return Recipient()
        _, found = await self.recipients.state(recipient.stream(named[0].recipient))
        return found or Recipient()

    async def take_note(self, named: list[Named]) -> str:
        """Acknowledge what a message named; return whether that was new."""
        changed = False
        for each in named:
            command = Acknowledge(each.id, "link")
            context = Context(
                derived_id(each.id, "acknowledged by link"), Actor(each.recipient), correlation=each.id
            )
            performed = await self.deliveries.perform(stream(each.id), command, context)
            changed = changed or bool(performed.events)
        return "done" if changed else "used"

    def shown(self, state: str, named: list[Named], reached: Recipient) -> HTMLResponse:
        """Return the page that says how it stands, without a word that the letter did not have."""
        language: Language = reached.language
        link = due = None
        if len(named) == 1:
            link = self.inquiry.link(named[0].commitment)
            at = named[0].due
            due = phrases(language).wall_time(at, reached.zone or named[0].zone) if at else None
        headers = HEADERS | ({"Retry-After": "2"} if state == "early" else {})
        return HTMLResponse(page(language, state, link, due), STATUS[state], headers)


def pages(desk: Desk) -> APIRouter:
    """Return the routes; they need no bearer token."""
    router = APIRouter()

    @router.get(PATH, response_class=HTMLResponse)
    async def ask_to_acknowledge(token: str) -> HTMLResponse:
        """Ask whether a message was seen; whoever only looks, such as a mail scanner, changes nothing."""
        _hide()
        return desk.shown(*await desk.look(token))

    @router.post(PATH, response_class=HTMLResponse)
    async def acknowledge(token: str) -> HTMLResponse:
        """Take note that a message was seen."""
        _hide()
        state, named, reached = await desk.look(token)
        if state == "ask":
            state = await desk.take_note(named)
        return desk.shown(state, named, reached)

    return router


def _hide() -> None:
    """Keep the link, by which anybody could act, out of the span."""
    trace.get_current_span().set_attribute("url.path", PATH)
