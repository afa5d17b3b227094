"""`events verify | tail | parked | adopt | relay | scrub | token`."""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from events.errors import KeptError, Unavailable
from events.postgres import LOGS

from .check import verify
from .keep import adopt_log, relay_from_start
from .place import DEFAULT, Installation, give_up, installation
from .scrub import HELP, scrub
from .show import list_parked, retry_parked, show_parked, tail
from .token import add_token, print_token

SERVICES = {log: service for service, log in LOGS.items()}


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    whole = argparse.ArgumentParser("events", description="Look at the logs of an installation of Kept.")
    whole.add_argument(
        "--stack", type=Path, default=DEFAULT, help="its stack.json (default: $KEPT_DIR/stack.json)"
    )
    what = whole.add_subparsers(dest="what", required=True)
    check = what.add_parser(
        "verify", help="check logs, topics and tables; exit status 1 where they do not agree"
    )
    check.add_argument("--journal", type=Path, help="what a client was told, for I1")
    check.add_argument("--json", action="store_true", help="one JSON object per finding")
    look = what.add_parser("tail", help="print the events of a log")
    look.add_argument("log", choices=list(SERVICES))
    look.add_argument("--after", type=int, default=0, metavar="N", help="begin after this position")
    look.add_argument("--follow", action="store_true", help="and go on with those to come")
    look.add_argument("--json", action="store_true", help="one JSON object per event, its bytes untouched")
    stopped = what.add_parser("parked", help="what a subscription could not take in").add_subparsers(
        dest="how", required=True
    )
    listed = stopped.add_parser("list", help="the parked streams")
    listed.add_argument("service", nargs="?", choices=list(LOGS), help="of one service only")
    shown = stopped.add_parser("show", help="the rows that wait of one stream, and why")
    shown.add_argument("service", choices=list(LOGS))
    shown.add_argument("subscription")
    shown.add_argument("stream")
    again = stopped.add_parser("retry", help="try again at once, all or one stream")
    again.add_argument("service", choices=list(LOGS))
    again.add_argument("subscription", nargs="?")
    again.add_argument("stream", nargs="?")
    kept = what.add_parser("adopt", help="keep a log that was restored to an older state (docs/restore.md)")
    kept.add_argument("service", choices=list(LOGS))
    kept.add_argument("--lost", type=Path, help="a file for the rows that are lost")
    sent = what.add_parser("relay", help="send a log to its topic once more")
    sent.add_argument("log", choices=list(SERVICES))
    sent.add_argument("--from-start", action="store_true", required=True, help="where its records are gone")
    what.add_parser("scrub", help="after an erasure: clear the files of the databases", description=HELP)
    add_token(what)
    return whole


async def check(place: Installation, journal: Path | None, *, as_json: bool) -> int:
    """Print every finding; return the exit status."""
    found = await verify(place, journal)
    for finding in found:
        print(json.dumps(finding.members()) if as_json else finding.line())
    return 0 if all(finding.holds for finding in found) else 1


async def list_all(place: Installation, service: str | None) -> None:
    """Print the parked streams of one service or all."""
    for each in [service] if service else LOGS:
        await list_parked(place, each)


def work(asked: argparse.Namespace, place: Installation) -> Coroutine[Any, Any, int | None]:
    """Return what was asked for."""
    match asked.what:
        case "verify":
            return check(place, asked.journal, as_json=asked.json)
        case "tail":
            return tail(place, SERVICES[asked.log], asked.after, follow=asked.follow, as_json=asked.json)
        case "adopt":
            return adopt_log(place, asked.service, asked.lost)
        case "relay":
            return relay_from_start(place, SERVICES[asked.log])
        case "scrub":
            return scrub(place)
        case _:
            return parked(asked, place)


def parked(asked: argparse.Namespace, place: Installation) -> Coroutine[Any, Any, int | None]:
    """Return what was asked for of parked streams."""
    match asked.how:
        case "list":
            return list_all(place, asked.service)
        case "show":
            return show_parked(place, asked.service, asked.subscription, asked.stream)
        case _:
            return retry_parked(place, asked.service, asked.subscription, asked.stream)


def main() -> None:
    """Run the command line and exit: 1 where something does not hold, 2 where it cannot be found out."""
    asked = parser().parse_args()
    if asked.what == "token":
        print_token(asked.stack, asked.sub, asked.role, asked.hours)
        return
    try:
        status = asyncio.run(work(asked, installation(asked.stack)))
    except Unavailable as error:
        give_up(f"{error}; is Kept running? Start it with `make run`, or name its stack.json with --stack.")
    except KeptError as error:
        give_up(str(error))
    except KeyboardInterrupt:
        status = 130
    except BrokenPipeError:  # whoever read has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    sys.exit(status or 0)


if __name__ == "__main__":
    main()
