"""Models without weights, and a small task, for tests of what stands on models.

``FakeEmbedder``: hashed words, so texts that share words are near. ``FakeChat``: answers with the
label whose words the message shares, from what the prompt says.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from etude.approaches._base import FitContext
from etude.data.examples import Examples
from etude.metrics import metric as metric_called
from etude.metrics._base import Judged
from etude.models._base import ChatRequest, Completion
from etude.progress import Progress
from etude.records.task import Task

WORDS = {
    "card_arrival": ("card", "arrive", "delivery", "post", "waiting", "envelope"),
    "lost_card": ("lost", "stolen", "missing", "wallet", "block", "gone"),
    "refund": ("refund", "money", "back", "returned", "shop", "paid"),
    "login": ("password", "login", "app", "reset", "code", "screen"),
}
FILLER = ("please", "my", "the", "help", "today", "when", "is", "hello", "need", "with")
DESCRIPTIONS = {
    "card_arrival": "the card they ordered has not come by post yet, they are waiting for delivery",
    "lost_card": "the card is lost or stolen and they want to block it",
    "refund": "they want money back from a shop",
    "login": "they can't use the app because of a password or code",
}
LABELS = tuple(WORDS)


class FakeEmbedder:
    """Unit vectors of hashed words; a text of no words is the first axis."""

    name = "fake:embedder"
    fingerprint = "fake-embedder-1"
    abilities = frozenset({"embed"})
    max_tokens = 64

    def __init__(self, dim: int = 64) -> None:
        self.dim = dim
        self.embedded = 0

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
        self.embedded += len(texts)
        rows = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in re.findall(r"\w+", text.lower()):
                row[zlib.crc32(word.encode()) % self.dim] += 1
            if not row.any():
                row[0] = 1
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    def count_tokens(self, texts: Sequence[str]) -> NDArray[np.int64]:
        return np.array([len(text.split()) + 2 for text in texts], dtype=np.int64)


class FakeEmbeddings:
    """``Embeddings`` that counts what it was asked for."""

    def __init__(self, model: FakeEmbedder) -> None:
        self.model = model
        self.asked = 0

    def of(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += len(texts)
        return FakeEmbedder(self.model.dim).embed(texts)


@dataclass
class FakeChat:
    """Reads the labels (with meanings) and the examples in the system message, as a model would."""

    probabilities: bool = True
    refuse: str = "REFUSE"
    name: str = "fake:chat"
    fingerprint: str = "fake-chat-1"
    abilities: frozenset[str] = frozenset({"chat"})
    seen: list[ChatRequest] = field(default_factory=list)

    def complete(
        self, requests: Sequence[ChatRequest], progress: Progress | None = None
    ) -> list[Completion]:
        self.seen += requests
        return [self._answer(request) for request in requests]

    def _answer(self, request: ChatRequest) -> Completion:
        system, text = request.messages[0].content, request.messages[-1].content
        turns = request.messages[1:-1]
        for asked, said in zip(turns[::2], turns[1::2], strict=True):
            system += f"\nMessage: {asked.content}\nLabel: {said.content}"
        tokens = len(system.split()) + len(text.split())
        if self.refuse in text:
            return Completion(None, "refusal", "stop", tokens, 0, 0.01)
        assert request.choices
        words = set(re.findall(r"\w+", text.lower()))
        scores = [1.0 + self._shared(system, label, words) for label in request.choices]
        shares = tuple(score / sum(scores) for score in scores)
        best = request.choices[int(np.argmax(shares))]
        given = shares if self.probabilities else None
        return Completion(best, None, "stop", tokens, 1, 0.01, given)

    @staticmethod
    def _shared(system: str, label: str, words: set[str]) -> float:
        lines = system.splitlines()
        about = [
            before + line if line.startswith(("Label:", "Answer:")) else line
            for before, line in zip(["", *lines], lines, strict=False)
            if label in line
        ]
        found = set(re.findall(r"[a-z]+", " ".join(about).lower().replace("_", " ")))
        return float(len(words & found))


def some_examples(count: int, seed: int = 0, prefix: str = "e") -> Examples:
    """Labels in turn, inputs of three words of the label and two of filler; all groups differ."""
    random = np.random.default_rng(seed)
    targets = [LABELS[i % len(LABELS)] for i in range(count)]
    inputs = []
    for target in targets:
        words = [*random.choice(WORDS[target], 3), *random.choice(FILLER, 2)]
        inputs.append(" ".join(random.permutation(words)))
    return Examples(
        ids=tuple(f"{prefix}{i}" for i in range(count)),
        inputs=tuple(inputs),
        targets=tuple(targets),
        groups=np.arange(count) + 100_000 * zlib.crc32(prefix.encode()),
    )


def muddled(examples: Examples) -> Examples:
    """The same with another label on every third: nothing gets them all right."""
    targets = [
        LABELS[LABELS.index(target) - 1] if place % 3 == 0 else target
        for place, target in enumerate(examples.targets)
    ]
    return replace(examples, targets=tuple(targets))


def make_context(
    model: Any,
    workdir: Path,
    *,
    labels: Sequence[str] = LABELS,
    descriptions: dict[str, str] | None = None,
    metric: str = "accuracy",
    seed: int = 0,
    embeddings: Any = None,
) -> FitContext:
    """What a rung is given."""
    task = Task.model_validate(
        {
            "task": "triage",
            "kind": "classify",
            "instructions": "Choose what the customer needs.",
            "data": {"examples": "data.csv"},
            "bar": {"metric": metric},
        }
    )

    def judged(examples: Examples, outputs: Sequence[str | None]) -> Judged:
        return Judged(examples.targets, outputs, tuple(labels))

    return FitContext(
        task=task,
        labels=tuple(labels),
        descriptions=DESCRIPTIONS if descriptions is None else descriptions,
        model=model,
        embeddings=embeddings,
        metric=lambda e, o, _=(): metric_called(metric).value(judged(e, o)),
        each=lambda e, o, _=(): metric_called(metric).each(judged(e, o)),
        seed=seed,
        workdir=workdir,
    )
