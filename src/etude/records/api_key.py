"""A key to the server, as it is kept: never the key itself."""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import Field

from etude.records._base import Record

Scope = Literal["infer", "tune", "admin"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
"""infer: ask models and give feedback; tune: files, jobs, batches; admin: all of it, and reading
what others said and the metrics."""


class ApiKey(Record):
    """What a key may do. ``hint`` is its last four characters; times are seconds since 1970."""

    id: str
    name: str = Field(min_length=1, max_length=64)
    scopes: tuple[Scope, ...] = Field(min_length=1)
    hint: str
    created: int
    revoked: int | None = None
    requests_per_minute: int | None = Field(default=None, ge=1)
    """None: as many as the server can take."""
    tokens_per_day: int | None = Field(default=None, ge=1)
    """Read and written, of a day in UTC."""

    def may(self, scope: Scope) -> bool:
        """Whether the key opens what needs ``scope``; ``admin`` opens everything."""
        return scope in self.scopes or "admin" in self.scopes
