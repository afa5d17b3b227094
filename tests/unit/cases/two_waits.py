"""An aim of ours that two waits hold at once, and who else is in its case."""

from cases.book import Book
from cases.case import Case, decider
from cases.due import Within
from cases.policy import DEFAULT, Policy
from cases.setting import Setting
from events.testing import NOW, an_id, given

from .scene import HOUR, LATER, TWO, Scene, after, opening, promise, wait

BOTH = Policy("both@1", DEFAULT.says.model_copy(update={"pauses": ("customer", "third_party")}))
OUR_AIM = {"basis": "policy", "due": Within(within=8 * HOUR), "setting": Setting(policy="both@1")}
STARTED = after(given(decider(Book({}, {"both@1": BOTH}))), opening())
RUNNING = after(after(STARTED, promise(commitment=TWO, due=LATER)), promise(**OUR_AIM))
OTHER = an_id("wait for the carrier")
CARRIER = wait(wait=OTHER, kind="third_party")
HELD_TWICE = after(after(RUNNING, wait(), NOW + HOUR), CARRIER, NOW + 2 * HOUR)


def waits(scene: Scene) -> list[object]:
    assert isinstance(scene.state, Case)
    return [each.id for each in scene.state.waits]
