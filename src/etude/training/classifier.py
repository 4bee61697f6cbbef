"""Full fine-tuning of an encoder with a linear head, one label an example.

It knows token lists, label positions, settings and a seed, and carries on from a checkpoint to the
same weights, bit for bit on a CPU. It knows nothing of tasks, texts, or how settings are chosen:
``judge`` says after each epoch how good the classifier is.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from time import perf_counter
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from etude.errors import ModelError
from etude.progress import Progress, Silent, Step
from etude.training._checkpoint import Checkpoint
from etude.training._determinism import deterministic
from etude.training._gradients import Classifier, Encoder, batch_gradients
from etude.training._schedule import epoch_batches, rate_share, steps_per_epoch
from etude.training._settings import Precision, TrainSettings
from etude.training._weights import TrainedWeights

__all__ = [
    "Checkpoint",
    "Classifier",
    "Encoder",
    "Judgement",
    "Precision",
    "Rows",
    "TrainResult",
    "TrainSettings",
    "train",
    "training_key",
]


@dataclass(frozen=True)
class Rows:
    """What is learned from: token ids of each example, and its label's position (N,)."""

    tokens: Sequence[NDArray[np.int32]]
    target_N: NDArray[np.int64]

    def digest(self) -> str:
        """A hash of every token and target, in their order."""
        digest = hashlib.sha256(np.ascontiguousarray(self.target_N).tobytes())
        for ids in self.tokens:
            digest.update(len(ids).to_bytes(4, "little") + np.ascontiguousarray(ids).tobytes())
        return digest.hexdigest()


@dataclass(frozen=True)
class Judgement:
    """How good a classifier is on dev: higher ``value`` is better, and one that is lower by no more
    than ``even`` is as good.

    ``logits_NK`` are kept for the best epoch, to calibrate by.
    """

    value: float
    log_loss: float
    logits_NK: NDArray[np.float32]
    even: float = 0.0


@dataclass(frozen=True)
class EpochReport:
    """One epoch: mean training loss (nats), and dev's figures where there was a judge."""

    epoch: int
    loss: float
    value: float | None = None
    log_loss: float | None = None


@dataclass
class TrainResult:
    """What happened. ``best_epoch`` counts from 1: the last one that is as good as the best of dev's
    values, for what was learned to the end is better than a few dev rows can show (Mosbach,
    Andriushchenko & Klakow 2021, On the Stability of Fine-tuning BERT). Without a judge it is the
    last one. ``learned``: it stopped since nearly nothing was left to learn."""

    history: list[EpochReport] = field(default_factory=list)
    best_epoch: int = 0
    best_logits_NK: NDArray[np.float32] | None = None
    stopped_early: bool = False
    learned: bool = False

    @property
    def rank(self) -> tuple[float, float]:
        """Value and log-loss of the best epoch, the higher the better."""
        assert self.best.value is not None
        assert self.best.log_loss is not None
        return (self.best.value, -self.best.log_loss)

    @property
    def best(self) -> EpochReport:
        """The report of the best epoch."""
        return self.history[self.best_epoch - 1]


Judge = Callable[[Classifier], Judgement]


def train(
    classifier: Classifier,
    rows: Rows,
    settings: TrainSettings,
    seed: int,
    *,
    judge: Judge | None = None,
    checkpoint: Checkpoint | None = None,
    progress: Progress | None = None,
) -> TrainResult:
    """Train ``classifier`` in place; with a checkpoint of this training, go on from it.

    The weights afterwards are those of the last epoch that ran, not of the best one: repeat the
    training with ``epochs`` set to the best for those.

    Raises:
        ModelError: the loss is not a number any more; the hint says what to change.
    """
    with deterministic(classifier, classifier.encoder.device):
        training = _Training(classifier, rows, settings, seed, judge, checkpoint)
        title, total = "fine-tuning", float(settings.epochs * len(rows.target_N))
        with (progress or Silent()).step(title, total=total, unit="examples") as step:
            return training.run(step)


def training_key(rows: Rows, settings: TrainSettings, seed: int, others: Any) -> str:
    """What a checkpoint must be of to be gone on from; ``others`` is JSON: the model, dev …"""
    said = json.dumps([rows.digest(), settings.as_dict(), seed, others, torch.__version__])
    return hashlib.sha256(said.encode()).hexdigest()


