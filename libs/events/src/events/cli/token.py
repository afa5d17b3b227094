"""`events token`: a bearer token for the installation on this machine."""

import argparse
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from events.bearer import KEY_FILE, ROLES, issue, read_key

from .place import give_up

LONGEST_HOURS = 24 * 365


def add_token(what: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Let the command line take `token`."""
    made = what.add_parser("token", help="print a bearer token for the installation on this machine")
    made.add_argument("--sub", type=_subject, required=True, metavar="NAME", help="who one is")
    made.add_argument("--role", choices=ROLES, required=True, action="append", help="again for each further")
    made.add_argument("--hours", type=_hours, default=8.0, help="how long it holds (default: 8)")


def print_token(stack: Path, subject: str, roles: Sequence[str], hours: float) -> None:
    """Print a token, signed with the key beside a stack.json; ends the program where there is none."""
    file = stack.parent / KEY_FILE
    try:
        print(issue(read_key(file), subject, roles, timedelta(hours=hours)))
    except FileNotFoundError:
        give_up(f"There is no {file}: start Kept once with `make run`, or name its stack.json with --stack.")
    except (OSError, ValueError, TypeError) as error:
        give_up(f"{file} cannot be used ({type(error).__name__}): name the right stack.json with --stack.")


def _subject(said: str) -> str:
    if not said.strip() or len(said) > 200:  # noqa: PLR2004 - far more than any name
        raise argparse.ArgumentTypeError("a name is needed")
    return said


def _hours(said: str) -> float:
    hours = float(said)
    if not 0 < hours <= LONGEST_HOURS:
        raise argparse.ArgumentTypeError(f"more than 0 and at most {LONGEST_HOURS}")
    return hours
