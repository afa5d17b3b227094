"""Stretches [from, to) of whole numbers: joined where they touch, and cut out of each other."""

from collections.abc import Iterable

Stretch = tuple[int, int]


def joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Return the same numbers in as few stretches as can be, in order. Empty stretches are left out."""
    found: list[Stretch] = []
    for begins, ends in sorted(stretches):
        if found and begins <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], ends))
        elif begins < ends:
            found.append((begins, ends))
    return found


def without(stretches: Iterable[Stretch], cuts: Iterable[Stretch]) -> list[Stretch]:
    """Return what is left of stretches when the cuts are taken out."""
    left = joined(stretches)
    for begins, ends in cuts:
        left = [
            part
            for old_begins, old_ends in left
            for part in ((old_begins, min(old_ends, begins)), (max(old_begins, ends), old_ends))
            if part[0] < part[1]
        ]
    return joined(left)
