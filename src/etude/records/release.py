"""A release: what it is, file by file, and what was written down about it since.

The manifest is the release: its canonical JSON is hashed, and that hash is the name, so that one
name can never stand for other bytes.
"""

from __future__ import annotations

import hashlib
import json
from typing import Literal

from pydantic import Field

from etude.records._base import Manifest, Record
from etude.records.candidate import Quality
from etude.records.dataset import DatasetVersion
from etude.records.sign_off import SignOff
from etude.records.task import Kind, ModelRef, Task

NAME_DIGITS = 32
"""Hex digits of a release's name: 128 bits, so that no two releases can be made to share one."""

Event = Literal["made", "imported", "exported", "moved"]


class FileEntry(Record):
    """One file of a release or of a base model."""

    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    size: int = Field(ge=0)
    """Bytes."""


class Base(Record):
    """A model that the release stands on: by name and the hashes of its files, or as a copy."""

    reference: ModelRef
    files: dict[str, FileEntry] = {}
    """Empty for an endpoint, whose weights nobody here can hash."""
    licence: str | None = None
    """As the model's own card states it; None where none does."""
    place: str | None = None
    """Folder in the release that holds a copy; None: it is found by its name."""

    @property
    def hash(self) -> str | None:
        """sha256 over the files' names and hashes; None for an endpoint."""
        if not self.files:
            return None
        lines = "".join(f"{name} {file.sha256}\n" for name, file in sorted(self.files.items()))
        return hashlib.sha256(lines.encode()).hexdigest()


class Asked(Manifest):
    """What a release answers: the task with its contract, and how inputs are read.

    ``dataset`` is described without what was found in its rows. ``systems``: system messages that the
    examples' conversations bring themselves, which are part of what is asked; None: too many to list.
    ``opening``: those that every one of the conversations begins with.
    """

    task: Task
    labels: tuple[str, ...]
    descriptions: dict[str, str]
    dataset: DatasetVersion
    systems: tuple[str, ...] | None = ()
    opening: tuple[str, ...] = ()


class Difference(Record):
    """One input that two ways of running the same candidate answer differently."""

    row: int
    """From 1, in the order in which they were asked."""
    expected: str | None
    found: str | None


class Leg(Record):
    """One way of running a candidate, held against the candidate as it was evaluated.

    ``exact``: every output must be the same. Otherwise (a lossy export) the score must be no worse
    by the margin: ``low`` is the lower limit of the difference.
    """

    name: str
    inputs: int
    """How many went through it; 0: it could not be tried, and ``note`` says why."""
    differing: int
    """How many came out otherwise: another output, or the same one handed to a person by one way
    alone."""
    note: str | None = None
    exact: bool = True
    confidence_moved: float | None = None
    """The largest change of a score that answers are ranked by; None where there is none to compare."""
    difference: float | None = None
    low: float | None = None
    margin: float | None = None

    @property
    def same(self) -> bool:
        """Whether it may be called the same candidate; what was not tried may not."""
        if self.inputs == 0 or self.differing == 0:
            return self.inputs > 0
        if self.exact or self.low is None or self.margin is None:
            return False
        return self.low > -self.margin


class Parity(Record):
    """Whether the ways of running a candidate answer alike; ``allowed`` where a person said that
    differences may be."""

    inputs: int
    legs: tuple[Leg, ...]
    allowed: bool = False

    @property
    def same(self) -> bool:
        """Whether every way may be called the same candidate."""
        return all(leg.same for leg in self.legs)


class ReleaseManifest(Manifest):
    """A release, whole; see the module."""

    task: str
    kind: Kind
    candidate: str
    """``rung@model``, as the comparison calls it."""
    rung: str
    rung_version: int
    plain_name: str
    base: Base
    lookup: Base | None = None
    """What embeds texts that are looked up, where the base model does not."""
    dataset: str
    holdout_id: str | None
    task_hash: str
    comparison: str
    """The run that compared it."""
    quality: Quality | None
    stakes: Literal["normal", "high"] = "normal"
    signed_off: SignOff | None = None
    """Who signed it off before it was sealed; None: nobody."""
    etude_version: str
    code: str
    """sha256 over the source files of Etude."""
    versions: dict[str, str]
    parity: Parity
    files: dict[str, FileEntry]

    def canonical(self) -> bytes:
        """The bytes that are hashed and stored: one spelling for one manifest."""
        value = self.model_dump(mode="json", by_alias=True)
        return (
            json.dumps(value, sort_keys=True, ensure_ascii=True, indent=1, allow_nan=False) + "\n"
        ).encode()

    @property
    def name(self) -> str:
        """What a release with this manifest is called."""
        return name_of(self.canonical())


def name_of(manifest: bytes) -> str:
    """A release's name: the first digits of its stored manifest's sha256."""
    return hashlib.sha256(manifest).hexdigest()[:NAME_DIGITS]


class Logged(Record):
    """One line of the log: what happened to a release, or where an alias moved."""

    time: str
    event: Event
    alias: str | None = None
    before: str | None = None
    """The release that the alias stood for."""
    after: str | None = None
    """The release: the one made, or the one that the alias stands for now."""
    command: str
    note: str | None = None
