"""`python -m cases prove < proof.json`: come to the verdict again, and say *same* or what differs."""

import json
import sys
from collections.abc import Sequence
from typing import TextIO

from events.errors import Undecodable

from . import proof

USAGE = """usage: python -m cases prove < proof.json

Reads what GET /v1/commitments/{id}/proof answered, computes every due, every verdict and every hash
again, and prints `same`, or a line for each difference. Needs no database.
Exit status: 0 same, 1 different, 2 no proof."""


def run(arguments: Sequence[str], source: TextIO = sys.stdin) -> int:
    """Prove what stands in a source; return the exit status."""
    if arguments:
        print(USAGE)  # noqa: T201 - a command prints its answer
        return 0 if arguments[0] in {"-h", "--help"} else 2
    try:
        read = json.load(source)
        differences = proof.prove(read)
    except (ValueError, Undecodable) as error:
        print(f"This is no proof: {error}", file=sys.stderr)  # noqa: T201 - a command prints its answer
        return 2
    for line in proof.told(read, differences):
        print(line)  # noqa: T201 - a command prints its answer
    return 1 if differences else 0
