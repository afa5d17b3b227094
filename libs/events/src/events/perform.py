"""The only loop that turns a command into events: read, fold, decide, append, and again on conflict."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar, cast
from uuid import UUID
from weakref import WeakValueDictionary

from .catalogue import Event
from .clock import derived_id
from .decider import Actor, Asked, Decider
from .errors import Conflict, NotNow, Rejection
from .keyring import Keyring
from .log import Append, Appended, Entry, Log, Part
from .recorded import Metadata
from .sealed import decoded, seals_of
from .telemetry import carried, link_to, step, traceparent
from .wire import encode

S = TypeVar("S")
C = TypeVar("C")
E = TypeVar("E", bound=Event)

DOUBT = 16
"""After others were found to have written to a stream, so many commands are decided after a read."""
TRIES = 5
"""How often a command is decided anew when other processes write to its stream."""


@dataclass(frozen=True, slots=True)
class Context:
    """Who sends a command, under which id, and what caused it."""

    command_id: UUID
    actor: Actor
    correlation: UUID
    causation: UUID | None = None
    fingerprint: bytes = b""
    occurred_at: datetime | None = None
    """When it happened, as claimed; none: now."""
    expected: int | None = None
    """The stream's version that the caller has seen; another one is a Conflict at once."""
    skew_limit: timedelta = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Performed(Generic[S, E]):
    """What came of a command: the state after it, its events, and where they stand."""

    state: S
    version: int
    events: tuple[E, ...]
    appended: Appended | None
    """None: its effect already stood, and nothing was written."""


Answer = Callable[[S, int, tuple[E, ...]], bytes]
"""From the state, version and events after a command, the bytes to be kept with its first event."""


def no_answer(_state: object, _version: int, _events: object) -> bytes:
    """Keep nothing: the command has no caller who waits for an answer."""
    return b""


Happened = Callable[[E], datetime | None]
"""When an event happened where its command does not say it: a due passed before anyone came to see it."""


def as_claimed(_event: object) -> None:
    """Let every event have happened when its command claims."""


Found = Callable[[S, C, Asked], Sequence[E]]
"""The events that stand though a command is refused in this state: what time did before it came."""


def nothing_found(_state: object, _command: object, _asked: Asked) -> tuple[()]:
    """Let a refused command write nothing."""
    return ()


Elsewhere = Callable[[S, C, Sequence[E]], Mapping[str, C]]
"""What the events of a command on this state ask of other streams, to be appended with them, by stream."""


def nowhere(_state: object, _command: object, _events: object) -> Mapping[str, Any]:
    """Let what a command does stay in its stream."""
    return {}


Subject = Callable[[str, S], str | None]
"""From a stream and its state after a command to whose key seals what is personal in its events."""


def nobody(_stream: str, _state: object) -> None:
    """Let events name nobody: what is personal in them could not be sealed."""


Ready = Callable[[S, C], Awaitable[None]]
"""Reads what a decision on this state needs besides it, before it is decided."""


async def needs_nothing(_state: object, _command: object) -> None:
    """Let the state be all that decisions need."""


