"""A finding is one line that begins with its id, whatever it has to say."""

import pytest

from events.cli.check import read_lines
from events.verify.finding import Finding, judged


def test_line__begins_with_the_id():
    assert Finding("I3", True, "7 events").line() == "I3  ok: 7 events"
    assert Finding("I15", False, "cases@3: changed").line() == "I15 BROKEN: cases@3: changed"


def test_judged__names_three_and_counts_the_rest():
    assert judged("I8", [], "9 timers") == Finding("I8", True, "9 timers")
    assert judged("I8", ["a", "b", "c"], "9 timers") == Finding("I8", False, "a; b; c")
    assert judged("I8", ["a", "b", "c", "d", "e"], "9 timers") == Finding("I8", False, "a; b; c; and 2 more")


@pytest.mark.parametrize("words", ["two\nlines", "two\r\nlines", "two\u2028lines", "two\x0blines"])
def test_line__of_words_with_line_breaks__is_one_line(words):
    finding = Finding("I5", False, words)
    assert finding.line() == "I5  BROKEN: two lines"
    assert read_lines(f"noise\n{finding.line()}\n") == [Finding("I5", False, "two lines")]


def test_read_lines__takes_findings_only():
    printed = '{"level": "warning"}\nI5  ok: intake: 3 rows\nI13 BROKEN: cases@4: still open\nI5 maybe: no\n'
    assert read_lines(printed) == [
        Finding("I5", True, "intake: 3 rows"),
        Finding("I13", False, "cases@4: still open"),
    ]
