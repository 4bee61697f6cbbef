"""A dataset version: the content hash of canonical examples and of how they are split."""

from __future__ import annotations

from typing import Literal

from etude.records._base import Manifest, Record

Scheme = Literal["holdout", "cross_fitting"]


class SourceFile(Record):
    """One file that was read; ``path`` is relative to the project where it lies inside."""

    path: str
    sha256: str
    bytes: int
    shape: str
    encoding: str | None = None
    delimiter: str | None = None
    rows: int
    rejected: int


class Reject(Record):
    """A row that can't be used: ``line`` counts from 1 in the source file."""

    path: str
    line: int
    reason: str
    text: str


class Finding(Record):
    """Something a person should know about the examples; ``severity`` orders the list."""

    code: str
    severity: Literal["error", "warning", "note"]
    sentence: str
    rows: tuple[str, ...] = ()
    """Ids of examples, at most 20 named."""
    count: int = 0
    hint: str | None = None


class DatasetVersion(Manifest):
    """``id`` is the sha256 (first 16 hex digits) of the canonical rows and their assignments."""

    id: str
    created: str
    sources: tuple[SourceFile, ...]
    columns: dict[str, str]
    """Role (input, target, id, group, context) to the column or template it was read from."""
    rows: int
    rejected: int
    scheme: Scheme
    folds: int = 0
    sizes: dict[str, int]
    """Rows a side: train, dev, holdout; or all, in cross-fitting."""
    labels: dict[str, int]
    """Label to rows, in the order of the task file, else alphabetical."""
    groups: int
    """Independent groups: duplicates and a person's ``group`` joined."""
    left_out: int = 0
    """Copies of held-out examples that are not trained on."""
    holdout_id: str | None = None
    """Content hash of the held-out examples alone: what the ledger counts looks at."""
    findings: tuple[Finding, ...] = ()
