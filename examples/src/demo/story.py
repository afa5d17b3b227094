"""The story from end to end: two weeks of the desk, played to the services and told by what they recorded."""

import shutil
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from events.caller import Answer
from events.catalogue import Event
from events.clock import derived_id
from events.driver import Driver
from events.recorded import Recorded

from . import desk, letters, tables
from .book import wanted
from .export import judged
from .session import Session, anew, session, write
from .tale import Ref, Step
from .timeline import Line, Teller

STYLES = {"plain": "", "promise": "cyan", "good": "green", "bad": "red", "reminder": "yellow"}
ROLES = ("agent",)


@dataclass
class Player:
    """Plays steps to the services, each by the hand of whoever does it."""

    driver: Driver
    tokens: Mapping[str, str]
    answers: dict[str, Answer] = field(default_factory=dict)

    async def prepare(self) -> None:
        """Set the clocks to the beginning; register the staff, where they read mail, and the customers."""
        await self.driver.to(desk.START)
        for person in desk.STAFF:
            await self.driver.put("cases", f"/v1/owners/{person.key}", {"zone": person.zone})
            await self.driver.put(
                "notifier", f"/v1/recipients/{person.key}", {"email": f"{person.key}@localhost"}
            )
        for person in desk.CUSTOMERS:
            body = {"name": person.name, "zone": person.zone, "language": person.language, "channel": "call"}
            key = str(derived_id("story", "customer", person.key))
            answer = await self.driver.post("intake", "/v1/customers", body, key=key)
            self.answers[f"customer/{person.key}"] = answer

    async def play(self, step: Step) -> None:
        """Send one command at its instant; what follows from a contact in its case has the same instant."""
        await self.driver.to(step.at)
        after = self.answers[step.after].position if step.after else None
        answer = self.answers[step.name] = await self.driver.post(
            step.service,
            "".join(str(self._resolved(part)) for part in step.path),
            self._resolved(step.body),
            key=str(derived_id("story", step.name)),
            after=after,
            token=self.tokens[step.who],
        )
        if step.service == "intake":
            case = f"/v1/cases/{answer.body['case']}"
            await self.driver.caller.call("GET", "cases", case, after=answer.position)

    def _resolved(self, value: Any) -> Any:
        """Return a value with what earlier answers said in the place of each Ref."""
        match value:
            case Ref(step, field):
                return self.answers[step].body[field]
            case dict():
                return {name: self._resolved(inner) for name, inner in value.items()}
            case list():
                return [self._resolved(inner) for inner in value]
            case _:
                return value


async def run(console: Console, keep: Path, report: Path | None) -> list[str]:
    """Play the story, tell it, and return what is wrong: nothing where all came out as it should.

    Leaves the whole timeline, the letters and the report in `keep`. Raises PartError, KeptError, OSError.
    """
    started = time.monotonic()
    async with anew(console, keep) as running, session(running, console, started=started) as opened:
        return await played(opened, desk.story(), keep, report)


async def played(running: Session, told: desk.Story, keep: Path, report: Path | None) -> list[str]:
    """Play a story on a running stack, tell it, and return what is wrong. Raises KeptError, OSError."""
    player = Player(running.driver, _tokens(running))
    await player.prepare()
    running.console.print(f"playing two weeks of a small service desk: {len(told.steps)} commands …")
    for step in told.steps:
        await player.play(step)
    events = await running.finish()
    made, figures = await running.judge(events)
    lines = _lines(events)
    for title, case in _featured(told, player).items():
        _show(running.console, title, [line for line in lines if str(line.case) == case])
    book = {"contacts": told.contacts} | wanted(promise for tale in told.tales for promise in tale.promises)
    running.console.print(tables.figures(made, book))
    wrong = _letters(running, keep, figures.letters)
    _keep(running.console, keep, lines, made, report)
    return wrong + judged(made, figures, book) + _missing(told, made["events_by_type"])


def _tokens(running: Session) -> dict[str, str]:
    return {person.key: running.stack.site.keys.token(person.key, ROLES) for person in desk.STAFF}


def _lines(events: Iterable[Recorded[Event]]) -> list[Line]:
    teller = Teller()
    return [line for recorded in events if (line := teller.tell(recorded))]


def _featured(told: desk.Story, player: Player) -> dict[str, str]:
    """Return the first case of each kind, in the order of time, by a title."""
    found: dict[str, str] = {}
    for tale in sorted(told.tales, key=lambda tale: tale.steps[0].at):
        found.setdefault(tale.kind, player.answers[tale.case.step].body["case"])
    return found


def _show(console: Console, title: str, lines: Iterable[Line]) -> None:
    console.print()
    console.print(Text(title, style="bold"))
    for line in lines:
        console.print(Text("  " + line.written(), style=STYLES[line.mood]))


def _letters(running: Session, keep: Path, sent: int) -> list[str]:
    """Read the mailbox back: as many letters as the log says; keep them, and show the first."""
    if running.maildir is None:
        return []
    found = [
        f"To: {each['To']}\nSubject: {each['Subject']}\n\n{letters.text(each)}"
        for each in letters.read(running.maildir)
    ]
    folder = keep / "letters"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for number, text in enumerate(found, 1):
        (folder / f"{number:03}.txt").write_text(text, encoding="utf-8")
    running.console.print(f"\n{len(found)} letters came to the mailbox. The first:\n")
    for line in (found or [""])[0].splitlines():
        running.console.print(Text(f"  | {line}"))
    return [] if len(found) == sent else [f"{len(found)} letters in the mailbox instead of {sent}"]


def _keep(
    console: Console, keep: Path, lines: Iterable[Line], made: dict[str, Any], report: Path | None
) -> None:
    text = "".join(f"{line.written()}\n" for line in lines)
    write(keep / "report.json", made)
    (keep / "timeline.txt").write_text(text, encoding="utf-8")
    if report:
        write(report, made)
    console.print(
        f"where to look: {keep}/timeline.txt (all of it), {keep}/letters (what was sent), "
        f"{keep}/report.json; `make run` starts a desk of your own."
    )


def _missing(told: desk.Story, types: Mapping[str, int]) -> list[str]:
    """Name each type of event of which the ledger holds another number than was told."""
    told_types: dict[str, int] = {}
    for tale in told.tales:
        for name, number in tale.events.items():
            told_types[name] = told_types.get(name, 0) + number
    return [
        f"{name}: {types.get(name, 0)} instead of {number}"
        for name, number in sorted(told_types.items())
        if types.get(name, 0) != number
    ]
