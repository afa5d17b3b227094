"""What in a fact is personal: which fields may be, and whether anything stands in them."""

from collections.abc import Iterator
from functools import cache
from typing import Any, get_args

from pydantic import BaseModel

from .fact import PersonalMark


def says_personal(said: object) -> bool:
    """Say whether anything personal stands in a fact, or in a part of one."""
    if isinstance(said, tuple):
        return any(map(says_personal, said))
    if not isinstance(said, BaseModel):
        return False
    marked, parts = personal_fields(type(said))
    return any(getattr(said, name) is not None for name in marked) or any(
        says_personal(getattr(said, name)) for name in parts
    )


@cache
def personal_fields(model: type[BaseModel]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the fields of a model that are personal, and those whose parts may say something personal."""
    fields = model.model_fields.items()
    marked = tuple(
        name for name, field in fields if any(isinstance(each, PersonalMark) for each in field.metadata)
    )
    parts = tuple(
        name
        for name, field in fields
        if any(personal_fields(each) != ((), ()) for each in _models(field.annotation))
    )
    return marked, parts


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for each in get_args(annotation):
        yield from _models(each)
