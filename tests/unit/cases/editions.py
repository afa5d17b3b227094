"""A policy in three editions, and a case opened under them."""

from cases.book import Book
from cases.case import decider
from cases.policy import DEFAULT, Policy
from cases.setting import Setting
from events.catalogue.policies import Aim
from events.catalogue.terms import Rung, Span
from events.testing import given

from .scene import BERLIN, HOUR, after, opening


def says(number: int, **updates: object) -> Policy:
    aims = {"response": Aim(within=Span(lasts=8 * HOUR)), "outcome": Aim(within=Span(lasts=20 * HOUR))}
    return Policy(f"p@{number}", DEFAULT.says.model_copy(update={**aims, **updates}))


LEADS = (Rung(lead=9.5 * HOUR), Rung(lead=9 * HOUR), Rung(lead=HOUR, unit="business", role="lead"))
NEWER = says(
    2, response=Aim(within=Span(lasts=9 * HOUR)), outcome=Aim(within=Span(lasts=30 * HOUR)), ladder=LEADS
)
SILENT = says(3, response=None, outcome=None)
BOOK = Book({"c@1": BERLIN, "c@2": BERLIN}, {each.ref: each for each in (says(1), NEWER, SILENT)})
STARTED = after(given(decider(BOOK)), opening())
PINNED = Setting(policy="p@1", calendar="c@1", zone="Europe/Berlin")
BOTH_NEWER = Setting(policy="p@2", calendar="c@2", zone="Europe/Berlin")
