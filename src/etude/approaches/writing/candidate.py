"""A language model with a wording and what it may show: it answers in the task's form.

The model is the base model or a tuned one; how settings are chosen is in ``choosing``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from etude.approaches._base import Embeddings, FitContext
from etude.approaches._files import read_arrays, read_examples, read_settings, write_candidate
from etude.approaches._scores import FLOOR, softmax
from etude.approaches.writing.agreeing import again, agreements, together
from etude.approaches.writing.fields import field_scores
from etude.approaches.writing.lookup import Finder, finder
from etude.approaches.writing.settings import Settings
from etude.approaches.writing.wording import PromptBuilder, Shown, plain
from etude.checks import compile_checks
from etude.contracts.schema import field_names
from etude.data.answers import Answers
from etude.data.examples import Examples
from etude.data.knowledge import Passage, read_knowledge
from etude.models._base import ChatModel, ChatRequest, Completion
from etude.models._likelihood import likelihoods
from etude.records.task import FREE, Task

PASSAGES = "passages.json"
KEPT_RULES = 64
"""Tasks whose checks' names are remembered."""


@dataclass(frozen=True)
class Beside:
    """What a prompt shows for one input alone.

    ``names``: ids of examples, then names of passages; ``passages``: the passages' texts.
    """

    names: tuple[str, ...]
    passages: tuple[str, ...]


@dataclass(frozen=True)
class Sources:
    """What a prompt may show: examples that stand in every prompt, or are looked up; passages."""

    examples: Examples
    near: Finder
    passages: tuple[Passage, ...]
    about: Finder

    def fixed(self, count: int) -> list[Shown]:
        """The first ``count`` examples."""
        return [self.shown(row) for row in range(min(count, len(self.examples)))]

    def shown(self, row: int) -> Shown:
        """One example."""
        examples = self.examples
        return Shown(examples.ids[row], examples.inputs[row], examples.targets[row])


def sources_for(settings: Settings, examples: Examples, context: FitContext) -> Sources:
    """What these settings look up, with vectors where the context has an embedder."""
    knowledge = context.task.data.knowledge
    passages: tuple[Passage, ...] = ()
    if settings.passages and knowledge:
        passages = read_knowledge(knowledge, context.root)
    inputs = [plain(text, context.task.kind) for text in examples.inputs if settings.near]
    return Sources(
        examples,
        finder(inputs, context.lookup, context.embeddings, settings.fusion),
        passages,
        finder([p.text for p in passages], context.lookup, context.embeddings, settings.fusion),
    )


def builder_for(task: Task, settings: Settings, context: FitContext) -> PromptBuilder:
    """The builder of these settings' prompts."""
    rules = _rules(json.dumps(task.checks), context.root)
    return PromptBuilder(
        task, settings.wording, context.labels, context.descriptions, rules, settings.max_tokens
    )


@lru_cache(KEPT_RULES)
def _rules(checks: str, root: Path) -> tuple[str, ...]:
    """The checks as a prompt states them. A check in Python starts a process to be compiled, so that is
    not done for every setting that is tried.

    Args:
        checks: the task's, as JSON.
        root: the project's folder.
    """
    return tuple(check.name for check in compile_checks(json.loads(checks), root))


