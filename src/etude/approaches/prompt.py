"""The rung "instructions only": no example is shown or learned from.

With an embedder an input is compared with what the labels' names and descriptions say; with a
language model the instructions, and what an answer must be, stand in the prompt. Examples only choose
between wordings, and their inputs, without targets, give the centre that is subtracted; where the task
wants its instructions improved, whoever rewrites them reads what went wrong on some.
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
from etude.approaches._scores import softmax
from etude.approaches._search import Search, parts_of
from etude.approaches._vectors import (
    answer_by_vectors,
    embed_for,
    unit,
    why_it_cannot_write,
    why_unusable,
)
from etude.approaches.writing.choosing import choose_prompt, fit_writing
from etude.data.answers import Answers
from etude.data.examples import Examples
from etude.models._base import Model
from etude.records.task import WRITING, Task

CENTRINGS = ("none", "inputs", "each")
"""Subtract nothing; the mean input from both sides (which takes each label's average score away);
the mean input from inputs and the mean label from labels."""


def centred(
    vectors_ND: NDArray[np.float32],
    labels_LD: NDArray[np.float32],
    centre_D: NDArray[np.float32],
    centring: str,
) -> NDArray[np.float32]:
    """Cosines (N, L) between inputs and labels after centring."""
    if centring == "none":
        return vectors_ND @ labels_LD.T
    middle_D = labels_LD.mean(axis=0) if centring == "each" else centre_D
    return unit(vectors_ND - centre_D) @ unit(labels_LD - middle_D).T


@dataclass(frozen=True)
class LabelMeanings:
    """A fitted candidate: one vector a label, and the centre of the inputs."""

    context: FitContext
    settings: dict[str, Any]
    labels_LD: NDArray[np.float32]
    centre_D: NDArray[np.float32]

    def _probabilities(self, vectors_ND: NDArray[np.float32]) -> NDArray[np.float32]:
        cosines = centred(vectors_ND, self.labels_LD, self.centre_D, self.settings["centring"])
        return softmax(cosines, self.settings["temperature"])

    def answer(self, inputs: Sequence[str], embeddings: Embeddings | None = None) -> Answers:
        """The label whose meaning is nearest."""
        return answer_by_vectors(
            inputs, self.context.model, embeddings, self.context.labels, self._probabilities
        )

    def save(self, folder: Path) -> None:
        """Write the label vectors, the centre and the settings."""
        arrays = {"labels": self.labels_LD, "centre": self.centre_D}
        write_candidate(folder, Prompt.key, self.settings, arrays)


class Prompt:
    """Instructions only."""

    key = "prompt"
    order = 1
    plain_name = "instructions only"
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
        """Choose the form of the label texts and the centring, or the wording of the prompt."""
        if by_prompt(context):
            return choose_prompt(train, dev, context)
        parts = parts_of(train, dev)
        search = Search.over(parts, context)
        vectors = embed_for(parts.pool.inputs, context)
        centre = vectors[: len(train)].mean(axis=0)
        for form in forms_for(context):
            labels = label_vectors(form, context)
            for centring in CENTRINGS:
                cosines = centred(vectors[parts.scored], labels, centre, centring)
                search.add({"form": form, "centring": centring}, cosines)
        return search.choice()

    def fit(self, examples: Examples, choice: Choice, context: FitContext) -> Candidate:
        """Embed the label texts; the centre is that of all inputs."""
        if by_prompt(context):
            return fit_writing(self.key, examples, choice, context)
        labels = label_vectors(choice.settings["form"], context)
        centre = embed_for(examples.inputs, context).mean(axis=0)
        return LabelMeanings(context, choice.settings, labels, centre)

    def load(self, folder: Path, context: FitContext) -> Candidate:
        """The candidate that was saved."""
        if by_prompt(context):
            return load_prompted(self.key, folder, context)
        settings = read_settings(folder, self.key)
        arrays = read_arrays(folder, self.key)
        return LabelMeanings(context, settings, arrays["labels"], arrays["centre"])


APPROACH = Prompt()
