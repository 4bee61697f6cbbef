"""Who follows a training is told of its rows and epochs, and can end it; tokens that were right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from etude.training.lm import checkpoints, loop
from etude.training.lm._running import State
from etude.training.lm.log import LogRow
from etude.training.lm.steps.padded import PaddedStep
from tests.training.lm._run import same, weights
from tests.training.lm._shapes import make, some_pairs
from tests.training.lm._tiny import SETTINGS, TinySource, pairs

SHORT = replace(SETTINGS, epochs=2, keep="last")


class Followed:
    """Writes down what it is told, keeps every epoch's weights, and stops after a row's step."""

    def __init__(self, folder: Path, last: int = 10**9) -> None:
        self.folder, self.last = folder, last
        self.rows: list[LogRow] = []
        self.epochs: list[tuple[int, int]] = []

    def row(self, row: LogRow, total: int) -> None:
        self.rows.append(row)

    def epoch(self, step: int, total: int, save: Callable[[Path], None]) -> None:
        self.epochs.append((step, total))
        save(self.folder / str(step))

    def stop(self) -> bool:
        return bool(self.rows) and self.rows[-1].step >= self.last


def run(workdir: Path, watch: Followed) -> loop.LmResult:
    return loop.train(TinySource(), pairs(24), pairs(8, 1), SHORT, workdir, None, watch)


def test_a_watch_sees_every_epoch_as_it_is_then(tmp_path: Path) -> None:
    watch = Followed(tmp_path / "kept")
    result = run(tmp_path / "work", watch)
    assert watch.epochs == [(3, 6), (6, 6)]
    assert tuple(watch.rows) == result.log
    first, last = weights(tmp_path / "kept" / "3"), weights(tmp_path / "kept" / "6")
    assert same(last, weights(result.folder))
    assert not same(first, last)
    assert all(0 <= row.accuracy <= 1 for row in result.log if row.accuracy is not None)
    assert result.log[-1].dev_accuracy is not None
    assert result.log[0].accuracy is None


def test_a_watch_stops_a_training_that_goes_on_to_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "EVERY_SECONDS", 3600.0)
    whole = run(tmp_path / "whole", Followed(tmp_path / "a"))
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "work", Followed(tmp_path / "b", last=2))
    watch = Followed(tmp_path / "c")
    result = run(tmp_path / "work", watch)
    assert same(weights(result.folder), weights(whole.folder))
    assert min(row.step for row in watch.rows) > 2  # it went on, not anew
    assert [(row.loss, row.accuracy) for row in result.log] == [
        (row.loss, row.accuracy) for row in whole.log
    ]


def test_hits_are_the_likeliest_tokens_by_weight() -> None:
    module, some = make("llama").eval(), some_pairs(4)
    found = PaddedStep(None, 0.0).token_losses(module, some)
    hits = 0.0
    with torch.no_grad():
        for pair in some:
            ids = torch.from_numpy(np.concatenate([pair.prompt, pair.target]).astype(np.int64))
            said = module(input_ids=ids[None]).logits[0].argmax(-1)
            right = said[len(pair.prompt) - 1 : -1] == ids[len(pair.prompt) :]
            hits += pair.weight * float(right.sum())
    assert float(found.hits) == pytest.approx(hits)
    likely = [replace(pair, target=pair.target.copy()) for pair in some[:1]]
    with torch.no_grad():
        ids = torch.from_numpy(likely[0].prompt.astype(np.int64))
        likely[0].target[0] = int(module(input_ids=ids[None]).logits[0, -1].argmax())
    one = replace(likely[0], target=likely[0].target[:1])
    assert float(PaddedStep(None, 0.0).token_losses(module, [one]).hits) == pytest.approx(
        one.weight
    )


def test_a_checkpoint_of_before_hits_were_counted_is_read() -> None:
    said = State().as_dict() | {"since": [1.0, 2.0, 3.0, 4.0]}
    assert State.from_dict(said).since == [1.0, 2.0, 3.0, 4.0, 0.0]
