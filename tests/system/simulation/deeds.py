"""What is done about promises, drawn by chance: some of it fits how they stand, some of it is refused."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from .promising import ahead, due
from .world import Call, Promise, Scene

Body = dict[str, Any]
Deed = Callable[[Scene], Call]


def deed(scene: Scene) -> Call:
    """Draw what is done in a case in which something is promised."""
    if scene.case.is_closed and scene.likely(70):
        return _in(scene, "reopening", {"words": "It is not solved."})
    return scene.chance.one_of(DEEDS)(scene)


def contact(scene: Scene) -> Call:
    """Draw a contact: the customer comes, or we go to them for some of what we promised."""
    return _comes(scene) if scene.likely(30) or not scene.case.promises else _goes(scene)


def _on(scene: Scene, promise: Promise, verb: str, body: Body, who: str | None = None) -> Call:
    path = f"/v1/cases/{scene.case.id}/commitments/{promise.id}/{verb}"
    return Call(who or scene.somebody(), path, body)


def _in(scene: Scene, verb: str, body: Body) -> Call:
    return Call(scene.somebody(), f"/v1/cases/{scene.case.id}/{verb}", body)


def _some_contact(scene: Scene) -> str:
    return scene.contact() or scene.case.customer


def _agree(scene: Scene) -> Call:
    return _on(scene, scene.promise(), "agreement", {"contact": _some_contact(scene)})


def _refuse(scene: Scene) -> Call:
    body = {"contact": _some_contact(scene), "counter": ahead(scene).isoformat()}
    return _on(scene, scene.promise(), "refusal", body)


def _date(scene: Scene) -> Call:
    loose = [each for each in scene.case.promises if {"undated", "condition"} & each.body.keys()]
    promise = scene.chance.one_of(loose) if loose else scene.promise()
    met = "condition" in promise.body
    return _on(scene, promise, "date", {"cause": "condition_met"} if met else {"due": due(scene)})


def _reschedule(scene: Scene) -> Call:
    body = {"due": due(scene), "reason": "The van is late."}
    told = scene.contact() if scene.likely(40) else None
    return _on(scene, scene.promise(), "reschedule", body | ({"told_in": told} if told else {}))


def _hand_over(scene: Scene) -> Call:
    desk = scene.case.desk
    return _on(scene, scene.promise(), "hand-over", {"owner": scene.chance.one_of((*desk.staff, desk.name))})


def _keep(scene: Scene) -> Call:
    promise, body = scene.promise(), dict[str, Any]()
    if scene.likely(40):
        body["occurred_at"] = (scene.now - timedelta(minutes=scene.chance.between(1, 300))).isoformat()
    if scene.likely(50):
        body["evidence"] = {"record": "The carrier's book."}
    if scene.likely(10) and len(scene.case.promises) > 1:
        moved = scene.promise()
        body["moves"] = [{"commitment": moved.id, "due": due(scene), "reason": "No result yet."}]
    return _on(scene, promise, "keep", body)


def _part(scene: Scene) -> Call:
    several = [each for each in scene.case.promises if each.body.get("parts", 1) > 1]
    promise = scene.chance.one_of(several) if several else scene.promise()
    return _on(scene, promise, "part", {"done": scene.chance.between(1, 3)})


def _explain(scene: Scene) -> Call:
    return _on(scene, scene.promise(), "cause", {"reason": scene.chance.one_of(("overloaded", "other"))})


def _recompute(scene: Scene) -> Call:
    cause = scene.chance.one_of(("policy", "calendar", "tzdata"))
    return _on(scene, scene.promise(), "recomputation", {"cause": cause}, scene.case.desk.lead)


def anew(scene: Scene) -> list[Call]:
    """Return the recomputations of all that a policy dated, by whoever leads the desk."""
    dated = [each for each in scene.case.promises if "by_policy" in each.body]
    return [_on(scene, each, "recomputation", {"cause": "policy"}, scene.case.desk.lead) for each in dated]


def _release(scene: Scene) -> Call:
    return _on(scene, scene.promise(), "release", {"contact": _some_contact(scene)})


def _withdraw(scene: Scene) -> Call:
    reasons = ("entered_in_error", "duplicate", "no_reply_needed", "series_ended", "impossible")
    return _on(scene, scene.promise(), "withdraw", {"reason": scene.chance.one_of(reasons)})


def _correct(scene: Scene) -> Call:
    promise = scene.promise()
    verdict = scene.chance.one_of(("kept", "kept", "not_kept"))
    body: Body = {"verdict": verdict, "evidence": {"record": "The bill of the calls."}}
    if verdict == "kept":
        body["occurred_at"] = (promise.at + timedelta(minutes=scene.chance.between(1, 2000))).isoformat()
    return _on(scene, promise, "correction", body)


def _wait(scene: Scene) -> Call:
    follow_ups = [each for each in scene.case.promises if each.form == "follow_up"]
    promise = scene.chance.one_of(follow_ups) if follow_ups else scene.promise()
    kind = scene.chance.one_of(("customer", "third_party", "appointment"))
    return _in(scene, "waits", {"kind": kind, "reason": "A number is missing.", "next_contact": promise.id})


def _go_on(scene: Scene) -> Call:
    kind = scene.chance.one_of(("customer", "third_party", "appointment", None))
    return _in(scene, "waits/ending", {"kind": kind} if kind else {})


def _close(scene: Scene) -> Call:
    return _in(scene, "closing", {"commitments": [_ending(scene, each) for each in scene.case.promises]})


def _hand_on(scene: Scene) -> Call:
    *others, last = scene.case.promises
    endings = [_ending(scene, each) for each in others]
    on = {"end": "handed_on", "commitment": last.id, "to": scene.beside or scene.case.id}
    return _in(scene, "closing", {"commitments": [*endings, on]})


def _ending(scene: Scene, promise: Promise) -> Body:
    match scene.chance.below(3):
        case 0:
            return {"end": "kept", "commitment": promise.id}
        case 1:
            return {"end": "released", "commitment": promise.id, "contact": _some_contact(scene)}
        case _:
            return {"end": "withdrawn", "commitment": promise.id, "reason": "no_reply_needed"}


def _solve(scene: Scene) -> Call:
    verb = scene.chance.one_of(("resolution", "resolution/confirmation", "resolution/rejection", "reopening"))
    return _in(scene, verb, {"words": "It is solved, or not."})


DEEDS: tuple[Deed, ...] = (
    *(_agree, _refuse, _date, _date, _reschedule, _reschedule, _reschedule, _hand_over, _hand_over),
    *(
        _keep,
        _keep,
        _keep,
        _keep,
        _part,
        _explain,
        _recompute,
        _recompute,
        _release,
        _withdraw,
        _correct,
        _correct,
    ),
    *(_wait, _wait, _go_on, _go_on, _close, _hand_on, _hand_on, _solve, _solve),
)


def _comes(scene: Scene) -> Call:
    body: Body = {"customer": scene.case.customer, "channel": "call", "words": "How is it going?"}
    return Call(scene.somebody(), "/v1/contacts", body | {"case": scene.case.id}, "intake")


def _goes(scene: Scene) -> Call:
    served = [_served(scene, scene.promise()) for _ in range(1 + scene.chance.below(2))]
    outcome = scene.chance.one_of(
        ("reached", "reached", "reached", "message_left", "not_reached", "automatic")
    )
    body: Body = {
        "direction": "outbound",
        "customer": scene.case.customer,
        "channel": scene.chance.one_of(("call", "email")),
        "words": "This is how it stands.",
        "case": scene.case.id,
        "outcome": outcome,
        "serves": served,
        "answers": scene.case.contacts[-6:],
    }
    if scene.likely(20):
        body["occurred_at"] = (scene.now - timedelta(minutes=scene.chance.between(1, 400))).isoformat()
    return Call(scene.somebody(), "/v1/contacts", body, "intake")


def _served(scene: Scene, promise: Promise) -> Body:
    served = {"case": scene.case.id, "commitment": promise.id}
    return served | ({"tells": scene.chance.between(1, 3)} if scene.likely(30) else {})