@dataclass(slots=True, eq=False, weakref_slot=True)
class _Turn:
    """The queue of commands of one stream in this process."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(frozen=True, slots=True)
class _Known(Generic[S]):
    """A stream as far as it was read."""

    version: int
    state: S
    traceparent: str | None
    """Of its last event: the next command's span links to it, so that a stream's story hangs together."""


class Performer(Generic[S, C, E]):
    """Performs the commands of one kind of aggregate on a log."""

    def __init__(
        self,
        log: Log,
        decider: Decider[S, C, E],
        *,
        source: str,
        cache: int = 4096,
        happened: Happened[E] = as_claimed,
        found: Found[S, C, E] = nothing_found,
        ready: Ready[S, C] = needs_nothing,
        elsewhere: Elsewhere[S, C, E] = nowhere,
        keyring: Keyring | None = None,
        subject: Subject[S] = nobody,
    ) -> None:
        self._elsewhere = elsewhere
        self._keyring = keyring
        self._subject = subject
        self._ready = ready
        self._found = found
        self._log = log
        self._happened = happened
        self._decider = decider
        self._source = source
        self._turns: WeakValueDictionary[str, _Turn] = WeakValueDictionary()
        self._states: OrderedDict[str, _Known[S]] = OrderedDict()
        self._cache = cache
        self._doubt = 0

    async def state(self, stream: str) -> tuple[int, S]:
        """Return the version (0: no such stream) and state of a stream as the log has it now."""
        known = await self._read(stream)
        return known.version, known.state

    async def perform(
        self, stream: str, command: C, context: Context, answer: Answer[S, E] = no_answer
    ) -> Performed[S, E]:
        """Decide a command on its stream and append what was decided.

        What is known of the stream is tried first: an append that stands proves that it was all there is.

        Raises the decider's Rejection, Conflict when the stream is not at `context.expected` or was never
        free in TRIES rounds, Unavailable when the store does not answer in time.
        """
        turn = self._turns.setdefault(stream, _Turn())
        async with turn.lock:
            performed = await self._at_once(stream, command, context, answer)
            if performed is not None:
                return performed
            for _ in range(TRIES):
                try:
                    return await self._once(stream, await self._read(stream), command, context, answer)
                except Conflict:
                    self._states.pop(stream, None)
                    if context.expected is not None:
                        raise
            raise Conflict(f"{stream} was written to by others {TRIES} times in a row")

    async def _at_once(
        self, stream: str, command: C, context: Context, answer: Answer[S, E]
    ) -> Performed[S, E] | None:
        """Decide on what is known, without reading; none where that does not end in an append that stands."""
        known = self._states.get(stream)
        self._doubt = max(0, self._doubt - 1)
        if known is None or self._doubt:
            return None
        try:
            performed = await self._once(stream, known, command, context, answer)
        except Conflict:
            self._doubt = DOUBT
        except Rejection:
            pass
        else:
            return performed if performed.appended is not None else None
        return None

    async def _once(
        self, stream: str, known: _Known[S], command: C, context: Context, answer: Answer[S, E]
    ) -> Performed[S, E]:
        version, state = known.version, known.state
        if context.expected is not None and context.expected != version:
            raise Conflict(f"{stream} is at version {version}, not {context.expected}")
        await self._ready(state, command)
        now = await self._log.now()
        asked = Asked(now, context.actor, context.skew_limit)
        try:
            events = tuple(self._decider.decide(state, command, asked))
        except NotNow:
            found = tuple(self._found(state, command, asked))
            if found:
                await self._note(stream, known, found, context, now)
            raise
        if not events:
            return Performed(state, version, (), None)
        link_to(known.traceparent)
        after, reached = self._decider.fold(events, state), version + len(events)
        whose = self._subject(stream, after)
        parts = [Part(stream, version, await self._entries(events, context, now, context.command_id, whose))]
        for other, order in self._elsewhere(state, command, events).items():
            parts.append(await self._beside(parts, other, order, asked, context))
        kept = answer(after, reached, events)
        with step(f"append {self._log.name}", {"kept.events": len(events)}):
            appended = await self._log.append(
                Append(context.command_id, tuple(parts), context.fingerprint, kept)
            )
        if appended.repeat:
            self._states.pop(stream, None)
            version, state = await self.state(stream)
            return Performed(state, version, (), appended)
        self._remember(stream, _Known(reached, after, traceparent()))
        return Performed(after, reached, events, appended)

    async def _beside(
        self, parts: Sequence[Part], stream: str, order: C, asked: Asked, context: Context
    ) -> Part:
        """Return what an order from another stream comes to in this one, after the parts before it."""
        known = await self._read(stream)
        await self._ready(known.state, order)
        events = tuple(self._decider.decide(known.state, order, asked))
        whose = self._subject(stream, self._decider.fold(events, known.state))
        before = sum(len(part.entries) for part in parts)
        entries = await self._entries(events, context, asked.now, context.command_id, whose, before)
        return Part(stream, known.version, entries)

    async def _note(
        self, stream: str, known: _Known[S], found: tuple[E, ...], context: Context, now: datetime
    ) -> None:
        """Append what a refused command found, under an id of its own: the command is decided again."""
        append = derived_id(context.command_id, "found", known.version)
        whose = self._subject(stream, known.state)
        part = Part(stream, known.version, await self._entries(found, context, now, append, whose))
        await self._log.append(Append(append, (part,)))

    async def _entries(
        self,
        events: tuple[E, ...],
        context: Context,
        now: datetime,
        append: UUID,
        whose: str | None,
        before: int = 0,
    ) -> tuple[Entry, ...]:
        """Return what is appended under an id, what is personal sealed by the key of `whose` it is.

        `before` is how many events of the append stand before these.
        """
        trace = carried()
        metadata = (
            Metadata(
                actor=context.actor.subject,
                roles=tuple(sorted(context.actor.roles)),
                correlation=context.correlation,
                causation=context.causation,
                traceparent=trace.get("traceparent"),
                tracestate=trace.get("tracestate"),
                source=self._source,
            )
            .model_dump_json()
            .encode()
        )
        occurred_at = context.occurred_at or now
        seals = await seals_of(events, append, whose, self._keyring, before)
        return tuple(
            Entry(*encode(event, seal), metadata, self._happened(event) or occurred_at)
            for event, seal in zip(events, seals, strict=True)
        )

    async def _read(self, stream: str) -> _Known[S]:
        known = self._states.get(stream) or _Known(0, self._decider.initial, None)
        rows = await self._log.stream(stream, known.version)
        if rows:
            events = await decoded(rows, self._keyring)
            state = self._decider.fold((cast("E", each.event) for each in events), known.state)
            known = _Known(rows[-1].version, state, events[-1].metadata.traceparent)
            self._remember(stream, known)
        return known

    def _remember(self, stream: str, known: _Known[S]) -> None:
        self._states[stream] = known
        self._states.move_to_end(stream)
        if len(self._states) > self._cache:
            self._states.popitem(last=False)
