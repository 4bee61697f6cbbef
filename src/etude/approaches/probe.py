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
    version = 1

    def usable(self, task: Task, model: Model) -> str | None:
        """It needs an encoder."""
        return why_unusable(
            task, model, ("embed",), "gives no embeddings: a quick classifier needs an encoder"
        )

    def choose(self, train: Examples, dev: Examples, context: FitContext) -> Choice:
        """Choose the penalty, the scaling and, for macro F1, whether rare labels weigh more."""
        parts = parts_of(train, dev)
        search = Search.over(parts, context)
        vectors = embed_for(parts.pool.inputs, context)
        for weighting in weightings(context):
            for scaling in ("common", "each"):
                since_best, best = 0, -1.0
                for penalty, logits in _paths(parts, vectors, scaling, weighting, context):
                    settings = {"penalty": penalty, "scaling": scaling, "weighting": weighting}
                    value = search.add(settings, logits)
                    since_best, best = (0, value) if value > best else (since_best + 1, best)
                    if since_best == PATIENCE:
                        break
        return search.choice()

    def fit(self, examples: Examples, choice: Choice, context: FitContext) -> Candidate:
        """Fit with the chosen penalty on all examples."""
        vectors = embed_for(examples.inputs, context)
        target = label_index(examples.targets, context.labels)
        linear = fit_head(vectors, target, choice.settings, len(context.labels))
        return LinearHead(context, choice.settings, linear)

    def load(self, folder: Path, context: FitContext) -> Candidate:
        """The candidate that was saved."""
        arrays = read_arrays(folder, self.key)
        linear = Linear(arrays["weight"], arrays["bias"])
        return LinearHead(context, read_settings(folder, self.key), linear)


def weightings(context: FitContext) -> tuple[str, ...]:
    """Weighing labels evenly can only pay where the metric does so."""
    return ("rows", "labels") if context.task.bar.metric == "macro_f1" else ("rows",)


def fit_head(
    vectors_ND: NDArray[np.float32], target_N: NDArray[np.int64], settings: dict[str, Any],
    labels: int,
) -> Linear:
    """The chosen regression on these rows."""
    return next(_path(
        vectors_ND, target_N, [settings["penalty"]], settings["scaling"], settings["weighting"],
        labels,
    ))


def _path(
    vectors_ND: NDArray[np.float32], target_N: NDArray[np.int64], penalties: Sequence[float],
    scaling: str, weighting: str, labels: int,
) -> Iterator[Linear]:
    weights = balanced(target_N, labels) if weighting == "labels" else None
    return fit_path(vectors_ND, target_N, labels, penalties, scaling == "each", weights)


def _paths(
    parts: Parts, vectors_ND: NDArray[np.float32], scaling: str, weighting: str,
    context: FitContext,
) -> Iterator[tuple[float, NDArray[np.float32]]]:
    """For each penalty the logits over the scored rows, every part by its own fit."""
    target = label_index(parts.pool.targets, context.labels)

    def path(part: Part) -> Iterator[Linear]:
        return _path(vectors_ND[part.fit], target[part.fit], PENALTIES, scaling, weighting,
                     len(context.labels))

    fits = zip(*[path(part) for part in parts.parts], strict=True)
    for penalty, linears in zip(PENALTIES, fits, strict=True):
        logits = [
            linear.logits(vectors_ND[part.score])
            for linear, part in zip(linears, parts.parts, strict=True)
        ]
        yield penalty, np.concatenate(logits)


APPROACH = Probe()
