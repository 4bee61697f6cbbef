"""Trainings that dev chooses among: what the weights of each said to dev.

How a training goes depends on its pairs, its settings and its seed, not on how answers are judged. So
what its weights said is kept, and with another check or metric the choice is made again without a
training. The weights themselves are gone by then: who goes on from them trains once more.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from etude.approaches._base import FitContext
from etude.approaches._scores import fit_temperature, label_index
from etude.approaches.writing.candidate import WritingCandidate, label_logits, passages_of
from etude.approaches.writing.preferring import prefer_from
from etude.approaches.writing.recipe import source_of
from etude.approaches.writing.tracks import keep_tracks
from etude.approaches.writing.tuned import with_weights
from etude.data.examples import Examples
from etude.models._base import Completion
from etude.models._remembering import from_json, request_key, to_json
from etude.store.keys import digest
from etude.training.lm.curve import best_look
from etude.training.lm.loop import train
from etude.training.lm.pairs import TokenPair
from etude.training.lm.result import LmResult, training_key
from etude.training.lm.settings import LmSettings


@dataclass(frozen=True)
class Answered:
    """What weights say to dev, and what they were shown; ``value`` is the metric of it."""

    value: float
    outputs: tuple[str | None, ...]
    passages: tuple[tuple[str, ...], ...]
    temperature: float


@dataclass(frozen=True)
class Tried:
    """One training. ``best_epoch``: where dev's loss was lowest; ``notices``: sentences for people."""

    settings: LmSettings
    said: Answered
    best_epoch: float | None
    notices: tuple[str, ...]

    @property
    def value(self) -> float:
        """The metric on dev."""
        return self.said.value


@dataclass(frozen=True)
class Trainings:
    """Trains on ``pairs`` and asks about ``dev``; ``kept`` are dev's pairs, which end a training."""

    candidate: WritingCandidate
    pairs: Sequence[TokenPair]
    kept: Sequence[TokenPair]
    dev: Examples
    context: FitContext

    def tried(self, settings: LmSettings) -> Tried:
        """What one training came to: from memory, else trained and asked."""
        key = self._key(settings)
        known = self._recalled(key)
        if known is None:
            result = self._trained(settings)
            name = f"{self.candidate.rung}-try-{key[:12]}"
            keep_tracks(settings, self._place(settings), name, self.context)
            look = best_look(result.log)
            known = {
                "said": self._said(result.folder),
                "best_epoch": look.epoch if look is not None else None,
                "notices": list(result.notices),
            }
            self._keep(key, known)
        return Tried(
            settings, self._judged(known["said"]), known["best_epoch"], tuple(known["notices"])
        )

    def preferred(self, settings: LmSettings, further: dict[str, Any]) -> tuple[Answered, str]:
        """What the weights say that go on from the task's preferences, and what they learned from.

        Args:
            settings: of the training that they go on from.
            further: of the training from preferences.

        Raises:
            DataError, MissingDependency, UsageError: see ``prefer_from``.
        """
        key = digest([self._key(settings), further, self._preferences()])
        known = self._recalled(key)
        if known is None:
            place = self.context.workdir / f"prefer-{_name(settings)}"
            start = self._trained(settings).folder
            folder, words = prefer_from(self.candidate, start, further, place, self.context)
            known = {"said": self._said(folder), "words": words}
            self._keep(key, known)
        return self._judged(known["said"]), known["words"]

    def _trained(self, settings: LmSettings) -> LmResult:
        """The weights: they lie in the rung's folder, and are found there again, until it is done."""
        context, place = self.context, self._place(settings)
        source = source_of(context)
        return train(source, self.pairs, self.kept, settings, place, context.progress)

    def _place(self, settings: LmSettings) -> Path:
        return self.context.workdir / f"try-{_name(settings)}"

    def _said(self, folder: Path) -> list[dict[str, Any]]:
        """What the weights in ``folder`` say to dev, as it is kept."""
        tuned = with_weights(
            self.candidate.rung, self.candidate.raw, self.candidate, folder, self.context
        )
        said, _ = tuned.completions(self.dev.inputs, self.context.embeddings)
        return [to_json(one) for one in said]

    def _judged(self, stored: Sequence[dict[str, Any]]) -> Answered:
        said: list[Completion] = [from_json(one) for one in stored]
        _, beside = self.candidate.requests(self.dev.inputs, self.context.embeddings)
        passages, labels = passages_of(beside), self.context.labels
        outputs = tuple(one.text if one.failure is None else None for one in said)
        logits = label_logits(said, labels)
        temperature = 1.0
        if logits is not None:
            temperature = fit_temperature(logits, label_index(self.dev.targets, labels))
        value = float(self.context.metric(self.dev, outputs, passages)) if len(self.dev) else 0.0
        return Answered(value, outputs, passages, temperature)

    def _key(self, settings: LmSettings) -> str:
        """All that a training depends on, and what is asked of its weights."""
        requests, _ = self.candidate.requests(self.dev.inputs, self.context.embeddings)
        trained = training_key(source_of(self.context), self.pairs, self.kept, settings, 1)
        return digest([trained, [request_key(one) for one in requests]])

    def _preferences(self) -> list[str]:
        """The file that preferences come from, what must not be learned of it, and how it is used."""
        task, held = self.context.task, sorted(self.context.held)
        if task.data.preferences is None:
            return [*held, task.training.preference]
        data = (self.context.root / task.data.preferences).read_bytes()
        return [hashlib.sha256(data).hexdigest(), *held, task.training.preference]

    def _recalled(self, key: str) -> dict[str, Any] | None:
        return self.context.memory.recall([key]).get(key) if self.context.memory else None

    def _keep(self, key: str, value: dict[str, Any]) -> None:
        if self.context.memory is not None:
            self.context.memory.keep({key: value})


def _name(settings: LmSettings) -> str:
    """A folder's name that two settings of a sweep do not share."""
    text = json.dumps(settings.as_dict(), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
