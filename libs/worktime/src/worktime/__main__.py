"""`python -m worktime answer < facts.json > answers.json`: answer business-time facts."""

import argparse
import json
import sys

from .answers import FactsInvalid, answers

_WHAT = """\
Reads business-time facts from standard input and writes {id: answer} to standard output.

facts: {"calendars": {name: {"tz", "weekly", "holidays", "date_hours", "breaks"}},
        "cases": [{"id", "op", "calendar", "start", ...}]}
op:    due, back (seconds), elapsed (end), is_open, next_open, next_close, add_days (days);
       all but add_days take pauses: [[from, to], ...]
answer: an instant in the zone of the calendar, seconds, true or false, or {"error": why it was refused}
"""


def main() -> None:
    """Answer standard input on standard output; exit with 2 and one sentence where it cannot be read."""
    parser = argparse.ArgumentParser(
        prog="python -m worktime", description=_WHAT, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=["answer"], help="the one thing it does")
    parser.parse_args()
    try:
        found = answers(json.load(sys.stdin))
    except FactsInvalid as wrong:
        sys.exit(_refuse(str(wrong)))
    except ValueError:
        sys.exit(_refuse("standard input is not JSON"))
    json.dump(found, sys.stdout, indent=1)
    print()


def _refuse(sentence: str) -> int:
    print(f"worktime: {sentence}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    main()
