"""How sure a release is of an answer, and whether a person should look: as ``etude predict`` says it.

The calibration and the threshold lie in the release's scorecard. An answer that fails the schema, or
a check that needs no ideal answer, goes to a person whatever its confidence, and so does a request that
holds a phrase of the task's boundaries, whatever was asked otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from etude.data.answers import Answers
from etude.evaluation.field_sureness import field_probabilities
from etude.evaluation.handover import probabilities
from etude.evaluation.judging import Fault, Judge
from etude.evaluation.phrases import phrases_in
from etude.evaluation.to_person import to_person, why_everything
from etude.records.handover import Handover
from etude.records.task import WRITING
from etude.releases.contents import PROJECT
from etude.releases.loading import Release
from etude.serving.answering._base import About
from etude.workflow.asked import Inputs
from etude.workflow.loading import judge_of, scorecard_of

LABELS_SHOWN = 1_000
"""Most labels whose probabilities are told."""


@dataclass(frozen=True)
class Sureness:
    """What a release's scorecard says of its answers."""

    release: str
    judge: Judge
    handover: Handover | None

    @classmethod
    def of(cls, release: Release) -> Sureness:
        """Read it from a release.

        Raises:
            StoreError: the scorecard can't be read.
        """
        judge = judge_of(release.asked, release.folder / PROJECT)
        return cls(release.name, judge, scorecard_of(release).handover)

    def about(
        self, answers: Answers, inputs: Inputs, unlike: Sequence[str] = ()
    ) -> tuple[About, ...]:
        """What is known of each answer.

        Args:
            answers: to ``inputs``, in their order.
            inputs: what was asked.
            unlike: what was asked otherwise than when the release was compared: nobody knows then
                how often such answers are right.
        """
        confidence_N = probabilities(self.handover, answers)
        faults = self._faults(answers, inputs)
        why = to_person(self.judge, self.handover, inputs.texts, answers, faults)
        held = phrases_in(self.judge.task, inputs.texts)
        labels = self.judge.labels if len(self.judge.labels) <= LABELS_SHOWN else ()
        fields = field_probabilities(self.handover, answers)
        rows = answers.probabilities_NL
        found = []
        for i, reason in enumerate(why):
            sure = float(confidence_N[i])
            known = not unlike and not math.isnan(sure)
            told = not unlike or bool(held[i])
            found.append(
                About(
                    release=self.release,
                    confidence=sure if known else None,
                    escalate=reason is not None if told else None,
                    escalate_why=reason if told else None,
                    passages=answers.passages[i] if answers.passages else (),
                    probabilities=(
                        None
                        if rows is None or not labels
                        else dict(zip(labels, map(float, rows[i]), strict=True))
                    ),
                    failure=answers.failures[i],
                    unlike=tuple(unlike),
                    field_confidence={} if unlike else fields[i],
                )
            )
        return tuple(found)

    def _faults(self, answers: Answers, inputs: Inputs) -> list[tuple[Fault, ...]]:
        """What the answers fail; checks are not run where all go to a person anyway."""
        everything = why_everything(self.judge, self.handover) is not None
        if everything or self.judge.task.kind not in WRITING:
            return [()] * len(answers)
        asking, _ = self.judge.for_columns({name for row in inputs.columns for name in row})
        return asking.faults(inputs.examples(), answers.outputs, answers.passages)
