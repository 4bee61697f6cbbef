"""How the prompt rungs choose with a chat model: the wording first, then how many examples.

Requests cost time and often money, so each setting is asked about at most ``SAMPLE`` dev examples,
always the same ones: where two rungs try the same request the response cache answers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from etude.approaches._base import Candidate, Choice, FitContext
from etude.approaches._chat import NEAREST, NO_EXAMPLES, SPREAD_OUT, ChatCandidate, outcome
from etude.approaches._scores import fit_temperature, label_index
from etude.approaches._selection import spread_by_label
from etude.approaches._word_vectors import word_vectors
from etude.approaches._wording import BASE, VARIANTS, Wording
from etude.data.examples import Examples
from etude.records.candidate import Trial

SAMPLE = 100
PER_LABEL = (1, 2, 4, 8)
NEAREST_COUNTS = (4, 8, 16, 32)
MOST_IN_PROMPT = 160
"""Examples in one prompt: beyond it the price of each request grows and small models lose track."""


def sample_of(dev: Examples) -> Examples:
    """At most ``SAMPLE`` examples, labels in turn, the same for the same dev part."""
    mixed = sorted(range(len(dev)), key=lambda i: hashlib.sha256(dev.ids[i].encode()).digest())
    seen: dict[str, int] = {}
    turn = {}
    for i in mixed:
        turn[i] = seen[dev.targets[i]] = seen.get(dev.targets[i], 0) + 1
    chosen = sorted(mixed, key=lambda i: turn[i])[:SAMPLE]
    return dev.take(sorted(chosen))


class _Search:
    """Settings asked about one after another; the best so far, ties to the earlier."""

    def __init__(self, train: Examples, dev: Examples, context: FitContext) -> None:
        self.train, self.dev, self.context = train, sample_of(dev), context
        self.trials: list[Trial] = []
        self.best_value = -1.0
        self.best: dict[str, Any] = {}
        self.best_outputs: list[str | None] = []

    def ask(self, wording: Wording, shown: str, count: int) -> None:
        """Score one setting."""
        settings = {"wording": wording.as_settings(), "shown": shown, "count": count}
        candidate = _candidate("", self.train, settings, self.context)
        said = candidate.completions(self.dev.inputs)
        outputs, _ = outcome(said, self.context.labels)
        value = float(self.context.metric(self.dev, outputs)) if len(self.dev) else 0.0
        self.trials.append(Trial(settings=settings, value=value, n=len(self.dev)))
        if value > self.best_value:
            logits = candidate.logits(said)
            target = label_index(self.dev.targets, self.context.labels)
            temperature = 1.0 if logits is None else fit_temperature(logits, target)
            self.best_value, self.best = value, {**settings, "temperature": temperature}
            self.best_outputs = outputs

    @property
    def wording(self) -> Wording:
        """That of the best setting so far."""
        return Wording(**self.best["wording"])


def choose_chat(shown: str, train: Examples, dev: Examples, context: FitContext) -> Choice:
    """The wording without examples, one change after another; then the count of examples."""
    search = _Search(train, dev, context)
    search.ask(BASE, NO_EXAMPLES, 0)
    for change in VARIANTS:
        if "meanings" not in change or any(context.descriptions.values()):
            search.ask(replace(search.wording, **change), NO_EXAMPLES, 0)
    if shown != NO_EXAMPLES:
        # The rung is about examples: settings without them only found the wording.
        wording, search.best_value = search.wording, -1.0
        for count in _counts(shown, train, context):
            search.ask(wording, shown, count)
    notes: tuple[str, ...] = ()
    if len(search.dev) < len(dev):
        notes = (f"each setting was tried on {len(search.dev)} of {len(dev)} dev examples",)
    said = dict(zip(search.dev.ids, search.best_outputs, strict=True))
    return Choice(
        search.best,
        search.best_value,
        tuple(search.trials),
        dev_outputs=tuple(said.get(one) for one in dev.ids),
        notes=notes,
    )


def _counts(shown: str, train: Examples, context: FitContext) -> Sequence[int]:
    if shown == NEAREST:
        return [n for n in NEAREST_COUNTS if n <= len(train)] or [len(train)]
    fitting = [k for k in PER_LABEL if k * len(context.labels) <= MOST_IN_PROMPT]
    return fitting or PER_LABEL[:1]


def fit_chat(rung: str, examples: Examples, choice: Choice, context: FitContext) -> Candidate:
    """The candidate with the chosen wording and the examples that it may show."""
    return _candidate(rung, examples, choice.settings, context)


def _candidate(
    rung: str, examples: Examples, settings: dict[str, Any], context: FitContext
) -> ChatCandidate:
    if settings["shown"] == NO_EXAMPLES:
        examples = examples.take([])
    if settings["shown"] == SPREAD_OUT:
        examples = examples.take(_spread(examples, settings["count"], context.labels))
    return ChatCandidate(rung, context, settings, examples)


def _spread(examples: Examples, per_label: int, labels: Sequence[str]) -> list[int]:
    """``per_label`` examples of each label that cover it by their words, labels in turn."""
    target = label_index(examples.targets, labels)
    chosen = spread_by_label(word_vectors(examples.inputs), target, len(labels), per_label)
    return [rows[turn] for turn in range(per_label) for rows in chosen if turn < len(rows)]
