"""What every record is: frozen, closed to unknown keys, and, where stored, versioned."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer


def _from_json(value: object) -> object:
    # JSON has no infinity; a stored null stands for "no number settles it".
    return float("inf") if value is None else value


Unbounded = Annotated[
    float,
    BeforeValidator(_from_json),
    PlainSerializer(lambda value: None if value == float("inf") else value, when_used="json"),
]
"""A float that may be infinite; null in JSON."""


class Record(BaseModel):
    """A small immutable value that stages hand to one another."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())


class Manifest(Record):
    """A record that is stored: ``schema_version`` says which shape it has."""

    schema_version: int = 1
