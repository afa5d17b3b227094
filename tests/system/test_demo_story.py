"""The story in small: every course that a case may take, once, on the four services in this process."""

import io
import json
import os

import pytest
from rich.console import Console

from demo.desk import story
from demo.plots import PLOTS
from demo.session import session
from demo.story import played
from events.sealing import MARK
from local.stack import Stack


def stack_json(desk):
    """Return what stack.json says of services in this process."""
    site, mail = desk.site, desk.site.mail
    return {
        "services": {name: {"url": url, "pid": os.getpid()} for name, url in desk.urls.items()},
        "broker": {"bootstrap": site.broker.bootstrap, "topics": site.topics},
        "databases": site.databases,
        "keyrings": site.keyrings,
        "secrets": {"KEPT_WRAPPING_KEY": site.keys.wrapping, "KEPT_LOOKUP_KEY": site.keys.lookup},
        "smtp": {"host": mail.host, "port": mail.port, "maildir": None},
        "token": site.token,
    }


@pytest.mark.accept
async def test_story__is_told_as_it_was_played(parts, desk, tmp_path):
    (tmp_path / "stack.json").write_text(json.dumps(stack_json(desk)))
    running = Stack(tmp_path, parts, desk.site, desk.urls, {})
    screen, told = io.StringIO(), story("small", rounds=1, more=())
    async with session(running, Console(file=screen, soft_wrap=True)) as opened:
        wrong = await played(opened, told, tmp_path / "keep", tmp_path / "out.json")
    said = screen.getvalue()
    assert [each for each in wrong if "letters" not in each] == [], said
    made = json.loads((tmp_path / "out.json").read_text())
    assert (made["rows"], made["contacts"], made["promises"]) == (told.contacts, told.contacts, 19)
    assert all(plot.__name__.replace("_", " ") in said for plot in PLOTS)
    assert MARK not in said, "a story has words"
    timeline = (tmp_path / "keep" / "timeline.txt").read_text().splitlines()
    assert sum("lapsed (moved, but nobody told)" in line for line in timeline) == 1
