"""What a replay asks twice is asked under the same key, and must be answered alike."""

from collections import Counter
from pathlib import Path
from typing import cast

import pytest

from demo.files import load_mapping
from demo.moments import Moment, commands
from demo.replay import Replay, ReplayError
from events.caller import Answer
from events.driver import Driver

from .test_moments import START, ticket

MAPPING = load_mapping(Path(__file__).parents[3] / "examples" / "nyc311.toml")


class PaperDriver:
    """Answers every command with one id, until a request comes the second time: then as it was told."""

    def __init__(self, changed: str = "") -> None:
        self.asked: Counter[tuple[str, str, str]] = Counter()
        self._changed = changed

    async def to(self, *_where: object) -> None:
        """Let time stand."""

    async def post(self, service, path, _body, *, key, after):
        self.asked[service, path, key] += 1
        other = self._changed and path.endswith(self._changed) and self.asked[service, path, key] > 1
        body = b'{"id": "1", "case": "2"}' if not other else b'{"id": "3", "case": "2"}'
        return Answer(200, body, after or "contacts@1")


async def played(driver: PaperDriver, *, twice: bool) -> None:
    one = ticket(1, 0, 8, 0)
    replay = Replay(cast("Driver", driver), MAPPING, twice)
    await replay.play(Moment(START, arrivals=[one], closings=[one]))
    assert len(driver.asked) == commands([one]) == 5


@pytest.mark.parametrize("twice", [False, True])
async def test_play__asks_once_or_twice_under_the_same_key(twice):
    driver = PaperDriver()
    await played(driver, twice=twice)
    assert set(driver.asked.values()) == {1 + twice}


@pytest.mark.parametrize("path", ["/v1/customers", "/v1/contacts", "/expectations", "/keep", "/closing"])
async def test_play__finds_out_who_answers_the_second_time_in_another_way(path):
    with pytest.raises(ReplayError, match=f"{path} answered 200 .*under the same key"):
        await played(PaperDriver(path), twice=True)
