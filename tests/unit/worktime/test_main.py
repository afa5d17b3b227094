"""The command: facts in, answers out, one sentence where it cannot read them."""

import doctest
import json
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).parents[3] / "libs" / "worktime" / "README.md"
FACTS = {
    "calendars": {"b": {"tz": "Europe/Berlin", "weekly": {"fri": [["09:00", "17:00"]]}}},
    "cases": [
        {"id": "a", "calendar": "b", "op": "due", "start": "2026-03-06T16:00:00+01:00", "seconds": 5400}
    ],
}


def run(*arguments: str, told: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "worktime", *arguments]
    return subprocess.run(command, input=told, capture_output=True, text=True, check=False)


def test_answer__reads_facts_and_writes_answers():
    done = run("answer", told=json.dumps(FACTS))
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {"a": "2026-03-13T09:30:00+01:00"}


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ("not json", "worktime: standard input is not JSON\n"),
        ("[]", "worktime: facts are an object with calendars and cases\n"),
        (json.dumps({**FACTS, "calendars": {}}), "worktime: case a: there is no 'b'\n"),
    ],
)
def test_answer__to_what_it_cannot_read_is_one_sentence_and_status_2(told, sentence):
    done = run("answer", told=told)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", sentence)


def test_help__says_what_it_does():
    done = run("--help")
    assert done.returncode == 0
    assert "Reads business-time facts from standard input" in done.stdout


def test_readme__examples_do_what_stands_there():
    outcome = doctest.testfile(str(README), module_relative=False)
    assert outcome.attempted == 9
    assert outcome.failed == 0