class _Training:
    """The state of one training: where it is, and what it has seen."""

    def __init__(
        self,
        classifier: Classifier,
        rows: Rows,
        settings: TrainSettings,
        seed: int,
        judge: Judge | None,
        checkpoint: Checkpoint | None,
    ) -> None:
        self.classifier, self.rows, self.settings, self.seed = classifier, rows, settings, seed
        self.judge, self.checkpoint = judge, checkpoint
        classifier.random = settings.dropout > 0
        self.trained = TrainedWeights(classifier, settings)
        self.result = TrainResult()
        self.epoch = self.step = 0
        """The epoch under way, and its steps that are done."""
        self.loss_sum = 0.0
        self.done = False

    def run(self, shown: Step) -> TrainResult:
        """From the checkpoint, or from the start, to the end."""
        self._restore()
        shown.advance(self._seen())
        while self.epoch < self.settings.epochs and not self.done:
            self._run_epoch(shown)
            self._close_epoch()
        return self.result

    def _seen(self) -> int:
        """Examples of this training that are done."""
        batch = self.settings.batch_size
        count = len(self.rows.target_N)
        return self.epoch * count + min(self.step * batch, count)

    def _run_epoch(self, shown: Step) -> None:
        lengths = [len(ids) for ids in self.rows.tokens]
        batches = epoch_batches(lengths, self.settings.batch_size, self.seed, self.epoch)
        first, started, seen = self.step, perf_counter(), 0
        for place in range(first, len(batches)):
            loss = self._learn(batches[place])
            self.step += 1
            self.loss_sum += loss * len(batches[place])
            seen += len(batches[place])
            rate = seen / max(perf_counter() - started, 1e-9)
            shown.advance(
                len(batches[place]),
                f"epoch {self.epoch + 1}, loss {loss:.3f}, {rate:.0f} examples/s",
            )
            if self.checkpoint is not None and self.checkpoint.due:
                self._save()

    def _learn(self, batch: NDArray[np.int64]) -> float:
        """One optimizer step; the batch's mean loss before it."""
        settings = self.settings
        per_epoch = steps_per_epoch(len(self.rows.target_N), settings.batch_size)
        step = self.epoch * per_epoch + self.step
        share = rate_share(step, settings.planned_epochs * per_epoch, settings.warmup)
        if settings.dropout:
            torch.manual_seed(int(np.random.default_rng([self.seed, step, 1]).integers(2**31)))
        loss, gradients = batch_gradients(
            self.classifier,
            self.trained.weights,
            self.rows.tokens,
            self.rows.target_N,
            batch,
            settings.label_smoothing,
        )
        if not math.isfinite(loss):
            raise ModelError(
                f"the training loss became {loss} in epoch {self.epoch + 1}",
                hint="lower the learning rate, or train in fp32",
            )
        self.trained.move(gradients, share)
        return loss

    def _close_epoch(self) -> None:
        """Judge the epoch, note it, and keep it on disk."""
        report = EpochReport(self.epoch + 1, self.loss_sum / len(self.rows.target_N))
        if self.judge is not None:
            self.classifier.eval()
            said = self.judge(self.classifier)
            self.classifier.train()
            report = EpochReport(report.epoch, report.loss, said.value, said.log_loss)
            if said.value >= self._highest_value() - said.even:
                self.result.best_epoch, self.result.best_logits_NK = report.epoch, said.logits_NK
        else:
            self.result.best_epoch = report.epoch
        self.result.history.append(report)
        self.epoch, self.step, self.loss_sum = self.epoch + 1, 0, 0.0
        since = self.epoch - self.result.best_epoch
        self.result.learned = report.loss < self.settings.learned
        if self.result.learned or (self.judge is not None and since >= self.settings.patience):
            self.done = self.result.stopped_early = self.epoch < self.settings.epochs
        if self.checkpoint is not None and self.checkpoint.due:
            self._save()

    def _highest_value(self) -> float:
        """Dev's highest so far, before this epoch."""
        return max((h.value for h in self.result.history if h.value is not None), default=-math.inf)

    def _save(self) -> None:
        assert self.checkpoint is not None
        tensors = self.trained.tensors()
        if self.result.best_logits_NK is not None:
            tensors["best_logits"] = torch.from_numpy(self.result.best_logits_NK)
        self.checkpoint.save(tensors, self._state())

    def _state(self) -> dict[str, Any]:
        return {
            "epoch": self.epoch,
            "step": self.step,
            "loss_sum": self.loss_sum,
            "done": self.done,
            "history": [asdict(report) for report in self.result.history],
            "best_epoch": self.result.best_epoch,
            "stopped_early": self.result.stopped_early,
            "learned": self.result.learned,
        }

    def _restore(self) -> None:
        found = self.checkpoint.load() if self.checkpoint is not None else None
        if found is None:
            return
        tensors, state = found
        self.trained.restore(tensors)
        self.epoch, self.step = state["epoch"], state["step"]
        self.loss_sum, self.done = state["loss_sum"], state["done"]
        logits = tensors.get("best_logits")
        self.result = TrainResult(
            [EpochReport(**report) for report in state["history"]],
            state["best_epoch"],
            None if logits is None else logits.numpy(),
            state["stopped_early"],
            state["learned"],
        )
