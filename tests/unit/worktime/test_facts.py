"""The gathered facts: what peers agree on comes out as it stands, the rest as decision 7 says."""

import json
import re
from pathlib import Path

import pytest

from worktime.answers import FactsInvalid, answers

DECISION = Path(__file__).parents[3] / "docs" / "decisions" / "0007-business-time.md"


@pytest.fixture
def facts(data):
    return json.loads((data / "business-time-facts-examples.json").read_text())


def expected(facts, kinds):
    return {case["id"]: case["expect"] for case in facts["cases"] if case["kind"] in kinds}


def decided():
    return {
        name: json.loads(answer)
        for name, answer in re.findall(
            r"^\| (B[A-Z]\d+) \| `(.+)` \| \d \|$", DECISION.read_text(), re.MULTILINE
        )
    }


def test_facts__that_peers_agree_on_come_out_exactly(facts):
    wanted = expected(facts, {"agreed", "computed", "trap"})
    found = answers(facts)
    assert len(wanted) == 133
    assert {name: found[name] for name in wanted} == wanted
    assert {name: type(found[name]) for name in wanted} == {name: type(wanted[name]) for name in wanted}


def test_facts__that_rest_on_a_choice_are_answered_as_the_decision_lists(facts):
    chosen = expected(facts, {"policy", "disputed"})
    assert len(chosen) == 25
    assert {name: answer for name, answer in answers(facts).items() if name in chosen} == decided()


def test_facts__where_the_decision_differs_from_the_source_are_those_it_names(facts):
    chosen = expected(facts, {"policy", "disputed"})
    differ = {name for name, answer in decided().items() if chosen[name] != answer}
    assert differ == {"BH018", "BH046", "BH047", "BH114"}


def test_facts__need_no_expectation(facts):
    for case in facts["cases"]:
        del case["expect"], case["kind"]
    assert {name: answer for name, answer in answers(facts).items() if name in decided()} == decided()


CALENDAR = {"tz": "Asia/Kathmandu", "weekly": {"mon": [["09:00", "17:00"]]}}
CASE = {"id": "a", "calendar": "k", "op": "due", "start": "2026-03-02T09:00:00+05:45", "seconds": 0.5}


def answer(**changes):
    return answers({"calendars": {"k": CALENDAR, "none": {"tz": "UTC"}}, "cases": [{**CASE, **changes}]})["a"]


def test_answer__is_to_the_microsecond():
    assert answer() == "2026-03-02T09:00:00.500000+05:45"
    assert answer(op="elapsed", end="2026-03-02T09:00:00.250000+05:45") == 0.25


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"op": "elapsed", "end": "2026-03-01T09:00:00+05:45"}, "the end lies before the start"),
        ({"seconds": -1}, "a duration is not negative"),
        ({"seconds": 1e11}, "the search left the years from 1900 to 2200"),
        ({"calendar": "none"}, "weekly: nothing is ever open"),
    ],
)
def test_answer__of_what_is_refused_is_the_reason(changes, sentence):
    assert answer(**changes) == {"error": sentence}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"op": "divide"}, "case a: there is no 'divide'"),
        ({"calendar": "x"}, "case a: there is no 'x'"),
        ({"op": "add_days"}, "case a: there is no 'days'"),
        ({"start": "2026-03-02T09:00:00"}, "case a: 2026-03-02T09:00:00 carries no offset"),
        ({"start": "soon"}, "case a: Invalid isoformat string: 'soon'"),
        ({"seconds": "ten"}, "case a: "),
        ({"pauses": [["2026-03-02T09:00:00Z"]]}, "case a: "),
    ],
)
def test_answer__to_a_case_that_cannot_be_read_says_which(changes, sentence):
    with pytest.raises(FactsInvalid, match=sentence):
        answer(**changes)


@pytest.mark.parametrize("facts", [[], {}, {"calendars": {}}, {"calendars": {}, "cases": [{}]}, 7])
def test_answers__to_what_is_no_facts_are_refused(facts):
    with pytest.raises(FactsInvalid):
        answers(facts)
