"""What a run was: when, where, with which code, on what."""

from __future__ import annotations

from typing import Literal

from etude.records._base import Manifest, Record


class Machine(Record):
    """Where a figure was measured; ``id`` is a hash of the rest, for keys of timed stages."""

    id: str
    processor: str
    cores: int
    memory_gb: float
    system: str
    python: str
    accelerator: str | None = None


class Run(Manifest):
    """One call of a verb that leaves results behind. Times are ISO 8601, UTC."""

    id: str
    verb: str
    started: str
    finished: str | None = None
    status: Literal["running", "done", "failed", "interrupted"] = "running"
    etude_version: str
    task_hash: str
    dataset: str | None = None
    options: dict[str, str] = {}
    versions: dict[str, str] = {}
    """Library to version, of those that matter to results."""
    seeds: dict[str, int] = {}
    machine: Machine
    note: str | None = None


class Terms(Record):
    """What a comparison is decided by, besides its candidates: it is to stand before the first look.

    ``margin`` and ``at_least`` are in the metric's unit; ``baseline``: the candidate that the others
    are held against; None: there is none.
    """

    metric: str
    margin: float
    at_least: float | None
    baseline: str | None


class Look(Manifest):
    """One look at held-out examples, as the ledger keeps it."""

    time: str
    holdout_id: str
    run: str
    candidates: tuple[str, ...]
    """Hashes of the candidates that were scored."""
    reason: str
    terms: Terms | None = None
    """None where nothing was decided, or that was not written down yet."""
