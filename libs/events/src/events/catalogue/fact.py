"""The base of every event, and the mark for what is personal."""

from typing import Annotated, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict

T = TypeVar("T")


class PersonalMark:
    """Marks a field as personal data: encrypted in the log once encryption is there."""


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
