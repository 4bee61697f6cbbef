"""What GEPA calls: answers to some examples with their scores, what was wrong, and other instructions.

It is a ``GEPAAdapter`` by its methods. Rows are numbers: first those of train, whose failures are
read, then those of dev, by which instructions are kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from etude.approaches._base import FitContext
from etude.approaches.improving.feedback import Feedback
from etude.approaches.improving.library import Optimizer
from etude.approaches.improving.purse import Purse
from etude.approaches.improving.rewriting import Rewriting
from etude.approaches.improving.trying import Trying
from etude.data.examples import Examples
from etude.models._base import Completion

PART = "instructions"
"""The one part of the prompt that is searched."""


@dataclass(frozen=True)
class Answered:
    """Some rows with what the model said."""

    rows: Examples
    said: list[Completion]
    outputs: list[str | None]


@dataclass
class Adapter:
    """See the module. ``values``: of instructions that were tried on all rows of dev, by their text."""

    trying: Trying
    purse: Purse
    gepa: Optimizer
    rewriting: Rewriting
    rows: Examples
    first_of_dev: int
    values: dict[str, float] = field(default_factory=dict)

    def evaluate(
        self, batch: list[int], candidate: dict[str, str], capture_traces: bool = False
    ) -> Any:
        """Answers to these rows and the score of each.

        Raises:
            Ended: the budget does not reach.
        """
        rows, text = self.rows.take(batch), candidate[PART]
        said = self.purse.ask(self.trying.requests(text, rows))
        outputs = self.trying.outputs(said)
        if batch and min(batch) >= self.first_of_dev and text not in self.values:
            self.values[text] = float(self.trying.context.metric(rows, outputs))
            if text != self.trying.instructions:
                self.trying.note(text, rows, said)
        return self.gepa.batch(
            outputs=outputs,
            scores=scores(self.trying.context, rows, outputs),
            trajectories=[Answered(rows, said, outputs)] if capture_traces else None,
        )

    def make_reflective_dataset(
        self, candidate: dict[str, str], eval_batch: Any, components_to_update: list[str]
    ) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """What was right or wrong with each answer."""
        (answered,) = eval_batch.trajectories
        feedback = Feedback(self.trying.context)
        records = feedback.records(answered.rows, answered.said, answered.outputs)
        return dict.fromkeys(components_to_update, records)

    def propose_new_texts(
        self,
        candidate: dict[str, str],
        reflective_dataset: Mapping[str, Sequence[Mapping[str, Any]]],
        components_to_update: list[str],
    ) -> dict[str, str]:
        """The instructions rewritten; nothing where what came back is not worth trying.

        Raises:
            Ended: the budget does not reach.
        """
        text, records = candidate[PART], reflective_dataset[PART]
        new = self.rewriting.read(self.purse.rewrite(self.rewriting.prompt(text, records)))
        return {} if new is None else {PART: new}


def scores(context: FitContext, rows: Examples, outputs: Sequence[str | None]) -> list[float]:
    """Of each answer by itself, on the task's metric."""
    if context.each is not None:
        return [float(score) for score in context.each(rows, outputs)]
    return [
        float(context.metric(rows.take([place]), [output])) for place, output in enumerate(outputs)
    ]
