"""Fine-tuning of an encoder with a classifier's head: its training, the choice on dev, its answers.

The head begins as the quick classifier's regression, held so firmly that the encoder has something
left to learn. Dev decides after which epoch to stop; the final training repeats as many on
everything. Answers come from the fast frozen encoder, in the precision that dev agreed to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from etude.approaches._base import Choice, Embeddings, FitContext
from etude.approaches._files import read_arrays, read_settings, write_candidate
from etude.approaches._scores import (
    best_labels,
    fit_temperature,
    label_index,
    log_probabilities,
    softmax,
)
from etude.approaches._search import even_within
from etude.approaches._tuned import (
    SMALL,
    FrozenClassifier,
    best_precision,
    load_encoder,
    new_classifier,
    plans,
    save_encoder,
    spread_labels,
    token_counts,
    token_lists,
)
from etude.approaches.probe import APPROACH as PROBE
from etude.approaches.probe import fit_head, learned_from
from etude.data.answers import Answers
from etude.data.examples import Examples
from etude.records.candidate import Trial
from etude.training.classifier import (
    Checkpoint,
    Classifier,
    Encoder,
    Judgement,
    Precision,
    Rows,
    TrainResult,
    TrainSettings,
    train,
    training_key,
)

RUNG = "finetune"
USUAL_EPOCHS = 8
"""Of a training on up to ``SMALL`` rows, with which times ahead are estimated: a few labels are learned
in four to seven, dozens in fifteen."""
CHECKPOINT = "training-"
"""How the names of its checkpoints in ``workdir`` begin."""
COMPARED_ROWS = 300
"""Dev rows that are answered in both precisions after each epoch."""
MOST_FLIPS = 0.02
"""Share of them that bf16 may answer otherwise; beyond it everything is done in fp32."""
FIRM = 0.3
"""The head's least penalty at the start, for up to ``SMALL`` rows. A weaker one leaves no loss on the
examples of a small set, and so nothing for the encoder to learn from."""


class _PrecisionDiffers(Exception):
    """Too many answers change with the precision."""


@dataclass(frozen=True)
class Judged:
    """Scores a classifier on dev as it would be served; checks bf16 against fp32 on a part."""

    tokens: list[NDArray[np.int32]]
    dev: Examples
    present: NDArray[np.int64]
    context: FitContext
    precision: str

    def __call__(self, classifier: Classifier) -> Judgement:
        labels = self.context.labels
        logits = FrozenClassifier.of(classifier, self.precision).logits(self.tokens)
        if self.precision == "bf16":
            self._compare(classifier, logits)
        spread = spread_labels(logits, self.present, len(labels))
        target = label_index(self.dev.targets, labels)
        value = float(self.context.metric(self.dev, best_labels(spread, labels)))
        loss = -float(log_probabilities(spread)[np.arange(len(target)), target].mean())
        return Judgement(value, loss, logits, even_within(value, self.dev))

    def _compare(self, classifier: Classifier, logits_NK: NDArray[np.float32]) -> None:
        some = self.tokens[:COMPARED_ROWS]
        exact = FrozenClassifier.of(classifier, "fp32").logits(some)
        flips = int((exact.argmax(axis=1) != logits_NK[: len(some)].argmax(axis=1)).sum())
        if flips > max(1, MOST_FLIPS * len(some)):
            raise _PrecisionDiffers


class FineTuned:
    """A fitted candidate: the trained encoder, its head and the labels that had examples."""

    def __init__(
        self,
        context: FitContext,
        settings: dict[str, Any],
        encoder: Encoder,
        frozen: FrozenClassifier,
        present: NDArray[np.int64],
    ) -> None:
        self.context = context
        self.settings = settings
        self.encoder = encoder
        self.frozen = frozen
        self.present = present

    def answer(self, inputs: Sequence[str], embeddings: Embeddings | None = None) -> Answers:
        """The label with the highest logit. ``embeddings`` are the base model's: not of use."""
        started = perf_counter()
        tokens = token_lists(inputs, self.context)
        logits = self.frozen.logits(tokens)
        labels = self.context.labels
        probabilities = softmax(
            spread_labels(logits, self.present, len(labels)), self.settings["temperature"]
        )
        seconds = perf_counter() - started
        counts = token_counts(inputs, tokens, self.context)
        return Answers.from_probabilities(probabilities, labels, seconds, counts)

    def save(self, folder: Path) -> None:
        """Write the encoder as transformers does, with its tokenizer; the head; the settings."""
        arrays: dict[str, NDArray[Any]] = {
            "weight": self.frozen.weight_KD,
            "bias": self.frozen.bias_K,
            "present": self.present,
        }
        write_candidate(folder, RUNG, self.settings, arrays)
        save_encoder(self.encoder, self.context, folder / "encoder")


