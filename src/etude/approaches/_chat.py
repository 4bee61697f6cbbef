"""A chat model that answers with a label, as versions before made it: kept ones still answer so.

New ones are ``writing.candidate``'s, as for every other kind of task.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from etude.approaches._base import Candidate, Embeddings, FitContext
from etude.approaches._files import read_examples, read_settings, write_candidate
from etude.approaches._scores import FLOOR, softmax
from etude.approaches._wording import PromptBuilder, Wording
from etude.approaches._words import WordIndex
from etude.data.answers import Answers
from etude.data.examples import Examples
from etude.models._base import ChatModel, ChatRequest, Completion
from etude.models._likelihood import likelihoods

NEAREST = "nearest"


class ChatCandidate:
    """A fitted candidate: a wording and the examples that it may show.

    ``examples`` are shown as they are ("spread_out") or the nearest ``count`` by words of each
    input, the nearest last, beside the question ("nearest").
    """

    def __init__(
        self, rung: str, context: FitContext, settings: dict[str, Any], examples: Examples
    ) -> None:
        self.rung = rung
        self.context = context
        self.settings = settings
        self.examples = examples
        self._nearest = settings["shown"] == NEAREST
        self._index = WordIndex(examples.inputs) if self._nearest else None
        self._builder = PromptBuilder(
            Wording(**settings["wording"]),
            context.task.instructions,
            context.labels,
            context.descriptions,
        )

    def _shown(self, text: str) -> list[tuple[str, str]]:
        rows = list(range(len(self.examples)))
        if self._index is not None:
            order = np.argsort(-self._index.scores([text])[0], kind="stable")
            rows = [int(i) for i in order[: self.settings["count"]][::-1]]
        return [(self.examples.inputs[i], self.examples.targets[i]) for i in rows]

    def requests(self, inputs: Sequence[str]) -> list[ChatRequest]:
        """The request of each input."""
        return [self._builder.request(text, self._shown(text)) for text in inputs]

    def completions(self, inputs: Sequence[str]) -> list[Completion]:
        """What the model says to each input."""
        requests = self.requests(inputs)
        model = cast("ChatModel", self.context.model)
        return model.complete(requests, self.context.progress) if requests else []

    def answer(self, inputs: Sequence[str], embeddings: Embeddings | None = None) -> Answers:
        """The label that the model chose; an answer that is no label is a failure.

        ``embeddings`` are another model's business and are not looked at.
        """
        return self.answered(self.completions(inputs))

    def answered(self, said: Sequence[Completion]) -> Answers:
        """What the model said to the requests of some inputs, as answers."""
        outputs, failures = outcome(said, self.context.labels)
        logits = self.logits(said)
        return Answers(
            outputs=tuple(outputs),
            probabilities_NL=(
                None if logits is None else softmax(logits, self.settings["temperature"])
            ),
            failures=tuple(failures),
            seconds=np.array([one.seconds for one in said], dtype=np.float64),
            tokens_in=np.array([one.tokens_in for one in said], dtype=np.int64),
            tokens_out=np.array([one.tokens_out for one in said], dtype=np.int64),
            likelihood=likelihoods([one.likelihood for one in said], weakest=True),
        )

    def logits(self, said: Sequence[Completion]) -> NDArray[np.float64] | None:
        """Log-probabilities (N, L) in the task's order, level for a failure; None where the model
        gives none."""
        given = [one.choice_probabilities for one in said if one.failure is None]
        if not given or any(row is None for row in given):
            return None
        choices = self._builder.choices()
        place = [choices.index(label) for label in self.context.labels]
        logits_NL = np.zeros((len(said), len(place)))
        for i, one in enumerate(said):
            if one.failure is None and one.choice_probabilities is not None:
                row = np.asarray(one.choice_probabilities, dtype=np.float64)
                logits_NL[i] = np.log(np.maximum(row[place], FLOOR))
        return logits_NL

    def save(self, folder: Path) -> None:
        """Write the settings and the examples."""
        write_candidate(folder, self.rung, self.settings, examples=self.examples)


def outcome(
    said: Sequence[Completion], labels: Sequence[str]
) -> tuple[list[str | None], list[str | None]]:
    """Outputs and failures: a text that is no label fails as "not_a_choice"."""
    outputs: list[str | None] = []
    failures: list[str | None] = []
    known = set(labels)
    for one in said:
        text = one.text.strip() if one.text is not None else ""
        right_form = one.failure is None and text in known
        outputs.append(text if right_form else None)
        failures.append(None if right_form else one.failure or "not_a_choice")
    return outputs, failures


def made_before(rung: str, folder: Path) -> bool:
    """Whether the candidate that lies there is one of these.

    Raises:
        StoreError: its settings can't be read.
    """
    return "shown" in read_settings(folder, rung)


def load_chat(rung: str, folder: Path, context: FitContext) -> Candidate:
    """The candidate that was saved."""
    settings = read_settings(folder, rung)
    return ChatCandidate(rung, context, settings, read_examples(folder, rung))
