"""The base of every event, and the mark for what is personal."""

from collections.abc import Callable
from typing import Annotated, Any, ClassVar, TypeVar

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
