"""What ``predict`` gives back, and its versioned JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from etude.evaluation.judging import Fault
from etude.jsonshape import NotJson, read_json
from etude.records.dataset import Reject
from etude.records.task import WRITING, Kind


@dataclass(frozen=True)
class Prediction:
    """One answer; ``label`` (a label, or the text that was written) is None where there was none,
    and ``failure`` says why.

    ``faults``: what the answer fails, of the schema and of the checks that can be held without an
    ideal answer. ``confidence``: the probability that it is right, as far as it is known.
    ``escalate_why``: why a person is to look at it, as a clause; None where it may go out.
    ``field_confidence``: of a record, the probability that each field is right, by its name, as far
    as it is known.
    ``evidence``: what was looked up for it: ids of examples, then names of passages; ``passages``: the
    texts of these.
    """

    text: str
    label: str | None
    confidence: float | None
    failure: str | None
    faults: tuple[Fault, ...] = ()
    escalate_why: str | None = None
    field_confidence: Mapping[str, float] = field(default_factory=dict)
    evidence: tuple[str, ...] = ()
    passages: tuple[str, ...] = ()

    @property
    def escalate(self) -> bool:
        """Whether a person is to look at it."""
        return self.escalate_why is not None

    @property
    def passed(self) -> bool:
        """Whether there is an answer and nothing speaks against it."""
        return self.label is not None and not self.faults


@dataclass(frozen=True)
class Predictions:
    """Answers in the order of the texts, and who gave them.

    ``not_checked``: names of the task's checks that could not be asked of these answers, for they
    need an ideal answer or a column that was not given. ``everything``: why a person is to look at
    every answer, where that is so.
    """

    candidate: str
    answers: tuple[Prediction, ...]
    kind: Kind = "classify"
    not_checked: tuple[str, ...] = ()
    everything: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The versioned shape of ``etude predict --json``."""
        shape = _written if self.kind in WRITING else _labelled
        document: dict[str, Any] = {
            "schema": 1,
            "candidate": self.candidate,
            "all_to_person": self.everything,
            "predictions": [
                shape(answer, self.kind) | _looked_up(answer) for answer in self.answers
            ],
        }
        if self.kind in WRITING:
            document["not_checked"] = list(self.not_checked)
        return document


def _labelled(answer: Prediction, kind: Kind) -> dict[str, Any]:
    return {
        "text": answer.text,
        "prediction": answer.label,
        "confidence": answer.confidence,
        "escalate": answer.escalate,
        "escalate_why": answer.escalate_why,
        "failure": answer.failure,
    }


def _written(answer: Prediction, kind: Kind) -> dict[str, Any]:
    record = kind == "extract"
    return {
        "text": answer.text,
        "prediction": _value(answer.label) if record else answer.label,
        "confidence": answer.confidence,
        **({"field_confidence": dict(answer.field_confidence) or None} if record else {}),
        "escalate": answer.escalate,
        "escalate_why": answer.escalate_why,
        "passed": answer.passed,
        "failed_checks": [{"check": f.check, "reason": f.reason} for f in answer.faults],
        "failure": answer.failure,
    }


def _looked_up(answer: Prediction) -> dict[str, Any]:
    """What the answer was shown; nothing where nothing was."""
    shown = {"evidence": list(answer.evidence), "passages": list(answer.passages)}
    return {key: value for key, value in shown.items() if value}


def _value(text: str | None) -> Any:
    """The JSON value that an answer is; the text itself where it is none."""
    try:
        return None if text is None else read_json(text)
    except NotJson:
        return text


def columns(answers: Sequence[Prediction | None], kind: Kind) -> dict[str, list[Any]]:
    """What is added to a table, a row each; None: the row had nothing to answer."""
    found: dict[str, list[Any]] = {"prediction": [a.label if a else None for a in answers]}
    sure = [a.confidence if a else None for a in answers]
    if kind not in WRITING or any(one is not None for one in sure):
        found["confidence"] = sure
    for name in dict.fromkeys(name for a in answers if a for name in a.field_confidence):
        found[f"confidence_{name}"] = [a.field_confidence.get(name) if a else None for a in answers]
    if kind in WRITING:
        found["passed"] = [a.passed if a else None for a in answers]
        found["failed_checks"] = [said(a.faults) if a else None for a in answers]
    found["escalate"] = [a.escalate if a else None for a in answers]
    found["escalate_why"] = [a.escalate_why if a else None for a in answers]
    if any(a.evidence for a in answers if a):
        found["evidence"] = ["; ".join(a.evidence) or None if a else None for a in answers]
    return found


def said(faults: Sequence[Fault]) -> str | None:
    """The failed checks with their reasons in one text; None for none."""
    return "; ".join(f"{fault.check}: {fault.reason}" for fault in faults) or None


@dataclass(frozen=True)
class PredictedFile:
    """What was written where; ``unanswered`` rows have an empty prediction, and ``failing`` ones
    an answer that fails the schema or a check. ``not_checked``: see ``Predictions``."""

    candidate: str
    source: Path
    target: Path
    rows: int
    unanswered: int
    rejects: tuple[Reject, ...]
    failing: int | None = None
    """None for kinds that have labels."""
    not_checked: tuple[str, ...] = ()
    escalated: int = 0
    """Answers that a person is to look at."""
    everything: str | None = None
    """Why those are all of them; None where they need not be."""

    def to_json(self) -> dict[str, Any]:
        """The versioned shape of ``etude predict --in FILE --json``."""
        document: dict[str, Any] = {
            "schema": 1,
            "candidate": self.candidate,
            "source": str(self.source),
            "target": str(self.target),
            "rows": self.rows,
            "unanswered": self.unanswered,
            "rejected": [r.model_dump(mode="json") for r in self.rejects],
            "escalated": self.escalated,
            "all_to_person": self.everything,
        }
        if self.failing is not None:
            document["failing"] = self.failing
            document["not_checked"] = list(self.not_checked)
        return document
