"""What can go wrong, in three kinds: a rejection (the domain says no), a conflict (try again), a fault.

KeptError
├── Rejection          the docstring is the message; mapped to 4xx in events.service.problems
│   ├── Invalid        422: a field holds what it cannot hold; names the field
│   ├── Unknown        404: no such thing
│   ├── Forbidden      403: not with this role
│   └── NotNow         409: not in this state
├── Conflict           the stream moved on; perform retries, then 409
└── Fault
    ├── Unavailable    503: try again; the outcome is unknown
    ├── NotYet         503: the wait for a position ran out
    ├── HeldBack       something else must be taken in first: its stream is parked
    ├── Undecodable    an event that this release cannot read: its stream is parked
    └── LogDiverged    two histories under one log: the reader stops
"""

import traceback
from inspect import cleandoc


class KeptError(Exception):
    """The root of every error of Kept."""


class Rejection(KeptError):
    """The domain refuses; nothing of the command was written.

    A subclass's docstring is its message; `{names}` in it are filled from the keyword arguments.
    `field` names the field of the command at fault, where there is one.
    """

    def __init__(self, *, field: str | None = None, **details: object) -> None:
        self.field = field
        self.details = details
        super().__init__(cleandoc(type(self).__doc__ or "").format(field=field, **details))


class Invalid(Rejection):
    """{field}: {reason}"""  # noqa: D400 - the docstring is the message


class Unknown(Rejection):
    """There is no {what} {id}."""


class Forbidden(Rejection):
    """This needs one of the roles {needed}."""


class NotNow(Rejection):
    """Not while the {what} is {state}."""


class Conflict(KeptError):
    """The stream is no longer at the version that was expected."""


class Fault(KeptError):
    """Something outside the domain failed."""


class Unavailable(Fault):
    """Try again: the store did not answer in time, and what became of the request is unknown."""


class NotYet(Fault):
    """Try again: the position asked for was not reached within the wait."""


class HeldBack(Fault):
    """It cannot end before something that is parked is taken in; it is parked until then, and tried again."""


class Undecodable(Fault):
    """This release cannot read the event: a newer version, an unknown type, or damaged data."""


class LogDiverged(Fault):
    """Two histories under one log: at a position already seen stands another event."""


def told(error: BaseException) -> str:
    """Return an error as it may be kept and shown, by its kind and its message.

    Its message only where it is ours, the system's or a missing name; the places in the code otherwise:
    others quote what they were given, which may be personal.
    """
    if isinstance(error, KeptError | OSError | LookupError):
        return f"{type(error).__name__}: {error}"
    frames = traceback.extract_tb(error.__traceback__)[-12:]
    places = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames))
    return f"{type(error).__name__} at {places}" if places else type(error).__name__
