"""The three desks: their hours, their people, and the policies that their promises are made under."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

START = datetime(2026, 1, 5, 6, tzinfo=UTC)
WEEK = ("mon", "tue", "wed", "thu", "fri")


@dataclass(frozen=True, slots=True)
class Desk:
    """One team, its zone, and its people: two who promise, and who leads them."""

    name: str
    zone: str
    people: tuple[str, str]
    lead: str

    @property
    def staff(self) -> tuple[str, ...]:
        return (*self.people, self.lead)


DESKS = (
    Desk("berlin", "Europe/Berlin", ("ada", "bert"), "clara"),
    Desk("saigon", "Asia/Ho_Chi_Minh", ("linh", "minh"), "ngoc"),
    Desk("newyork", "America/New_York", ("nora", "otis"), "pearl"),
)
BOT = "bot"
ROLES: dict[str, tuple[str, ...]] = {
    **{name: ("agent",) for desk in DESKS for name in desk.people},
    **{desk.lead: ("agent", "lead") for desk in DESKS},
    BOT: ("system",),
}
UNREACHED = frozenset({"otis", "minh"})
"""Who has no address: what is for them goes further up."""


def _night() -> dict[str, Any]:
    """Hours from the evening through midnight, Monday's first, with a rest in the small hours."""
    begins = {day: [["21:00", "01:00"]] for day in WEEK}
    goes_on = {day: [["02:00", "06:00"]] for day in ("tue", "wed", "thu", "fri", "sat")}
    return {day: goes_on.get(day, []) + begins.get(day, []) for day in (*WEEK, "sat")}


def calendars(version: int) -> dict[str, dict[str, Any]]:
    """Return the hours of each desk; each version has another day off."""
    day = f"{2026 + version}-06-15"
    office = {name: [["08:30", "12:15"], ["13:00", "17:30"]] for name in WEEK}
    shop = {name: [["08:00", "12:00"], ["13:30", "17:30"]] for name in WEEK} | {"sat": [["08:00", "12:00"]]}
    return {
        "berlin": {"zone": "Europe/Berlin", "weekly": office, "country": "DE", "holidays": {day: "Outing"}},
        "saigon": {"zone": "Asia/Ho_Chi_Minh", "weekly": shop, "country": "VN", "holidays": {day: "Outing"}},
        "newyork": {"zone": "America/New_York", "weekly": _night(), "holidays": {day: "Outing"}},
    }


def _business(hours: int) -> dict[str, Any]:
    return {"within": {"unit": "business", "lasts": f"PT{hours}H"}}


def policies(version: int) -> dict[str, dict[str, Any]]:
    """Return what each desk promises by itself; each version answers an hour later."""
    berlin = {
        "response": _business(4 + version % 3),
        "outcome": {
            "within": {"unit": "business_days", "count": 3},
            "buffer": {"unit": "business_days", "count": 1},
        },
        "announced": True,
        "ladder": [
            {"lead": "PT3H", "unit": "business"},
            {"lead": "PT1H", "role": "team"},
            {"lead": "PT20M", "role": "lead"},
        ],
        "quiet": {"begins": "20:00", "ends": "07:00"},
        "attempt_keeps": "never",
        "told_of_lapse": ["owner", "lead", "manager"],
        "digest": "PT10M",
        "review": "P2D",
    }
    saigon = {
        "response": _business(8 + version % 3),
        "outcome": {"within": {"unit": "months", "count": 1}},
        "ladder": [{"share": 0.5}, {"share": 0.8, "role": "lead"}],
        "short_notice": "skip",
        "quiet": {"begins": "21:00", "ends": "07:00"},
        "attempt_keeps": 2,
        "ack_timeout": "PT2H",
        "pauses": ["customer", "third_party"],
        "owner_by": "PT2H",
    }
    newyork = {
        "response": _business(6 + version % 3),
        "outcome": {"within": {"unit": "real", "lasts": "P5D"}},
        "ladder": [
            {"lead": "P1D"},
            {"lead": "PT4H", "role": "team"},
            {"lead": "PT1H", "role": "lead"},
            {"lead": "PT15M", "role": "manager"},
        ],
        "quiet": "none",
        "attempt_keeps": "message_left",
        "ack_timeout": "PT30M",
        "pauses": ["customer", "appointment"],
        "review": "PT12H",
        "owner_by": "P1D",
    }
    says = {"berlin": berlin, "saigon": saigon, "newyork": newyork}
    return {name: {"calendar": name, "says": said} for name, said in says.items()}
