"""A commitment on its way from one case to another: all of it, and nothing changed."""

from events.catalogue.moves import Carried

from .state import Answer, Commitment, Explanation

_PLAIN = Carried.model_fields.keys() - {"answer", "explanation"}


def carried(commitment: Commitment) -> Carried:
    """Return a commitment as the event carries it that lets it go on elsewhere."""
    return Carried.model_validate(commitment, from_attributes=True)


def arrived(there: Carried) -> Commitment:
    """Return the commitment that was carried here, as it stood where it comes from."""
    answer, explanation = there.answer, there.explanation
    return Commitment(
        answer=Answer(**dict(answer)) if answer else None,
        explanation=Explanation(**dict(explanation)) if explanation else None,
        **{name: getattr(there, name) for name in _PLAIN},
    )
