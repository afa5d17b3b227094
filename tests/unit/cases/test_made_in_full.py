"""What a new commitment pins, warns of, and refuses (commitment.md §1, §3)."""

from datetime import timedelta

from cases.book import Book
from cases.case import decider
from cases.policy import DEFAULT, Policy
from cases.setting import Setting
from events.catalogue import ExpectationSet, FollowUpPromised
from events.catalogue.policies import Aim
from events.catalogue.terms import Span
from events.testing import NOW, given

from .scene import (
    AIM,
    CALL,
    DESK,
    DUE,
    HOUR,
    OPENED,
    SOON,
    after,
    expectation,
    opening,
    promise,
    the,
)

DAY = timedelta(days=1)
OF_TWO_AIMS = Policy(
    "two@1",
    DEFAULT.says.model_copy(
        update={
            "response": Aim(within=Span(lasts=2 * HOUR)),
            "outcome": Aim(within=Span(lasts=20 * HOUR)),
            "review": 2 * DAY,
        }
    ),
)
TWO_AIMS = after(given(decider(Book({}, {"two@1": OF_TWO_AIMS}))), opening())
IN_TWO_AIMS = Setting(policy="two@1")


def test_undated__is_looked_at_after_once_twice_and_three_times_what_the_policy_says():
    made = the(after(TWO_AIMS, promise(**SOON, setting=IN_TWO_AIMS)))
    assert [timer.at for timer in made.timers] == [NOW + 2 * DAY, NOW + 4 * DAY, NOW + 6 * DAY]


def test_made__a_follow_up_is_held_against_the_response_and_an_expectation_against_the_outcome():
    reply = the(after(TWO_AIMS, promise(setting=IN_TWO_AIMS)))
    assert [warning.kind for warning in reply.warnings] == ["beyond_target"]
    assert the(after(TWO_AIMS, expectation(setting=IN_TWO_AIMS))).warnings == ()
    for aim, due in (("response", NOW + 2 * HOUR), ("outcome", NOW + 20 * HOUR)):
        said = promise(**AIM | {"by_policy": aim, "setting": IN_TWO_AIMS})
        assert the(after(TWO_AIMS, said)).due == due


def test_backfill__has_no_timers_and_no_warnings_in_its_event():
    past = {"due": NOW - HOUR, "needed_by": NOW - 2 * HOUR, "backfill": True, "setting": DESK}
    made, *_ = OPENED.when(promise(**past)).events
    assert isinstance(made, FollowUpPromised)
    assert (made.timers, made.left_out, made.warnings) == ((), (), ())


def test_made__has_what_it_was_made_with():
    said = {"contact": CALL, "needed_by": DUE + HOUR, "parts": 3, "not_before": NOW + HOUR, "setting": DESK}
    (made,) = OPENED.when(expectation(**said)).events
    assert isinstance(made, ExpectationSet)
    assert (made.contact, made.needed_by, made.parts, made.not_before) == (CALL, DUE + HOUR, 3, NOW + HOUR)
    assert (made.policy, made.calendar, made.team_zone) == ("desk@1", "berlin@1", "Europe/Berlin")