def choose_encoder(examples: Examples, dev: Examples, context: FitContext) -> Choice:
    """Train on ``examples``; dev says after which epoch, at which rate and in which precision."""
    head = PROBE.choose(examples, dev, context).settings
    if len(examples) <= SMALL:
        head = firm(head)
    try:
        notes: tuple[str, ...] = ()
        tried = _try_plans(best_precision(), head, examples, dev, context)
    except _PrecisionDiffers:
        notes = ("trained in fp32: with bf16 too many answers on dev came out differently",)
        tried = _try_plans("fp32", head, examples, dev, context)
    _remove_checkpoints(context)
    trials = [_trials(settings, result, len(dev)) for settings, result in tried]
    settings, result = max(tried, key=lambda one: one[1].rank)
    present = _present(examples, head, context)
    assert result.best_logits_NK is not None
    logits = spread_labels(result.best_logits_NK, present, len(context.labels))
    return Choice(
        settings={
            **settings.as_dict(),
            "epochs": result.best_epoch,
            "head": head,
            "temperature": fit_temperature(logits, label_index(dev.targets, context.labels)),
        },
        dev_value=float(result.best.value or 0.0),
        trials=tuple(trial for some in trials for trial in some),
        dev_outputs=tuple(best_labels(logits, context.labels)),
        notes=notes,
        dev_n=dev.independent,
    )


def fit_encoder(examples: Examples, choice: Choice, context: FitContext) -> FineTuned:
    """Repeat the chosen training on everything."""
    known = {key: choice.settings[key] for key in TrainSettings.__dataclass_fields__}
    settings, head = TrainSettings(**known), choice.settings["head"]
    classifier, _ = _run(settings, head, examples, None, context)
    frozen = FrozenClassifier.of(classifier, settings.precision)
    _remove_checkpoints(context)
    present = _present(examples, head, context)
    return FineTuned(context, choice.settings, classifier.encoder, frozen, present)


def load_fine_tuned(folder: Path, context: FitContext) -> FineTuned:
    """The candidate that was saved."""
    settings = read_settings(folder, RUNG)
    arrays = read_arrays(folder, RUNG)
    encoder = load_encoder(context, folder / "encoder")
    frozen = FrozenClassifier.from_parts(
        encoder, arrays["weight"], arrays["bias"], settings["precision"]
    )
    return FineTuned(context, settings, encoder, frozen, arrays["present"])


def epochs_ahead(rows: int) -> tuple[int, int]:
    """Epochs of choosing with so many rows, and of the final training, as they usually come."""
    usual = min(USUAL_EPOCHS, plans(rows, "fp32")[0].epochs)
    return usual, usual


def firm(head: dict[str, Any]) -> dict[str, Any]:
    """The head's settings with a penalty that leaves the encoder something to learn."""
    return {**head, "penalty": max(FIRM, head["penalty"])}


def learned_rows(
    examples: Examples, head: dict[str, Any], context: FitContext
) -> tuple[Rows, NDArray[np.int64]]:
    """What is learned from, and the places of the labels that have an example (K,)."""
    learned = learned_from(examples, head, context)
    present, dense = np.unique(label_index(learned.targets, context.labels), return_inverse=True)
    return Rows(token_lists(learned.inputs, context), dense.astype(np.int64)), present


def _try_plans(
    precision: Precision,
    head: dict[str, Any],
    examples: Examples,
    dev: Examples,
    context: FitContext,
) -> list[tuple[TrainSettings, TrainResult]]:
    """Each plan's training, until one has learned the examples: another would end there too."""
    tried: list[tuple[TrainSettings, TrainResult]] = []
    for settings in plans(len(examples), precision):
        tried.append((settings, _run(settings, head, examples, dev, context)[1]))
        if tried[-1][1].learned:
            break
    return tried


def _run(
    settings: TrainSettings,
    head: dict[str, Any],
    examples: Examples,
    dev: Examples | None,
    context: FitContext,
) -> tuple[Classifier, TrainResult]:
    """One training, from its checkpoint where there is one."""
    rows, present = learned_rows(examples, head, context)
    linear = fit_head(examples, head, context)
    classifier = new_classifier(context, linear, present, settings)
    judge = (
        None
        if dev is None
        else Judged(token_lists(dev.inputs, context), dev, present, context, settings.precision)
    )
    judged_on = None if dev is None else [dev.inputs, dev.targets]
    key = training_key(rows, settings, context.seed, [context.model.fingerprint, head, judged_on])
    checkpoint = Checkpoint(context.workdir / f"{CHECKPOINT}{key[:16]}.safetensors", key)
    result = train(
        classifier,
        rows,
        settings,
        context.seed,
        judge=judge,
        checkpoint=checkpoint,
        progress=context.progress,
    )
    return classifier, result


def _remove_checkpoints(context: FitContext) -> None:
    """They have served: what they led to is about to be stored."""
    for left in context.workdir.glob(f"{CHECKPOINT}*"):
        left.unlink(missing_ok=True)


def _present(examples: Examples, head: dict[str, Any], context: FitContext) -> NDArray[np.int64]:
    """The labels that are learned, and so can be answered."""
    learned = learned_from(examples, head, context)
    return np.unique(label_index(learned.targets, context.labels))


def _trials(settings: TrainSettings, result: TrainResult, dev_count: int) -> list[Trial]:
    """One trial an epoch: stopping after it was a setting that was tried."""
    return [
        Trial(
            settings={
                "learning_rate": settings.learning_rate,
                "epochs": report.epoch,
                "precision": settings.precision,
            },
            value=report.value,
            n=dev_count,
        )
        for report in result.history
        if report.value is not None
    ]
