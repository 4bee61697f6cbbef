"""Settings of a prompt tried on dev: one after another, or raced against one another.

A race halves its field on growing samples of dev (successive halving: Karnin, Koren and Somekh 2013;
Jamieson and Talwalkar 2016), so that many settings cost the requests of a few; only a setting that was
tried on the whole sample can win. What was asked is not asked again. It knows no plan: which settings
a rung tries is in ``choosing``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
from numpy.typing import NDArray

from etude.approaches._base import Choice, FitContext
from etude.approaches._scores import fit_temperature, label_index
from etude.approaches._selection import spread_by_label, spread_out
from etude.approaches._word_vectors import word_vectors
from etude.approaches.writing.candidate import (
    Beside,
    Sources,
    WritingCandidate,
    label_logits,
    passages_of,
    sources_for,
)
from etude.approaches.writing.settings import Settings
from etude.data.examples import Examples
from etude.models._base import ChatModel, ChatRequest, Completion
from etude.records.candidate import Trial

SAMPLE = 100
"""Dev examples that a setting is tried on, at most."""
HEATS = (25, 50)
"""Dev examples of a race's first rounds: after each the better half goes on."""
RACED = 4
"""Settings from which on a race costs less than trying them all."""


def sample_of(dev: Examples, count: int = SAMPLE) -> Examples:
    """At most ``count`` examples, drawn by their ids, in dev's order; smaller samples are part of
    larger ones."""
    mixed = sorted(range(len(dev)), key=lambda i: hashlib.sha256(dev.ids[i].encode()).digest())
    return dev.take(sorted(mixed[:count]))


@dataclass(frozen=True)
class Tried:
    """A setting's answers to some dev examples, in their order; ``logits_NL`` of labels."""

    settings: Settings
    rows: Examples
    value: float
    outputs: tuple[str | None, ...]
    passages: tuple[tuple[str, ...], ...]
    logits_NL: NDArray[np.float64] | None


