"""One commitment: what it is made of, and how events change it (commitment.md §1, §2)."""

from .carrying import arrived, carried
from .evolve import Changed, erased, evolve, made, paused, resumed, unheld
from .state import Answer, Commitment, Explanation, Made, State

__all__ = [
    "Answer",
    "Changed",
    "Commitment",
    "Explanation",
    "Made",
    "State",
    "arrived",
    "carried",
    "erased",
    "evolve",
    "made",
    "paused",
    "resumed",
    "unheld",
]
