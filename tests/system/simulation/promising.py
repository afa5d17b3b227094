"""Promises of every kind, drawn by chance."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from .desks import DESKS
from .world import Call, Form, Promise, Scene

Body = dict[str, Any]
FOLLOW_UPS, EXPECTATIONS = "follow-ups", "expectations"
ZONES = tuple(desk.zone for desk in DESKS)


def promise(scene: Scene) -> Call:
    """Draw a promise in this case."""
    chance, desk = scene.chance, scene.case.desk
    path = chance.one_of((FOLLOW_UPS, FOLLOW_UPS, EXPECTATIONS))
    body: Body = {"words": "You will hear from us.", "policy": desk.name}
    chance.one_of(KINDS)(scene, body)
    if "basis" not in body and "by_policy" not in body and scene.likely(30):
        chance.one_of(EXTRAS)(scene, body)
    if path == FOLLOW_UPS:
        _for_a_follow_up(scene, body)
    if scene.likely(40):
        body["owner"] = chance.one_of((*desk.staff, desk.name))
    if scene.case.contacts and scene.likely(40):
        body["contact"] = scene.contact()
    return Call(scene.somebody(), f"/v1/cases/{scene.case.id}/{path}", body)


def due(scene: Scene) -> Any:
    """Draw by when, as people say it."""
    return scene.chance.one_of(DUES)(scene)


def ahead(scene: Scene) -> datetime:
    """Draw an instant ahead, on the quarter of an hour: minutes to weeks away."""
    chance = scene.chance
    away = chance.one_of((timedelta(minutes=30), timedelta(hours=4), timedelta(days=1), timedelta(days=9)))
    at = scene.now + away * (1 + chance.below(8))
    return at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0) + timedelta(minutes=15)


def _instant(scene: Scene) -> str:
    return ahead(scene).isoformat()


def _wall_time(scene: Scene) -> Body:
    local = ahead(scene).replace(tzinfo=None) + timedelta(hours=12)
    body: Body = {"wall_time": local.isoformat(timespec="minutes")}
    return body | ({"zone": scene.chance.one_of(ZONES)} if scene.likely(60) else {})


def _in_a_dst_night(scene: Scene) -> Body:
    """Draw half past one or two in the night in which the clocks change next, or change back."""
    nights = [*map(_sundays_of_europe, YEARS), *map(_sundays_of_america, YEARS)]
    zoned = [(zone, day) for zone, days in nights for day in days]
    today = scene.now.date() + timedelta(days=1)
    zone, day = min((each for each in zoned if each[1] > today), key=lambda each: each[1])
    return {"wall_time": f"{day}T0{scene.chance.between(1, 2)}:30", "zone": zone}


YEARS = range(2026, 2038)


def _sunday(first: date, number: int) -> date:
    return first + timedelta(days=(6 - first.weekday()) % 7 + 7 * (number - 1))


def _sundays_of_europe(year: int) -> tuple[str, tuple[date, date]]:
    return "Europe/Berlin", (_sunday(date(year, 3, 25), 1), _sunday(date(year, 10, 25), 1))


def _sundays_of_america(year: int) -> tuple[str, tuple[date, date]]:
    return "America/New_York", (_sunday(date(year, 3, 1), 2), _sunday(date(year, 11, 1), 1))


DUES: tuple[Callable[[Scene], Any], ...] = (
    _instant,
    _instant,
    _wall_time,
    _wall_time,
    _in_a_dst_night,
    lambda scene: {"within": f"PT{scene.chance.between(1, 96) * 15}M"},
    lambda scene: {"within_business": f"PT{scene.chance.between(1, 24)}H"},
    lambda scene: {"business_days": scene.chance.between(1, 12)},
    lambda scene: {"months": scene.chance.between(1, 3)},
    lambda scene: {"end_of_day": scene.chance.one_of(("customer", "team"))},
)


def _dated(scene: Scene, body: Body) -> None:
    body["due"] = due(scene)


def _by_policy(scene: Scene, body: Body) -> None:
    body |= {"by_policy": scene.chance.one_of(("response", "outcome")), "basis": "policy"}


def _our_own_aim(scene: Scene, body: Body) -> None:
    body |= {"due": due(scene), "basis": "policy"}


def _undated(_scene: Scene, body: Body) -> None:
    body["undated"] = True


def _dormant(scene: Scene, body: Body) -> None:
    then = scene.chance.one_of(({"within": "PT24H"}, {"business_days": 2}))
    condition: Body = {"words": "The parts have come.", "then": then}
    if scene.likely(60):
        condition["limit"] = ahead(scene).isoformat()
    body["condition"] = condition


def _internal(scene: Scene, body: Body) -> None:
    body["due"] = due(scene)
    if scene.case.promises:
        body |= {"basis": "internal", "parent": scene.promise().id}


def _after_the_fact(scene: Scene, body: Body) -> None:
    said, late = scene.now - timedelta(days=3), scene.chance.one_of((-2, 5))
    body |= {"due": (said + timedelta(days=1)).isoformat(), "backfill": True, "said_at": said.isoformat()}
    if scene.likely(60):
        kept = said + timedelta(days=1, hours=late)
        body |= {"kept_at": kept.isoformat(), "evidence": {"record": "The book of calls."}}


KINDS: tuple[Callable[[Scene, Body], None], ...] = (
    *[_dated] * 12,
    *(_by_policy, _by_policy, _our_own_aim, _undated, _dormant, _internal, _internal, _after_the_fact),
)


def _window(scene: Scene, body: Body) -> None:
    body["not_before"] = (scene.now + timedelta(minutes=scene.chance.between(5, 300))).isoformat()


def _parts(scene: Scene, body: Body) -> None:
    body["parts"] = scene.chance.between(2, 4)


def _own_ladder(scene: Scene, body: Body) -> None:
    ladder = [{"lead": "P2D"}, {"lead": "PT2H", "role": "lead"}, {"share": 0.9, "role": "manager"}]
    body["reminders"] = ladder[: scene.chance.below(4)]
    body["short_notice"] = scene.chance.one_of(("remind", "skip"))


def _needed(scene: Scene, body: Body) -> None:
    body["needed_by"] = (scene.now + timedelta(hours=5)).isoformat()


def _instead(scene: Scene, body: Body) -> None:
    if scene.case.promises:
        body["replaces"] = scene.promise().id


EXTRAS: tuple[Callable[[Scene, Body], None], ...] = (_window, _parts, _own_ladder, _needed, _instead)


def _for_a_follow_up(scene: Scene, body: Body) -> None:
    if scene.case.contacts and scene.likely(20):
        body["answers"] = [scene.contact()]
    if scene.likely(30):
        body["channel"] = scene.chance.one_of(("call", "email", "chat"))
    if scene.likely(8):
        every = scene.chance.one_of(({"business_days": 2}, {"within": "P3D"}, {"within_business": "PT30H"}))
        body["series"] = {"every": every, "cadence": scene.chance.one_of(("sliding", "fixed"))}


def made(call: Call, id_: str, now: datetime) -> Promise:
    """Return what to remember of a promise that was made."""
    form: Form = "follow_up" if call.path.endswith(FOLLOW_UPS) else "expectation"
    return Promise(id_, form, call.body, now)
