"""What stands sealed in one's own log: sealed as it is written, opened as it is read."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from .catalogue import TYPES, Event
from .catalogue.personal import personal_fields, says_personal
from .clock import derived_id
from .keyring import Keyring
from .recorded import Recorded, Stored
from .sealing import NO_KEYS, Keys, Seal, key_ids
from .wire import decode

_MAY_BE_SEALED = frozenset(name for name, cls in TYPES.items() if any(personal_fields(cls)))


async def seals_of(
    events: Sequence[Event], append: UUID, whose: str | None, keyring: Keyring | None, before: int = 0
) -> list[Seal | None]:
    """Return what seals each event that is appended under an id, none where nothing personal stands in it.

    `before` is how many events of the append stand before these.

    Raises LookupError where something personal is of nobody, Erased, Unavailable.
    """
    personal = [says_personal(event) for event in events]
    if True not in personal:
        return [None] * len(events)
    if keyring is None or whose is None:
        raise LookupError(f"{type(events[personal.index(True)]).__name__} is personal, but of nobody")
    key = await keyring.key_for(whose)
    numbered = enumerate(personal, before + 1)
    return [Seal(key, derived_id(append, number)) if said else None for number, said in numbered]


async def keys_of(rows: Iterable[Stored], keyring: Keyring | None) -> Keys:
    """Return the keys of the tokens in rows; without a keyring none, so that they stay sealed.

    Raises Unavailable.
    """
    if keyring is None:
        return NO_KEYS
    ids: set[UUID] = set().union(*(key_ids(row.data) for row in rows if row.type in _MAY_BE_SEALED))
    return await keyring.keys(ids) if ids else NO_KEYS


async def decoded(rows: Sequence[Stored], keyring: Keyring | None) -> list[Recorded[Event]]:
    """Return the events in rows of the own log, opened. Raises Undecodable, Unavailable."""
    keys = await keys_of(rows, keyring)
    return [decode(row, keys) for row in rows]
