"""A case that closes and hands promises on, and the other one."""

from cases.case.arriving import elsewhere
from cases.case.commands import EndHandedOn, TakeOver
from events.testing import an_id, given

from .scene import BEFORE, CASE, ONE, OPEN, Scene, after, close, opening

ELSEWHERE = an_id("another case")
OTHER: Scene = after(given(CASE), opening(case=ELSEWHERE, subject="Another parcel."))


def handed_on(*commitments, to=ELSEWHERE, **fields):
    named = commitments or (ONE,)
    endings = tuple(EndHandedOn(end="handed_on", commitment=each, to=to) for each in named)
    return close(commitments=endings, **fields)


def moved(scene: Scene, command=None, at=BEFORE, other: Scene = OTHER) -> tuple[Scene, Scene]:
    """Return both cases after a closing that hands commitments on."""
    command = command or handed_on()
    came = scene.when(command, at=at)
    assert came.rejection is None, came.rejection
    ((_, order),) = elsewhere(scene.state, command, came.events).items()
    return scene.and_then(*came.events), after(other, order, at)


def taken_over(scene: Scene = OPEN, **fields) -> TakeOver:
    command = handed_on()
    events = scene.when(command, at=BEFORE).events
    (order,) = elsewhere(scene.state, command, events).values()
    return order.model_copy(update=fields)
