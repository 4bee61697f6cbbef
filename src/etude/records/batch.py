"""A batch: a file of requests that are answered without anyone waiting. Times are unix seconds."""

from __future__ import annotations

from typing import Literal

from etude.records._base import Manifest, Record

Status = Literal[
    "validating",
    "failed",
    "in_progress",
    "finalizing",
    "completed",
    "expired",
    "cancelling",
    "cancelled",
]
OPEN: tuple[Status, ...] = ("validating", "in_progress", "finalizing", "cancelling")
"""Someone has still to work on it."""
STAMPS: dict[Status, str] = {
    "in_progress": "in_progress_at",
    "finalizing": "finalizing_at",
    "completed": "completed_at",
    "failed": "failed_at",
    "expired": "expired_at",
    "cancelling": "cancelling_at",
    "cancelled": "cancelled_at",
}
"""When it came to a status; the fields of OpenAI's object."""


class LineError(Record):
    """What is wrong with the input file; ``line`` counts from 1."""

    code: str
    message: str
    line: int | None = None
    param: str | None = None


class Counts(Record):
    """Requests of a batch."""

    total: int = 0
    completed: int = 0
    failed: int = 0


class Tokens(Record):
    """Tokens of all answers of a batch."""

    read: int = 0
    written: int = 0
    cached: int = 0


class Batch(Manifest):
    """One batch. ``key``: id of the key that asked; None where none was needed."""

    id: str
    created: int
    status: Status = "validating"
    endpoint: str
    input_file: str
    window: str = "24h"
    expires: int
    """When what is not answered by then no longer will be."""
    metadata: dict[str, str] | None = None
    key: str | None = None
    model: str | None = None
    """Where all lines name the same."""
    output_seconds: int | None = None
    """How long the files of answers are kept; None: until someone deletes them."""
    errors: tuple[LineError, ...] = ()
    ends: Literal["completed", "expired", "cancelled", "failed"] | None = None
    """As what it ends, once that is settled; from then on no line is asked any more."""
    stamps: dict[str, int] = {}
    counts: Counts = Counts()
    tokens: Tokens | None = None
    output_file: str | None = None
    error_file: str | None = None
