"""The rung "a few examples": k of each label, chosen to cover it, stand for the label.

With an embedder the nearest centre of those k wins, with what the label's description says mixed
in where that helps; with a language model they stand in the prompt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from etude.approaches._base import Candidate, Choice, Embeddings, FitContext
from etude.approaches._files import read_arrays, read_settings, write_candidate
from etude.approaches._label_texts import forms_for, label_vectors
from etude.approaches._prompting import by_prompt, load_prompted
from etude.approaches._scores import label_index, softmax
from etude.approaches._search import Search, parts_of
from etude.approaches._selection import doubling, largest_class, spread_by_label
from etude.approaches._vectors import (
    answer_by_vectors,
    embed_for,
    unit,
    why_it_cannot_write,
    why_unusable,
)
from etude.approaches.writing.choosing import choose_few_shot, fit_writing
from etude.data.answers import Answers
from etude.data.examples import Examples
from etude.models._base import Model
from etude.records.task import WRITING, Task

MOST_PER_LABEL = 64
DESCRIPTION_WEIGHTS = (0.0, 0.2, 0.5)


def class_centres(
    vectors_ND: NDArray[np.float32],
    chosen: Sequence[Sequence[int]],
    k: int,
    meanings_LD: NDArray[np.float32],
    weight: float,
) -> NDArray[np.float32]:
    """Unit centres (L, dim); a label without examples is known by its description alone."""
    centres = []
    for rows, meaning_D in zip(chosen, meanings_LD, strict=True):
        if not rows:
            centres.append(meaning_D)
            continue
        mean_D = unit(vectors_ND[list(rows[:k])].mean(axis=0))
        centres.append((1 - weight) * mean_D + weight * meaning_D)
    return unit(np.stack(centres))


@dataclass(frozen=True)
class ClassCentres:
    """A fitted candidate: one centre a label."""

    context: FitContext
    settings: dict[str, Any]
    centres_LD: NDArray[np.float32]

    def _probabilities(self, vectors_ND: NDArray[np.float32]) -> NDArray[np.float32]:
        return softmax(vectors_ND @ self.centres_LD.T, self.settings["temperature"])

    def answer(self, inputs: Sequence[str], embeddings: Embeddings | None = None) -> Answers:
        """The label whose centre is nearest."""
        return answer_by_vectors(
            inputs, self.context.model, embeddings, self.context.labels, self._probabilities
        )

    def save(self, folder: Path) -> None:
        """Write the centres and the settings."""
        write_candidate(folder, FewShot.key, self.settings, {"centres": self.centres_LD})


class FewShot:
    """A few examples."""

    key = "few_shot"
    order = 2
    plain_name = "a few examples"
    seeded = False
    version = 4

    def usable(self, task: Task, model: Model) -> str | None:
        """It needs a model that embeds or chats."""
        if task.kind in WRITING:
            return why_it_cannot_write(model)
        return why_unusable(
            task, model, ("embed", "chat"), "can neither embed texts nor answer a prompt"
        )

    def choose(self, train: Examples, dev: Examples, context: FitContext) -> Choice:
        """Choose how many examples of each label, and how much its description counts."""
        if by_prompt(context):
            return choose_few_shot(train, dev, context)
        parts = parts_of(train, dev)
        search = Search.over(parts, context)
        vectors = embed_for(parts.pool.inputs, context)
        target = label_index(parts.pool.targets, context.labels)
        counts = doubling(largest_class(target), MOST_PER_LABEL)
        chosen = [
            spread_by_label(vectors[part.fit], target[part.fit], len(context.labels), counts[-1])
            for part in parts.parts
        ]
        for form, weight in _mixtures(context):
            meanings = label_vectors(form, context)
            for k in counts:
                logits = [
                    vectors[part.score]
                    @ class_centres(vectors[part.fit], rows, k, meanings, weight).T
                    for part, rows in zip(parts.parts, chosen, strict=True)
                ]
                settings = {"k": k, "form": form, "description_weight": weight}
                search.add(settings, np.concatenate(logits))
        return search.choice()

    def fit(self, examples: Examples, choice: Choice, context: FitContext) -> Candidate:
        """Choose the k examples of each label among all, and average them."""
        if by_prompt(context):
            return fit_writing(self.key, examples, choice, context)
        settings = choice.settings
        vectors = embed_for(examples.inputs, context)
        target = label_index(examples.targets, context.labels)
        rows = spread_by_label(vectors, target, len(context.labels), settings["k"])
        meanings = label_vectors(settings["form"], context)
        centres = class_centres(
            vectors, rows, settings["k"], meanings, settings["description_weight"]
        )
        return ClassCentres(context, settings, centres)

    def load(self, folder: Path, context: FitContext) -> Candidate:
        """The candidate that was saved."""
        if by_prompt(context):
            return load_prompted(self.key, folder, context)
        settings = read_settings(folder, self.key)
        return ClassCentres(context, settings, read_arrays(folder, self.key)["centres"])


def _mixtures(context: FitContext) -> list[tuple[str, float]]:
    """Forms of the description with their weights; without weight the form does not matter."""
    forms = forms_for(context)
    mixed = [(form, weight) for form in forms for weight in DESCRIPTION_WEIGHTS if weight]
    return [(forms[0], 0.0), *mixed]


APPROACH = FewShot()
