"""The story: about 150 contacts in two weeks, every course that a case may take, the same each time."""

from datetime import timedelta

import pytest

from demo.book import wanted
from demo.chance import Chance
from demo.desk import CUSTOMERS, SERVES, STAFF, START, story
from demo.plots import PLOTS
from demo.tale import Ref


@pytest.fixture(scope="module")
def told():
    return story()


def test_story__is_the_same_each_time_and_another_with_another_seed(told):
    assert story().steps == told.steps
    assert story("another").steps != told.steps


def test_story__is_of_the_size_that_is_promised(told):
    assert 140 <= told.contacts <= 160
    made = sum(tale.events["ContactReceived"] + tale.events["ContactMade"] for tale in told.tales)
    assert told.contacts == made
    assert {tale.kind for tale in told.tales} == {plot.__name__.replace("_", " ") for plot in PLOTS}
    assert told.steps[0].at > START
    assert told.end < START + timedelta(days=14)


def test_story__holds_every_fate(told):
    promises = [promise for tale in told.tales for promise in tale.promises]
    assert {promise.state for promise in promises} == {"kept", "kept_late", "lapsed", "released", "withdrawn"}
    assert wanted(promises)["open"] == 0
    assert {tale.customer.zone.split("/")[0] for tale in told.tales} == {"Asia", "Europe"}


def test_steps__are_in_order_and_name_only_what_went_before(told):
    assert [step.at for step in told.steps] == sorted(step.at for step in told.steps)
    known = {f"customer/{person.key}" for person in CUSTOMERS}
    for step in told.steps:
        assert set(refs(step.path)) | set(refs(step.body)) <= known
        assert step.after is None or step.after in known
        known.add(step.name)


def test_staff__answers_every_language():
    assert {person.language for person in CUSTOMERS} <= set(SERVES)
    assert set(SERVES.values()) <= {person.key for person in STAFF}


def test_chance__falls_alike_for_one_seed_and_reaches_every_choice():
    one, two = Chance("s"), Chance("s")
    assert [one.below(10) for _ in range(50)] == [two.below(10) for _ in range(50)]
    assert {one.between(3, 5) for _ in range(100)} == {3, 4, 5}
    assert sorted(one.shuffled("abcd")) == list("abcd")


def refs(value):
    match value:
        case Ref(step):
            yield step
        case dict():
            for inner in value.values():
                yield from refs(inner)
        case list() | tuple():
            for inner in value:
                yield from refs(inner)
