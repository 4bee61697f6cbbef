"""``check --training``: what a language model would be taught, before anything is trained.

The real rungs make the real prompts; nothing is kept.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from etude.errors import UsageError
from etude.training.lm.preflight import GB, Preflight
from etude.workflow.check import prepare
from etude.workflow.entrants import entrants, open_models
from etude.workflow.layout import layout_of
from etude.workflow.session import Session
from etude.workflow.stages import stages_for


@dataclass(frozen=True)
class Planned:
    """One training of the comparison, as it would be in its first part."""

    candidate: str
    plain_name: str
    looked: Preflight

    @property
    def sentence(self) -> str:
        """Its size in words."""
        found = self.looked
        minutes = max(1, round((found.seconds or 0) / 60))
        time = f", about {minutes} minute{'s' if minutes > 1 else ''}" if found.seconds else ""
        return (
            f"{found.train:,} examples, {found.target_tokens:,} tokens to learn, about "
            f"{found.memory.total / GB:.1f} GB of memory ({found.free / GB:.1f} GB are free){time}"
        )

    def to_json(self) -> dict[str, Any]:
        """As ``etude check --training --json`` has it."""
        found = self.looked
        return {
            "candidate": self.candidate,
            "train": found.train,
            "dev": found.dev,
            "target_tokens": found.target_tokens,
            "memory_bytes": found.memory.total,
            "free_bytes": found.free,
            "seconds": found.seconds,
            "advice": list(found.advice),
            "notices": list(found.notices),
            "samples": [
                {"masked": sample.prompt, "learned": sample.target} for sample in found.samples
            ],
        }


def planned_trainings(session: Session) -> list[Planned]:
    """Every training of a language model that a comparison would run, looked at.

    Raises:
        UsageError: the ladder trains no language model.
        TrainingError: one could not start; the error says what to change.
    """
    prepared, _ = prepare(session)
    part = layout_of(prepared, quick=True).parts[0]
    stages = stages_for(session, session.taskfile.task, prepared.version)
    found = []
    with tempfile.TemporaryDirectory() as work:
        for entrant in entrants(session, open_models(session), session.say):
            look = getattr(entrant.approach, "look", None)
            context = stages.context(entrant, 0, Path(work))
            looked = look(part.train, part.dev, context) if look is not None else None
            if looked is not None:
                found.append(Planned(entrant.name, entrant.approach.plain_name, looked))
    if not found:
        raise UsageError(
            "no rung of this ladder trains a language model",
            where="etude.yaml, ladder and models",
            hint="add finetune to the ladder, and a language model such as builtin:starter",
        )
    return found
