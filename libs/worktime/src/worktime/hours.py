"""Opening hours of a date, as the clock on the wall shows them."""

import re
from itertools import pairwise
from typing import NamedTuple

DAY = 86_400
LONGEST_NIGHT = DAY // 2

_TIME = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])(?::([0-5][0-9]))?")


class Hours(NamedTuple):
    """One stretch of opening hours, in seconds after midnight; past 86,400 it runs into the next date."""

    opens: int
    closes: int

    @classmethod
    def read(cls, opens: str, closes: str) -> "Hours":
        """Return the hours between two times such as `09:00`; `24:00` is the end of the day.

        A stretch that closes earlier than it opens runs through midnight. Raises ValueError for no time.
        """
        begins, ends = _seconds(opens), _seconds(closes)
        return cls(begins, ends if ends >= begins else ends + DAY)

    def as_data(self) -> list[str]:
        """Return the two times, as `read` takes them."""
        return [_text(self.opens), _text(self.closes if self.closes <= DAY else self.closes - DAY)]

    @property
    def tail(self) -> int:
        """Seconds that it runs into the next date."""
        return max(0, self.closes - DAY)

    @property
    def words(self) -> str:
        """The two times as one writes them."""
        return "-".join(self.as_data())


def wrong(hours: tuple[Hours, ...]) -> str | None:
    """Say what is wrong with the hours of a date, in order; None where nothing is."""
    for one in hours:
        if one.opens == one.closes:
            return f"{one.words} is empty; the whole day is 00:00-24:00"
        if not 0 <= one.opens < min(one.closes, DAY):
            return f"{one.words} runs backwards"
        if one.tail and one.closes - one.opens > LONGEST_NIGHT:
            return (
                f"{one.words} runs backwards, or for more than 12 hours through midnight: write two stretches"
            )
    return next(
        (f"{one.words} and {two.words} overlap" for one, two in pairwise(hours) if two.opens < one.closes),
        None,
    )


def _seconds(text: str) -> int:
    found = _TIME.fullmatch(text)
    if found is None or (seconds := _sum(*found.groups(default="0"))) > DAY:
        raise ValueError(f"{text!r} is no time between 00:00 and 24:00")
    return seconds


def _sum(hours: str, minutes: str, seconds: str) -> int:
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds)


def _text(seconds: int) -> str:
    text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}"
    return f"{text}:{seconds % 60:02}" if seconds % 60 else text
