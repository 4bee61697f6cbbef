"""A dataset version: the content hash of canonical examples and of how they are split."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from etude.records._base import Manifest, Record

Scheme = Literal["holdout", "cross_fitting"]


class SourceFile(Record):
    """One file that was read; ``path`` is relative to the project where it lies inside.
    ``rows``: all that it holds, ``rejected`` of which can't be used."""

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


Severity = Literal["error", "warning", "note"]
NAMED = 20
"""Ids that a finding names."""


class Repair(Record):
    """What would mend a finding. ``apply`` says what accepting a row's proposal does to it.

    ``drop``: leave the row out. ``replace``: put the proposal in place of the field (or of the
    marked part). ``relabel``: the proposal is the target. ``decide``: nothing can be proposed, a
    person must write it. ``add``: more or other examples are wanted, no row is at fault.
    """

    apply: Literal["drop", "replace", "relabel", "decide", "add"]
    sentence: str
    """What to do, in a few words: "keep the first of each and leave the others out"."""


class Finding(Record):
    """Something a person should know about the examples; ``severity`` orders the list."""

    code: str
    severity: Severity
    sentence: str
    rows: tuple[str, ...] = ()
    """Ids of examples, at most 20 named."""
    count: int = 0
    """How many it is about; 0: it is about the whole set."""
    hint: str | None = None
    audit: str = ""
    """The audit that found it; empty for what reading and splitting found."""
    costs: str | None = None
    """What it costs to leave it, in a sentence: "the model learns to invent numbers"."""
    repair: Repair | None = None
    minutes: float | None = None
    """About how many minutes of a person's time mending takes, or looking through its rows; None where
    it only informs."""
    ids: tuple[str, ...] = Field(default=(), exclude=True, repr=False)
    """All ids where ``rows`` names only the first; in memory alone, so that the manifest of a million
    examples stays small."""

    def naming(self, ids: Sequence[str]) -> Finding:
        """The same, about the examples with these ids."""
        every = tuple(ids) if len(ids) > NAMED else ()
        return self.model_copy(update={"rows": tuple(ids[:NAMED]), "ids": every})


class Lengths(Record):
    """Words of texts, or values of records: what nine of ten lie between, the middle and the most."""

    unit: Literal["word", "value"] = "word"
    low: int
    middle: int
    high: int
    longest: int


class IdealCheck(Record):
    """One check held against the ideal answers: on how many it has a say, how many pass."""

    name: str
    applies: int
    passed: int
    failing: tuple[str, ...] = ()
    """Ids of examples whose ideal answer fails it, at most 20."""
    reason: str = ""
    """Why the first of them fails."""


class Ideals(Record):
    """What the examples of a kind that writes are like: their lengths, and whether the ideal
    answers keep the task's own checks. ``examples`` of them were looked at."""

    examples: int
    inputs: Lengths
    targets: Lengths
    passing: int
    """Ideal answers that pass every check that applies."""
    checks: tuple[IdealCheck, ...] = ()
    """The most often failed first."""
    shaped: bool = False
    """True where there is a schema, which every ideal answer kept: others are rejected."""


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
    ideals: Ideals | None = None
    """For kinds that write; None for others, and for versions made before it was looked at."""
