"""The edge cases of promises and time: what each is about, and the tests that prove it."""

import re
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
TEST = re.compile(r"^(?:async )?def (test_edge_(\d\d(?:_\d\d)*)__\w+)\(", re.MULTILINE)
"""A test of an edge case, or of several: `test_edge_04__…`, `test_edge_15_16__…`."""
ALMOST = re.compile(r"^(?:async )?def (test_edge_?\d\w*)\(", re.MULTILINE)

EDGES = {
    1: "An hour of work that begins before the weekend ends after it",
    2: "Said on a closed day, the time runs from the next opening",
    3: "A holiday is left out",
    4: "What ends exactly at closing time is due then, not at the next opening",
    5: "The lunch break does not count",
    6: "A night shift, also in the night of 25 hours and in that of 23",
    7: "A calendar by which nothing is ever open is refused; no search is endless",
    8: "Real hours through a change of the clocks",
    9: "A time on the customer's wall through a change of the clocks",
    10: "A time on the wall that does not exist",
    11: "A time on the wall that exists twice",
    12: "The law of a zone changes after it was said",
    13: "The end of the customer's day, and of the team's, in another zone",
    14: "Months and years that end on a day that there is not",
    15: "A wait stops the clock of our own aim",
    16: "A wait outside working hours",
    17: "Waiting twice, ending no wait, and two short waits",
    18: "A due that passes while the case waits",
    19: "A policy published anew while a clock runs",
    20: "What a policy published later would have made of a verdict",
    21: "A holiday added after it was said",
    22: "A due set by hand, and a case that goes on around it",
    23: "Kept in time, and recorded after the due",
    24: "The same event delivered again",
    25: "An event delivered before the one that it follows",
    26: "A time stated that lies ahead of our clock",
    27: "Kept just before its reminder goes out",
    28: "Less time than the reminders need",
    29: "A due that has passed when it is said",
    30: "The scheduler was away for hours",
    31: "Tables built anew, and a database restored from a backup",
    32: "Two schedulers, one of which stands still in the middle",
    33: "A timer that waits for a year and a half of releases",
    34: "Five hundred due in one minute, among five thousand",
    35: "Moved before it was due, and whether the customer was told",
    36: "Moved after it was due",
    37: "A case closed with promises still open",
    38: "Cases merged, and one case split",
    39: "A case opened again",
    40: "A customer who only says thanks",
    41: "An automatic reply, and a letter that comes back",
    42: "An owner who has left or is away",
    43: "A reminder that reaches nobody",
    44: "Quiet hours",
    45: "Somebody takes note, and then nothing happens",
    46: "One way of reaching somebody is out of order",
    47: "Two promises that are due at one moment",
    48: "Updates at intervals, kept early or missed",
    49: "A promise that hangs on something that must happen first",
    50: 'A promise without a date: "soon"',
    51: "A machine promises that a person will call",
    52: "A part was done, the rest was not",
    53: "Two people change one thing at once",
    54: "A customer who asks to be forgotten",
    55: "Events that an older or a newer release wrote",
}
LATER = {
    38: "comes with merging and splitting cases",
    40: "that a response begins by itself comes with the policies' response commitments",
    41: "a letter that comes back by itself comes with inbound mail",
    54: "comes with erasure",
}
"""What is not done yet of a row, or the whole of it."""
NOT_YET = frozenset({38, 40, 41, 54})
PAGE = """\
# Edge cases

Written by `python -m tests.pages` from the names of the tests: `test_edge_04__…` proves something of row 4.

| row | about | proved by |
|---|---|---|"""


def found() -> Iterator[tuple[int, str]]:
    """Yield each row and a test of it, as `file::name`."""
    for file in sorted(HERE.rglob("test_*.py")):
        for name, numbers in TEST.findall(file.read_text()):
            for number in numbers.split("_"):
                yield int(number), f"{file.relative_to(HERE.parent).as_posix()}::{name}"


def misnamed() -> list[str]:
    """Return the tests that look like tests of edge cases and would not be listed."""
    texts = [file.read_text() for file in sorted(HERE.rglob("test_*.py"))]
    return [name for text in texts for name in ALMOST.findall(text) if not TEST.search(f"def {name}(")]


def edges_page() -> str:
    """Return docs/edge-cases.md: every row, what it is about, and its tests."""
    tests: dict[int, list[str]] = {}
    for number, test in found():
        tests.setdefault(number, []).append(f"`{test}`")
    lines = [PAGE]
    for number, about in EDGES.items():
        later = f"**Later:** {LATER[number]}." if number in LATER else ""
        proofs = "<br>".join(filter(None, [*tests.get(number, []), later]))
        lines.append(f"| {number} | {about}. | {proofs} |")
    return "\n".join(lines) + "\n"
