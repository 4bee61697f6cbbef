"""A tiny training that the tests, and the process that they kill, do in the same way."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from etude.models._bert import BertShape, EncoderModule
from etude.training import _checkpoint
from etude.training.classifier import (
    Checkpoint,
    Classifier,
    Judgement,
    Rows,
    TrainResult,
    TrainSettings,
    train,
    training_key,
)

CONFIG: dict[str, Any] = {
    "model_type": "bert",
    "vocab_size": 50,
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "max_position_embeddings": 40,
}
SETTINGS = TrainSettings(
    epochs=3, planned_epochs=3, learning_rate=3e-3, head_learning_rate=1e-2, batch_size=8
)


def tiny_classifier(seed: int = 0, labels: int = 3) -> Classifier:
    torch.manual_seed(seed)
    encoder = EncoderModule(BertShape.from_config(CONFIG), CONFIG, dropout=0.0)
    with torch.no_grad():
        for name, weight in encoder.named_parameters():
            if "LayerNorm.weight" not in name:
                weight.normal_(0, 0.2)
    return Classifier(encoder, nn.Linear(16, labels))


def tiny_rows(count: int = 60, seed: int = 0) -> Rows:
    """The label is which of three tokens occurs among noise; lengths differ."""
    random = np.random.default_rng(seed)
    target = np.arange(count) % 3
    tokens = []
    for label in target:
        noise = random.integers(10, 50, random.integers(2, 20))
        tokens.append(np.array([2, *noise, 4 + label, 3], dtype=np.int32))
    return Rows(tokens, target.astype(np.int64))


def accuracy_on(rows: Rows) -> Any:
    def judge(classifier: Classifier) -> Judgement:
        with torch.no_grad():
            logits = classifier(rows.tokens)
        loss = float(nn.functional.cross_entropy(logits, torch.from_numpy(rows.target_N)))
        right = (logits.argmax(1).numpy() == rows.target_N).mean()
        return Judgement(float(right), loss, logits.numpy())

    return judge


class Shown:
    """A progress that does ``then`` when so many batches are done."""

    def __init__(self, at: int, then: Any) -> None:
        self.at, self.then, self.seen = at, then, 0
        self.notes: list[str] = []

    def step(self, name: str, total: float | None = None, unit: str = "") -> Shown:
        return self

    def say(self, text: str) -> None:
        self.notes.append(text)

    def advance(self, amount: float = 1.0, note: str | None = None) -> None:
        if note:
            self.notes.append(note)
            self.seen += 1
            if self.seen == self.at:
                self.then()

    def __enter__(self) -> Shown:
        return self

    def __exit__(self, *exception: object) -> None:
        pass


def run_tiny(
    folder: Path | None,
    shown: Any = None,
    every: float = 0.0,
    seed: int = 7,
    settings: TrainSettings = SETTINGS,
) -> tuple[dict[str, torch.Tensor], TrainResult]:
    """The training from its start or its checkpoint; its weights and what happened."""
    classifier, rows = tiny_classifier(), tiny_rows()
    checkpoint = None
    if folder is not None:
        key = training_key(rows, settings, seed, "tiny")
        checkpoint = Checkpoint(folder / "training.safetensors", key, every)
    result = train(
        classifier,
        rows,
        settings,
        seed,
        judge=accuracy_on(tiny_rows(30, 1)),
        checkpoint=checkpoint,
        progress=shown,
    )
    return {name: value.clone() for name, value in classifier.state_dict().items()}, result


def kill_me() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main(folder: str, when: str, at: str) -> None:
    """The process that is killed: after a batch, or while a checkpoint is half on disk."""
    torch.set_num_threads(2)
    if when == "writing":
        saves = [0]
        to_disk = _checkpoint._to_disk

        def half_way(path: Path) -> None:
            saves[0] += 1
            if saves[0] == int(at):
                kill_me()
            to_disk(path)

        _checkpoint._to_disk = half_way
        run_tiny(Path(folder))
    run_tiny(Path(folder), Shown(int(at), kill_me))
