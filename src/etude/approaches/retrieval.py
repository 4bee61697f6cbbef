"""The rung "look-up": the most similar examples decide.

With an embedder the nearest examples, by meaning and by words, vote for their labels; with a language
model they stand in the prompt.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from etude.approaches._base import Candidate, Choice, Embeddings, FitContext
from etude.approaches._files import read_arrays, read_examples, read_settings, write_candidate
from etude.approaches._label_texts import meanings_as_examples
from etude.approaches._neighbours import Fusion, NeighbourIndex, votes
from etude.approaches._prompting import by_prompt, load_prompted
from etude.approaches._scores import label_index, softmax
from etude.approaches._search import Parts, Search, parts_of
from etude.approaches._vectors import (
    answer_by_vectors,
    embed_for,
    why_it_cannot_write,
    why_unusable,
)
from etude.approaches.writing.choosing import choose_retrieval, fit_writing
from etude.data.answers import Answers
from etude.data.examples import Examples
from etude.models._base import Model
from etude.records.task import WRITING, Task

FUSIONS = (
    Fusion("meaning"),
    Fusion("words"),
    Fusion("ranks"),
    Fusion("weighted", 0.9),
    Fusion("weighted", 0.75),
    Fusion("weighted", 0.5),
)
COUNTS = (1, 3, 5, 8, 12, 20, 32, 50)
SHARPNESS = (0.0, 5.0, 10.0, 20.0)


class LookUp:
    """A fitted candidate: all examples with their vectors (N, dim), indexed at once so that no
    request waits for it."""

    def __init__(
        self,
        context: FitContext,
        settings: dict[str, Any],
        examples: Examples,
        vectors_ND: NDArray[np.float32],
    ) -> None:
        self.context = context
        self.settings = settings
        self.examples = examples
        self.vectors_ND = vectors_ND
        self._fusion = Fusion(settings["fusion"], settings["weight"])
        self._index = NeighbourIndex(vectors_ND, examples.inputs, [self._fusion])
        self._target_N = label_index(examples.targets, context.labels)

    def answer(self, inputs: Sequence[str], embeddings: Embeddings | None = None) -> Answers:
        """The label that the nearest examples vote for."""
        chosen = self.settings

        def probabilities(vectors_QD: NDArray[np.float32]) -> NDArray[np.float32]:
            (found,) = self._index.nearest(vectors_QD, inputs, chosen["k"])
            shares = votes(
                found, self._target_N, len(self.context.labels), chosen["k"], chosen["sharpness"]
            )
            return softmax(shares, chosen["temperature"])

        return answer_by_vectors(
            inputs, self.context.model, embeddings, self.context.labels, probabilities
        )

    def save(self, folder: Path) -> None:
        """Write the examples, their vectors and the settings; the word index is made anew."""
        write_candidate(
            folder, Retrieval.key, self.settings, {"vectors": self.vectors_ND}, self.examples
        )


class Retrieval:
    """Look-up."""

    key = "retrieval"
    order = 3
    plain_name = "look-up"
    seeded = False
    version = 4

    def usable(self, task: Task, model: Model) -> str | None:
        """It needs a model that embeds or chats."""
        if task.kind in WRITING:
            return why_it_cannot_write(model)
        return why_unusable(
            task, model, ("embed", "chat"), "can neither embed texts nor answer a prompt"
        )

    def reads_instructions(self, model: Model) -> bool:
        """They stand in a prompt; neighbours vote without one."""
        return "chat" in model.abilities

    def choose(self, train: Examples, dev: Examples, context: FitContext) -> Choice:
        """Choose how many neighbours vote, how they are found and how their votes weigh."""
        if by_prompt(context):
            return choose_retrieval(train, dev, context)
        parts = parts_of(train, dev, meanings_as_examples(context))
        search = Search.over(parts, context)
        vectors = embed_for(parts.pool.inputs, context)
        for meanings in (False, True):
            rows = [
                np.concatenate([part.fit, parts.extra]) if meanings else part.fit
                for part in parts.parts
            ]
            _try_votes(search, parts, rows, vectors, meanings)
        return search.choice()

    def fit(self, examples: Examples, choice: Choice, context: FitContext) -> Candidate:
        """Keep every example with its vector, and the labels' own texts where those were chosen."""
        if by_prompt(context):
            return fit_writing(self.key, examples, choice, context)
        rows = examples
        if choice.settings["meanings"]:
            rows = examples.join(meanings_as_examples(context))
        return LookUp(context, choice.settings, rows, embed_for(rows.inputs, context))

    def load(self, folder: Path, context: FitContext) -> Candidate:
        """The candidate that was saved."""
        if by_prompt(context):
            return load_prompted(self.key, folder, context)
        settings = read_settings(folder, self.key)
        examples = read_examples(folder, self.key)
        return LookUp(context, settings, examples, read_arrays(folder, self.key)["vectors"])


def _try_votes(
    search: Search,
    parts: Parts,
    rows: Sequence[NDArray[np.int64]],
    vectors_ND: NDArray[np.float32],
    meanings: bool,
) -> None:
    """Every fusion, count and weighing of votes; ``rows`` are looked up in, part by part."""
    pool, labels = parts.pool, search.context.labels
    target = label_index(pool.targets, labels)
    found_by_part = []
    for part, own in zip(parts.parts, rows, strict=True):
        index = NeighbourIndex(vectors_ND[own], [pool.inputs[i] for i in own], FUSIONS)
        texts = [pool.inputs[i] for i in part.score]
        found_by_part.append(index.nearest(vectors_ND[part.score], texts, max(COUNTS)))
    counts = [k for k in COUNTS if k <= max(len(own) for own in rows)]
    weighings = [(k, s) for k in counts for s in (SHARPNESS if k > 1 else SHARPNESS[:1])]
    for place, fusion in enumerate(FUSIONS):
        for k, sharpness in weighings:
            logits = [
                votes(found[place], target[own], len(labels), k, sharpness)
                for own, found in zip(rows, found_by_part, strict=True)
            ]
            settings = {
                "fusion": fusion.kind,
                "weight": fusion.weight,
                "k": k,
                "sharpness": sharpness,
                "meanings": meanings,
            }
            search.add(settings, np.concatenate(logits))


APPROACH = Retrieval()
