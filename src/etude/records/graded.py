"""How good a dataset version was found to be, in counts alone: nothing of its rows is in it."""

from __future__ import annotations

from etude.records._base import Manifest, Record
from etude.records.dataset import Severity


class GradedFinding(Record):
    """A finding of an audit. ``title``: what the audit looks for; ``count``: rows that have it."""

    code: str
    title: str
    severity: Severity
    count: int


class Graded(Manifest):
    """``word`` is the grade, with its ``reasons``; ``not_run`` are titles of audits. ``minutes``: a
    person's, to look through what stands against using the examples as they are."""

    dataset: str
    created: str
    word: str
    reasons: tuple[str, ...]
    findings: tuple[GradedFinding, ...] = ()
    not_run: tuple[str, ...] = ()
    minutes: float = 0.0