class WritingCandidate:
    """A fitted candidate. ``model`` answers; ``tuned`` is where its own weights lie, if any."""

    def __init__(
        self,
        rung: str,
        context: FitContext,
        settings: dict[str, Any],
        sources: Sources,
        model: ChatModel,
    ) -> None:
        self.rung = rung
        self.context = context
        self.raw = settings
        self.settings = Settings.from_json(settings)
        self.sources = sources
        self.model = model
        self.builder = builder_for(context.task, self.settings, context)

    def requests(
        self,
        inputs: Sequence[str],
        embeddings: Embeddings | None = None,
        near: Sequence[Sequence[int]] | None = None,
    ) -> tuple[list[ChatRequest], list[Beside]]:
        """The request of each input, and what is shown for it alone.

        ``near``: positions of the examples to show, where they are known already.
        """
        wanted, sources = self.settings, self.sources
        fixed = sources.fixed(wanted.fixed + len(wanted.mended))
        asked = [plain(text, self.context.task.kind) for text in inputs]
        if near is None:
            near = sources.near.nearest(asked, wanted.near, embeddings)
        about = sources.about.nearest(asked, wanted.passages, embeddings)
        if wanted.least:
            like_N = sources.about.likeness(asked, about, embeddings)
            about = [
                r if like >= wanted.least else [] for r, like in zip(about, like_N, strict=True)
            ]
        requests, beside = [], []
        for text, rows, places in zip(inputs, near, about, strict=True):
            shown = [sources.shown(row) for row in reversed(rows)]
            passages = [sources.passages[place] for place in places]
            texts = tuple(passage.text for passage in passages)
            names = tuple([one.id for one in shown] + [passage.name for passage in passages])
            nothing = bool(wanted.passages) and not texts
            requests.append(self.builder.request(text, fixed, shown, texts, nothing=nothing))
            beside.append(Beside(names, texts))
        return requests, beside

    def likeness(
        self, inputs: Sequence[str], embeddings: Embeddings | None = None
    ) -> NDArray[np.float64]:
        """How like each input its nearest passage is (N,), from 0 to 1."""
        asked = [plain(text, self.context.task.kind) for text in inputs]
        about = self.sources.about.nearest(asked, self.settings.passages, embeddings)
        return self.sources.about.likeness(asked, about, embeddings)

    def completions(
        self, inputs: Sequence[str], embeddings: Embeddings | None = None
    ) -> tuple[list[Completion], list[Beside]]:
        """What the model says to each input, and what it was shown."""
        requests, beside = self.requests(inputs, embeddings)
        said = self.model.complete(requests, self.context.progress) if requests else []
        return said, beside

    def begin(self, inputs: Sequence[str]) -> list[Completion]:
        """What the model says to each input where it may write one token: for how long that takes."""
        requests = [replace(one, max_tokens=1) for one in self.requests(inputs)[0]]
        return self.model.complete(requests, self.context.progress) if requests else []

    def answer(self, inputs: Sequence[str], embeddings: Embeddings | None = None) -> Answers:
        """Answers in the task's form; what failed or ran out of room is None with the word why.

        Where the task has it so, each is asked again to see how far the model agrees with itself.
        """
        requests, beside = self.requests(inputs, embeddings)
        said = self.model.complete(requests, self.context.progress) if requests else []
        freely = [self.asked_again(*pair) for pair in zip(requests, said, strict=True)]
        asked = [one for some in freely for one in some]
        more = iter(self.model.complete(asked, self.context.progress) if asked else [])
        return self.answered(said, beside, [list(islice(more, len(some))) for some in freely])

    def asked_again(self, request: ChatRequest, said: Completion) -> list[ChatRequest]:
        """What is asked besides, to see how far the model agrees with its answer; nothing where it
        tells the probability of each label, or where there is no answer to agree with."""
        if said.failure is not None or said.choice_probabilities is not None:
            return []
        return again(request, self.context.task.bar.ask_again)

    def answered(
        self,
        said: Sequence[Completion],
        beside: Sequence[Beside],
        others: Sequence[Sequence[Completion]] = (),
    ) -> Answers:
        """What the model said to the requests of some inputs, as answers.

        ``others``: what it said when each was asked again; () where nothing was.
        """
        looked = self.settings.near or self.settings.passages
        logits = label_logits(said, self.context.labels)
        task, agreement = self.context.task, None
        names = field_names(task.output_schema) if task.kind == "extract" else ()
        fields_NF = field_scores(said, others, names)
        if any(others):
            agreement = agreements(said, others, task.kind)
            said = together(said, others)
        return Answers(
            outputs=tuple(one.text if one.failure is None else None for one in said),
            probabilities_NL=(
                None if logits is None else softmax(logits, self.settings.temperature)
            ),
            failures=tuple(one.failure for one in said),
            seconds=np.array([one.seconds for one in said], dtype=np.float64),
            tokens_in=np.array([one.tokens_in for one in said], dtype=np.int64),
            tokens_out=np.array([one.tokens_out for one in said], dtype=np.int64),
            evidence=tuple(one.names for one in beside) if looked else (),
            passages=passages_of(beside),
            likelihood=likelihoods([one.likelihood for one in said], weakest=task.kind not in FREE),
            agreement=agreement,
            fields_NF=fields_NF,
            fields=() if fields_NF is None else names,
        )

    def save(self, folder: Path) -> None:
        """Write the settings, the examples, the passages and the vectors."""
        arrays: dict[str, NDArray[Any]] = {}
        for name, found in (("near", self.sources.near), ("about", self.sources.about)):
            if found.vectors_ND is not None:
                arrays[name] = found.vectors_ND
        write_candidate(folder, self.rung, self.raw, arrays, self.sources.examples)
        passages = [[passage.name, passage.text] for passage in self.sources.passages]
        text = json.dumps(passages, ensure_ascii=False)
        (folder / PASSAGES).write_text(text + "\n", encoding="utf-8")


def passages_of(beside: Sequence[Beside]) -> tuple[tuple[str, ...], ...]:
    """The passages shown for each input; () where none were for any."""
    found = tuple(one.passages for one in beside)
    return found if any(found) else ()


def label_logits(said: Sequence[Completion], labels: Sequence[str]) -> NDArray[np.float64] | None:
    """Log-probabilities (N, L), level for a failure; None where the model gives none."""
    given = [one.choice_probabilities for one in said if one.failure is None]
    if not labels or not given or any(row is None for row in given):
        return None
    logits_NL = np.zeros((len(said), len(labels)))
    for i, one in enumerate(said):
        if one.failure is None and one.choice_probabilities is not None:
            row = np.asarray(one.choice_probabilities, dtype=np.float64)
            logits_NL[i] = np.log(np.maximum(row, FLOOR))
    return logits_NL


def load_writing(
    rung: str, folder: Path, context: FitContext, model: ChatModel
) -> WritingCandidate:
    """The candidate that ``save`` wrote, answering by ``model``.

    Raises:
        StoreError: a file is missing or damaged.
    """
    stored = read_settings(folder, rung)
    examples, arrays = read_examples(folder, rung), read_arrays(folder, rung)
    rows = json.loads((folder / PASSAGES).read_text(encoding="utf-8"))
    passages = tuple(Passage(*row) for row in rows)
    near, about = arrays.get("near"), arrays.get("about")
    lookup, by = context.lookup, Settings.from_json(stored).fusion
    texts = tuple(plain(text, context.task.kind) for text in examples.inputs)
    sources = Sources(
        examples,
        Finder(texts if stored["near"] else (), near, lookup, by),
        passages,
        Finder(tuple(passage.text for passage in passages), about, lookup, by),
    )
    return WritingCandidate(rung, context, stored, sources, model)
