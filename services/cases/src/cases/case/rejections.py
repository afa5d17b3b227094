"""What a case refuses, beyond the kinds every service shares."""

from events.errors import NotNow


class CommitmentsOpen(NotNow):
    """Not while commitments of it are open: say of each what became of it."""


class CommitmentMoved(NotNow):
    """It goes on in case {case}: say it there."""


class NeedsReply(NotNow):
    """It answers contacts: only an outbound contact that names them keeps it."""


class ReferenceTaken(NotNow):
    """A case of another customer has this source and reference."""
