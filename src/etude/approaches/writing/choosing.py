"""How the prompt rungs choose with a model that writes: the wording first, then what is shown.

Each setting is tried on at most ``SAMPLE`` dev examples, always the same ones.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from etude.approaches._base import Choice, FitContext
from etude.approaches._scores import fit_temperature, label_index
from etude.approaches._selection import spread_out
from etude.approaches._word_vectors import word_vectors
from etude.approaches.writing.candidate import (
    Settings,
    WritingCandidate,
    label_logits,
    passages_of,
    sources_for,
)
from etude.approaches.writing.wording import BASE
from etude.data.examples import Examples
from etude.models._base import ChatModel, TunableCausal
from etude.records.comparison import Trial

SAMPLE = 100
FIXED_COUNTS = (2, 4, 8, 16)
NEAR_COUNTS = (1, 2, 4, 8)
PASSAGE_COUNTS = (1, 3)
ROOM = 1.5
"""An answer may be half as long again as the longest ideal one before it is cut off."""
_MEASURED = 200


def sample_of(dev: Examples) -> Examples:
    """At most ``SAMPLE`` examples, drawn by their ids, in dev's order."""
    mixed = sorted(range(len(dev)), key=lambda i: hashlib.sha256(dev.ids[i].encode()).digest())
    return dev.take(sorted(mixed[:SAMPLE]))


def answer_room(examples: Examples, context: FitContext) -> int:
    """Tokens that an answer may have, from the longest ideal answers."""
    longest = sorted(set(examples.targets), key=len, reverse=True)[:_MEASURED]
    if "tune_causal" in context.model.abilities:
        form = cast("TunableCausal", context.model).format
        most = max((len(form.target_ids(text)) for text in longest), default=1)
    else:
        # Endpoints do not say how they count; two bytes a token is on the safe side.
        most = max((len(text.encode()) // 2 for text in longest), default=1)
    return int(ROOM * most) + 16


class Search:
    """Settings asked about one after another; the best so far, ties to the earlier."""

    def __init__(self, train: Examples, dev: Examples, context: FitContext) -> None:
        self.train, self.whole_dev, self.context = train, dev, context
        self.dev = sample_of(dev)
        self.trials: list[Trial] = []
        self.value = -1.0
        self.best: Settings | None = None
        self.outputs: Sequence[str | None] = ()
        self.passages: Sequence[tuple[str, ...]] = ()

    def ask(self, settings: Settings) -> None:
        """Score one setting of the untrained model."""
        model = cast("ChatModel", self.context.model)
        candidate = candidate_for("", self.train, settings.to_json(), self.context, model)
        said, beside = candidate.completions(self.dev.inputs, self.context.embeddings)
        outputs = [one.text if one.failure is None else None for one in said]
        passages = passages_of(beside)
        value = float(self.context.metric(self.dev, outputs, passages)) if len(self.dev) else 0.0
        self.trials.append(Trial(settings=settings.to_json(), value=value, n=len(self.dev)))
        if value > self.value:
            logits = label_logits(said, self.context.labels)
            if logits is not None:
                target = label_index(self.dev.targets, self.context.labels)
                settings = replace(settings, temperature=fit_temperature(logits, target))
            self.value, self.best = value, settings
            self.outputs, self.passages = outputs, passages

    def choice(self) -> Choice:
        """The best setting, and all that was tried."""
        assert self.best is not None, "choice() before any setting was tried"
        notes: tuple[str, ...] = ()
        if len(self.dev) < len(self.whole_dev):
            notes = (
                f"each setting was tried on {len(self.dev)} of {len(self.whole_dev)} dev examples",
            )
        said = dict(zip(self.dev.ids, self.outputs, strict=True))
        shown = dict(zip(self.dev.ids, self.passages, strict=False))
        return Choice(
            self.best.to_json(),
            self.value,
            tuple(self.trials),
            dev_outputs=tuple(said.get(one) for one in self.whole_dev.ids),
            dev_passages=tuple(shown.get(one, ()) for one in self.whole_dev.ids) if shown else (),
            notes=notes,
        )


def choose_prompt(train: Examples, dev: Examples, context: FitContext) -> Choice:
    """Instructions only: one change of the wording after another."""
    search = Search(train, dev, context)
    _wordings(search, Settings(BASE, answer_room(train.join(dev), context)))
    return search.choice()


def choose_few_shot(train: Examples, dev: Examples, context: FitContext) -> Choice:
    """Examples that cover the task, in every prompt: how many, and where they stand."""
    search = Search(train, dev, context)
    _wordings(search, Settings(BASE, answer_room(train.join(dev), context)))
    start = _restarted(search)
    for count in [k for k in FIXED_COUNTS if k <= len(train)] or [len(train)]:
        search.ask(replace(start, fixed=count))
    _listed_instead(search)
    return search.choice()


def choose_retrieval(train: Examples, dev: Examples, context: FitContext) -> Choice:
    """Examples like the input, and passages of the knowledge where there is any."""
    search = Search(train, dev, context)
    _wordings(search, Settings(BASE, answer_room(train.join(dev), context)))
    start = _restarted(search)
    for count in [k for k in NEAR_COUNTS if k <= len(train)] or [len(train)]:
        search.ask(replace(start, near=count))
    _listed_instead(search)
    if context.task.data.knowledge:
        best = search.best or start
        for passages in PASSAGE_COUNTS:
            search.ask(replace(best, passages=passages))
        search.ask(replace(start, passages=PASSAGE_COUNTS[-1]))
    return search.choice()


def _wordings(search: Search, start: Settings) -> None:
    """The base wording, then each change on top of the best so far."""
    search.ask(start)
    changes: list[dict[str, Any]] = []
    if search.context.task.checks:
        changes.append({"rules": True})
    if search.context.task.output_schema is not None:
        changes.append({"shape": False})
    for change in changes:
        best = search.best or start
        search.ask(replace(best, wording=replace(best.wording, **change)))


def _restarted(search: Search) -> Settings:
    """The best wording; from here on only settings that show something may win."""
    assert search.best is not None
    search.value = -1.0
    return search.best


def _listed_instead(search: Search) -> None:
    if search.best is not None:
        listed = replace(search.best.wording, examples="list")
        search.ask(replace(search.best, wording=listed))


def candidate_for(
    rung: str,
    examples: Examples,
    settings: dict[str, Any],
    context: FitContext,
    model: ChatModel,
) -> WritingCandidate:
    """The candidate of these settings, with those of ``examples`` that it may show."""
    wanted = Settings.from_json(settings)
    if wanted.fixed:
        examples = examples.take(spread(examples, wanted.fixed))
    elif not wanted.near:
        examples = examples.take([])
    sources = sources_for(wanted, examples, context)
    return WritingCandidate(rung, context, settings, sources, model)


def fit_writing(
    rung: str, examples: Examples, choice: Choice, context: FitContext
) -> WritingCandidate:
    """The untrained model with the chosen settings."""
    model = cast("ChatModel", context.model)
    return candidate_for(rung, examples, choice.settings, context, model)


def spread(examples: Examples, count: int) -> list[int]:
    """``count`` positions that cover the examples by their words, the most telling first."""
    return spread_out(word_vectors(examples.inputs), count)
