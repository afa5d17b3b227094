"""The base of what is asked of a case."""

from uuid import UUID

from events.fields import Body


class OnCase(Body):
    """It names its case."""

    case: UUID
