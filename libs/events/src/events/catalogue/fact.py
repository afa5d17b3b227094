"""The base of every event, and the mark for what is personal."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Annotated, Any, ClassVar, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic_core import core_schema

T = TypeVar("T")

Word = Callable[[str, str], str]
"""From a field's name and what it says to what stands in its place: sealed, or opened."""


class PersonalMark:
    """Marks a field as personal: sealed in the log.

    Where validation or serialization is given a Word as its context, the Word decides what the field says.
    Without one it stays as it is; null always does.
    """

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Let the context have a say where there is something said."""
        field, said = handler.field_name or "", handler(source)

        def read(value: str, info: core_schema.ValidationInfo) -> str:
            return value if info.context is None else info.context(field, value)

        def written(value: str, info: core_schema.SerializationInfo) -> str:
            return value if info.context is None else info.context(field, value)

        marked = core_schema.with_info_after_validator_function(
            read,
            said["schema"] if said["type"] == "nullable" else said,
            serialization=core_schema.plain_serializer_function_ser_schema(
                written, info_arg=True, return_schema=core_schema.str_schema(), when_used="json"
            ),
        )
        return core_schema.nullable_schema(marked) if said["type"] == "nullable" else marked


Personal = Annotated[T, PersonalMark()]


class Fact(BaseModel):
    """Something that happened; its class name and `schema_version` are its type on the wire.

    Readers ignore fields they do not know, so adding one needs no new version.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")
    schema_version: ClassVar[int] = 1


class Value(BaseModel):
    """A part of an event."""

    model_config = ConfigDict(frozen=True, extra="ignore")


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
