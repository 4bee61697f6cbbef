"""The rung "quick classifier": logistic regression on the frozen encoder's embeddings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from etude.approaches._base import Candidate, Choice, Embeddings, FitContext
from etude.approaches._files import read_arrays, read_settings, write_candidate
from etude.approaches._label_texts import meanings_as_examples
from etude.approaches._logistic import Linear, balanced, fit_path
from etude.approaches._scores import label_index, softmax
from etude.approaches._search import Part, Parts, Search, parts_of
from etude.approaches._vectors import answer_by_vectors, embed_for, why_unusable
from etude.data.answers import Answers
from etude.data.examples import Examples
from etude.models._base import Model
from etude.records.task import Task

PENALTIES = (1.0, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001, 0.0003, 0.0001)
PATIENCE = 3
"""A path stops after so many weaker penalties in a row without a better dev value."""


@dataclass(frozen=True)
class LinearHead:
    """A fitted candidate: weights (L, dim) and biases (L,) over embeddings."""

    context: FitContext
    settings: dict[str, Any]
    linear: Linear

    def _probabilities(self, vectors_ND: NDArray[np.float32]) -> NDArray[np.float32]:
        return softmax(self.linear.logits(vectors_ND), self.settings["temperature"])

    def answer(self, inputs: Sequence[str], embeddings: Embeddings | None = None) -> Answers:
        """The label with the highest logit."""
        return answer_by_vectors(
            inputs, self.context.model, embeddings, self.context.labels, self._probabilities
        )

    def save(self, folder: Path) -> None:
        """Write the weights and the settings."""
        arrays = {"weight": self.linear.weight_LD, "bias": self.linear.bias_L}
        write_candidate(folder, Probe.key, self.settings, arrays)


class Probe:
    """Quick classifier."""

    key = "probe"
    order = 4
    plain_name = "quick classifier"
    seeded = False
    version = 2

    def usable(self, task: Task, model: Model) -> str | None:
        """It needs an encoder."""
        return why_unusable(
            task, model, ("embed",), "gives no embeddings: a quick classifier needs an encoder"
        )

    def reads_instructions(self, model: Model) -> bool:
        """It learns from the texts and the labels' own meanings alone."""
        return False

    def choose(self, train: Examples, dev: Examples, context: FitContext) -> Choice:
        """Choose the penalty, whether rare labels weigh more, and whether the labels' own texts are
        learned from too."""
        parts = parts_of(train, dev, meanings_as_examples(context))
        search = Search.over(parts, context)
        vectors = embed_for(parts.pool.inputs, context)
        for meanings in (False, True):
            for weighting in ("rows", "labels"):
                since_best, best = 0, -1.0
                for penalty, logits in _paths(parts, vectors, weighting, meanings, context):
                    value = search.add(
                        {"penalty": penalty, "weighting": weighting, "meanings": meanings}, logits
                    )
                    since_best, best = (0, value) if value > best else (since_best + 1, best)
                    if since_best == PATIENCE:
                        break
        return search.choice()

    def fit(self, examples: Examples, choice: Choice, context: FitContext) -> Candidate:
        """Fit with the chosen penalty on all examples."""
        return LinearHead(context, choice.settings, fit_head(examples, choice.settings, context))

    def load(self, folder: Path, context: FitContext) -> Candidate:
        """The candidate that was saved."""
        settings = read_settings(folder, self.key)
        arrays = read_arrays(folder, self.key)
        return LinearHead(context, settings, Linear(arrays["weight"], arrays["bias"]))


def learned_from(examples: Examples, settings: dict[str, Any], context: FitContext) -> Examples:
    """The examples, with the labels' own texts where those were chosen."""
    return examples.join(meanings_as_examples(context)) if settings["meanings"] else examples


def fit_head(examples: Examples, settings: dict[str, Any], context: FitContext) -> Linear:
    """The chosen regression on these examples."""
    rows = learned_from(examples, settings, context)
    vectors = embed_for(rows.inputs, context)
    target = label_index(rows.targets, context.labels)
    penalties = [settings["penalty"]]
    return next(_path(vectors, target, penalties, settings["weighting"], len(context.labels)))


def _path(
    vectors_ND: NDArray[np.float32],
    target_N: NDArray[np.int64],
    penalties: Sequence[float],
    weighting: str,
    labels: int,
) -> Iterator[Linear]:
    weights = balanced(target_N, labels) if weighting == "labels" else None
    return fit_path(vectors_ND, target_N, labels, penalties, weights)


def _paths(
    parts: Parts,
    vectors_ND: NDArray[np.float32],
    weighting: str,
    meanings: bool,
    context: FitContext,
) -> Iterator[tuple[float, NDArray[np.float32]]]:
    """For each penalty the logits over the scored rows, every part by its own fit."""
    target = label_index(parts.pool.targets, context.labels)
    extra = parts.extra if meanings else parts.extra[:0]

    def path(part: Part) -> Iterator[Linear]:
        rows = np.concatenate([part.fit, extra])
        return _path(vectors_ND[rows], target[rows], PENALTIES, weighting, len(context.labels))

    fits = zip(*[path(part) for part in parts.parts], strict=True)
    for penalty, linears in zip(PENALTIES, fits, strict=True):
        logits = [
            linear.logits(vectors_ND[part.score])
            for linear, part in zip(linears, parts.parts, strict=True)
        ]
        yield penalty, np.concatenate(logits)


APPROACH = Probe()
