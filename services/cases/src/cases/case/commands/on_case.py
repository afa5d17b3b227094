"""The base of what is asked of a case."""

from events.fields import Body, Id


class OnCase(Body):
    """It names its case."""

    case: Id