class Search:
    """The best setting so far, ties to the earlier; ``before`` is what the next one is held against
    (after ``restart`` the best of those that no longer may win)."""

    def __init__(self, train: Examples, dev: Examples, context: FitContext) -> None:
        self.train, self.whole_dev, self.context = train, dev, context
        self.dev = sample_of(dev)
        self.trials: list[Trial] = []
        self.notes: list[str] = []
        self.best: Tried | None = None
        self.before: Tried | None = None
        self._said: dict[ChatRequest, Completion] = {}
        self._sources: dict[tuple[object, ...], Sources] = {}

    @property
    def settings(self) -> Settings:
        """Those of the best so far."""
        assert self.best is not None, "no setting was tried yet"
        return self.best.settings

    def restart(self) -> Settings:
        """From here on only settings that are yet to be tried may win; the best so far."""
        settings = self.settings
        self.before, self.best = self.best, None
        return settings

    def ask(self, settings: Settings) -> None:
        """Try one setting on the whole sample."""
        self.keep(self.tried(settings, self.dev))

    def race(self, challengers: Sequence[Settings]) -> None:
        """Try many: halved on growing samples, the last of them on the whole."""
        left = list(challengers)
        for size in HEATS if len(left) >= RACED and len(self.dev) > HEATS[-1] else ():
            rows = sample_of(self.dev, size)
            heat = [self.tried(settings, rows) for settings in left]
            for one in heat:
                self.note(one)
            heat.sort(key=lambda one: -one.value)
            going_on = {id(one.settings) for one in heat[: (len(heat) + 1) // 2]}
            left = [settings for settings in left if id(settings) in going_on]
        for settings in left:
            self.ask(settings)

    def keep(self, one: Tried) -> None:
        """Note what was tried on the whole sample; the best if it is better than the best."""
        self.note(one)
        if self.best is None or one.value > self.best.value:
            self.best = self.before = one

    def tried(self, settings: Settings, rows: Examples) -> Tried:
        """A setting's answers to ``rows`` and their value; nothing is noted."""
        requests, beside = self.requests(settings, rows)
        return self.scored(settings, rows, self.answers(requests), beside)

    def requests(
        self, settings: Settings, rows: Examples
    ) -> tuple[list[ChatRequest], list[Beside]]:
        """What is asked about ``rows`` with these settings, and what is shown for each."""
        return self._candidate(settings).requests(rows.inputs, self.context.embeddings)

    def scored(
        self,
        settings: Settings,
        rows: Examples,
        said: Sequence[Completion],
        beside: Sequence[Beside],
    ) -> Tried:
        """What these answers are worth."""
        outputs = tuple(one.text if one.failure is None else None for one in said)
        passages = passages_of(beside)
        value = float(self.context.metric(rows, outputs, passages)) if len(rows) else 0.0
        logits_NL = label_logits(said, self.context.labels)
        return Tried(settings, rows, value, outputs, passages, logits_NL)

    def answers(self, requests: Sequence[ChatRequest]) -> list[Completion]:
        """What the model says; a request that was answered before is not asked again."""
        new = [one for one in dict.fromkeys(requests) if one not in self._said]
        if new:
            model = cast("ChatModel", self.context.model)
            self._said |= zip(new, model.complete(new, self.context.progress), strict=True)
        return [self._said[one] for one in requests]

    def choice(self) -> Choice:
        """The best setting, and all that was tried."""
        assert self.best is not None, "choice() before any setting was tried"
        best, settings = self.best, self.best.settings
        if best.logits_NL is not None:
            target = label_index(best.rows.targets, self.context.labels)
            settings = replace(settings, temperature=fit_temperature(best.logits_NL, target))
        notes = tuple(self.notes)
        if len(self.dev) < len(self.whole_dev):
            notes += (
                f"settings were tried on at most {len(self.dev)} of {len(self.whole_dev)} dev examples",
            )
        said = dict(zip(best.rows.ids, best.outputs, strict=True))
        shown = dict(zip(best.rows.ids, best.passages, strict=False))
        return Choice(
            settings.to_json(),
            best.value,
            tuple(self.trials),
            dev_outputs=tuple(said.get(one) for one in self.whole_dev.ids),
            dev_passages=tuple(shown.get(one, ()) for one in self.whole_dev.ids) if shown else (),
            notes=notes,
            dev_n=best.rows.independent,
        )

    def known(self, request: ChatRequest) -> bool:
        """Whether it was answered in this search already."""
        return request in self._said

    def note(self, one: Tried) -> None:
        """Write down what was tried, and what it gained over the best so far on the same rows."""
        bought = None
        if self.before is not None:
            bought = one.value - self._value_on(self.before, one.rows)
        self.trials.append(
            Trial(settings=one.settings.to_json(), value=one.value, n=len(one.rows), bought=bought)
        )

    def _value_on(self, known: Tried, rows: Examples) -> float:
        """Of what was tried on the whole sample, the value on some of it."""
        if len(rows) == len(known.rows):
            return known.value
        places = {one: place for place, one in enumerate(known.rows.ids)}
        own = [places[one] for one in rows.ids]
        passages = [known.passages[place] for place in own] if known.passages else []
        return float(self.context.metric(rows, [known.outputs[place] for place in own], passages))

    def _candidate(self, settings: Settings) -> WritingCandidate:
        looked = (settings.fusion, bool(settings.near), bool(settings.passages))
        key = (settings.fixed, settings.mended, *looked)
        if key not in self._sources:
            shown = shown_by(settings, self.train, self.context.labels)
            self._sources[key] = sources_for(settings, shown, self.context)
        model = cast("ChatModel", self.context.model)
        return WritingCandidate("", self.context, settings.to_json(), self._sources[key], model)


def shown_by(settings: Settings, examples: Examples, labels: Sequence[str]) -> Examples:
    """Those of ``examples`` that prompts of these settings may show: where they are fixed, the ones
    that cover the rest, then those that mend what dev failed."""
    if settings.fixed or settings.mended:
        rows = spread(examples, settings.fixed, labels) if settings.fixed else []
        places = {one: place for place, one in enumerate(examples.ids)}
        mended = [places[one] for one in settings.mended if one in places]
        return examples.take(list(dict.fromkeys([*rows, *mended])))
    return examples if settings.near else examples.take([])


def spread(examples: Examples, count: int, labels: Sequence[str] = ()) -> list[int]:
    """``count`` positions that cover the examples by their words, the most telling first; of labels
    one each in turn."""
    vectors = word_vectors(examples.inputs)
    if not labels:
        return spread_out(vectors, count)
    each = -(-count // len(labels))
    chosen = spread_by_label(vectors, label_index(examples.targets, labels), len(labels), each)
    turns = [rows[turn] for turn in range(each) for rows in chosen if turn < len(rows)]
    return turns[:count]
