"""Training: what it must equal, where it may be killed, and when it stops."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from etude.errors import ModelError
from etude.training._gradients import batch_gradients, shards_of, word_weights
from etude.training.classifier import (
    Checkpoint,
    Judge,
    Judgement,
    Rows,
    TrainResult,
    train,
    training_key,
)
from tests._children import main_of, run
from tests.training._training import (
    SETTINGS,
    Shown,
    accuracy_on,
    run_tiny,
    tiny_classifier,
    tiny_rows,
)

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def two_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def same(a: dict[str, torch.Tensor], b: dict[str, torch.Tensor]) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def gradients(rows: Rows, picks: list[np.ndarray], total: int) -> tuple[float, list[torch.Tensor]]:
    """Accumulated over the picks, from the same weights."""
    classifier = tiny_classifier()
    weights = list(classifier.parameters())
    loss, sums = 0.0, [torch.zeros_like(weight) for weight in weights]
    for pick in picks:
        one, parts = batch_gradients(
            classifier, weights, rows.tokens, rows.target_N, pick, total=total
        )
        loss += one
        for into, part in zip(sums, parts, strict=True):
            if part is not None:
                into += part
    return loss, sums


def test_a_batch_of_eight_is_eight_batches_of_one() -> None:
    rows = tiny_rows(8)
    whole_loss, whole = gradients(rows, [np.arange(8)], 8)
    parts_loss, parts = gradients(rows, [np.array([i]) for i in range(8)], 8)
    assert whole_loss == pytest.approx(parts_loss, rel=1e-5)
    for a, b in zip(whole, parts, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-6)
    assert max(float(a.abs().max()) for a in whole) > 1e-3


def test_shards_give_the_gradient_of_the_whole_batch() -> None:
    rows = tiny_rows(16)
    classifier = tiny_classifier()
    assert [len(shard) for shard in shards_of(np.arange(16), classifier)] == [8, 8]
    _, sharded = gradients(rows, [np.arange(16)], 16)
    torch.set_num_threads(1)
    assert len(shards_of(np.arange(16), classifier)) == 1
    _, whole = gradients(rows, [np.arange(16)], 16)
    for a, b in zip(sharded, whole, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-6)


def test_dropout_is_never_drawn_in_two_threads() -> None:
    classifier = tiny_classifier()
    classifier.random = True
    assert len(shards_of(np.arange(16), classifier)) == 1


def test_it_learns() -> None:
    settings = replace(SETTINGS, epochs=12, planned_epochs=12, learning_rate=1e-2)
    weights, result = run_tiny(None, settings=settings)
    assert result.best.value > 0.8  # chance: a third
    assert result.history[-1].loss < 0.4 * result.history[0].loss
    start = tiny_classifier().state_dict()
    words = "encoder.embeddings.word_embeddings.weight"
    assert torch.equal(weights[words], start[words])
    moved = [n for n in weights if not torch.equal(weights[n], start[n])]
    assert "head.weight" in moved
    assert "encoder.encoder.layer.0.attention.self.query.weight" in moved


def test_word_vectors_move_when_asked() -> None:
    classifier = tiny_classifier()
    before = word_weights(classifier.encoder).detach().clone()
    train(classifier, tiny_rows(), replace(SETTINGS, epochs=1, freeze_words=False), 0)
    assert not torch.equal(word_weights(classifier.encoder), before)


def test_the_same_seed_gives_the_same_bits_and_another_does_not() -> None:
    one, again, other = run_tiny(None)[0], run_tiny(None)[0], run_tiny(None, seed=8)[0]
    assert same(one, again)
    assert not same(one, other)


def test_the_same_with_dropout() -> None:
    settings = replace(SETTINGS, epochs=1, dropout=0.1)
    runs = []
    for _ in range(2):
        classifier = tiny_classifier()
        classifier.encoder.hidden_dropout = 0.1
        train(classifier, tiny_rows(), settings, 3)
        runs.append(classifier.state_dict())
    assert same(runs[0], runs[1])
    classifier = tiny_classifier()
    train(classifier, tiny_rows(), replace(settings, dropout=0.0), 3)
    assert not same(runs[0], classifier.state_dict())


@pytest.mark.parametrize("at", [1, 5, 8, 9, 16, 23])
def test_ctrl_c_leaves_a_checkpoint_that_gives_the_same_bits(at: int, tmp_path: Path) -> None:
    whole, told = run_tiny(None)

    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_tiny(tmp_path, Shown(at, interrupt))
    shown = Shown(-1, None)
    weights, result = run_tiny(tmp_path, shown)
    assert same(weights, whole)
    assert result.history == told.history
    assert np.array_equal(result.best_logits_NK, told.best_logits_NK)
    assert shown.seen == 24 - (at - 1)  # the batch under way was done again, no other


def test_killed_at_any_moment_it_ends_in_the_same_bits(tmp_path: Path) -> None:
    whole, told = run_tiny(None)
    for when, at in (("batch", 11), ("writing", 5)):
        done = run(main_of("tests.training._training"), tmp_path, when, at, cwd=ROOT)
        assert done.returncode == -signal.SIGKILL, done.stderr
    assert (tmp_path / "training.safetensors").is_file()
    assert list(tmp_path.glob("*.new")), "it was to be killed while it wrote"
    shown = Shown(-1, None)
    weights, result = run_tiny(tmp_path, shown)
    assert 0 < shown.seen < 24
    assert same(weights, whole)
    assert result.history == told.history


def test_a_finished_training_is_taken_as_it_is(tmp_path: Path) -> None:
    whole, _ = run_tiny(tmp_path)
    shown = Shown(-1, None)
    again, result = run_tiny(tmp_path, shown)
    assert shown.seen == 0
    assert same(whole, again)
    assert len(result.history) == 3


def test_another_trainings_checkpoint_is_not_taken(tmp_path: Path) -> None:
    run_tiny(tmp_path)
    shown = Shown(-1, None)
    run_tiny(tmp_path, shown, settings=replace(SETTINGS, learning_rate=1e-3))
    assert shown.seen == 24


def test_it_saves_by_time_alone(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        run_tiny(tmp_path, Shown(12, lambda: 1 / 0), every=3600)
    assert not list(tmp_path.glob("*")), "an epoch's end is no reason by itself"
    shown = Shown(-1, None)
    run_tiny(tmp_path, shown, every=3600)
    assert shown.seen == 24


def scripted(values: list[float], even: float = 0.0) -> Judge:
    """A judge that gives these values, one an epoch, and the epoch's number as logits."""
    seen = iter(enumerate(values, start=1))

    def judge(_: object) -> Judgement:
        epoch, value = next(seen)
        return Judgement(value, 1.0, np.full((1, 1), epoch, dtype=np.float32), even)

    return judge


def judged(values: list[float], even: float, patience: int = 99) -> TrainResult:
    epochs = len(values)
    plan = replace(SETTINGS, epochs=epochs, planned_epochs=epochs, patience=patience)
    return train(tiny_classifier(), tiny_rows(8), plan, 0, judge=scripted(values, even))


def test_it_stops_when_dev_falls_behind() -> None:
    result = judged([0.5, 0.8, 0.6, 0.6, 0.9], even=0.1, patience=2)
    assert result.stopped_early
    assert (result.best_epoch, len(result.history)) == (2, 4)
    assert not result.learned


def test_the_last_epoch_that_is_as_good_as_the_best_is_taken() -> None:
    falling = judged([0.80, 0.78, 0.76, 0.74], even=0.03)
    assert falling.best_epoch == 2, "what is even is measured from the best, not from the last"
    assert falling.best_logits_NK.tolist() == [[2.0]]
    assert judged([0.7, 0.8, 0.7, 0.78], even=0.03).best_epoch == 4
    assert judged([0.8, 0.8, 0.7], even=0.0).best_epoch == 2


@pytest.mark.parametrize("watched", [True, False])
def test_it_stops_when_nothing_is_left_to_learn(watched: bool, tmp_path: Path) -> None:
    plan = replace(SETTINGS, epochs=40, planned_epochs=40, learning_rate=1e-2, learned=0.3)
    rows = tiny_rows()
    judge = accuracy_on(rows) if watched else None
    checkpoint = Checkpoint(tmp_path / "training.safetensors", training_key(rows, plan, 0, ""), 0.0)

    def run() -> TrainResult:
        return train(tiny_classifier(), rows, plan, 0, judge=judge, checkpoint=checkpoint)

    result = run()
    losses = [report.loss for report in result.history]
    assert 1 < len(losses) < 40
    assert losses[-1] < 0.3 <= min(losses[:-1])
    assert result.learned
    assert result.stopped_early
    again = run()
    assert again.learned, "and its checkpoint knows"
    assert again.history == result.history


def test_without_a_judge_it_runs_all_epochs() -> None:
    classifier = tiny_classifier()
    result = train(classifier, tiny_rows(), SETTINGS, 0)
    assert (result.best_epoch, len(result.history)) == (3, 3)
    assert result.best_logits_NK is None
    assert not classifier.training


def test_the_chosen_epochs_are_repeated_exactly() -> None:
    """3 of 5 planned epochs are the first 3 of 5, not a shorter schedule."""
    plan = replace(SETTINGS, planned_epochs=5, epochs=5, patience=99)
    rows, states = tiny_rows(), []

    def keep(classifier):
        states.append({n: w.clone() for n, w in classifier.state_dict().items()})
        return accuracy_on(rows)(classifier)

    train(tiny_classifier(), rows, plan, 0, judge=keep)
    short = tiny_classifier()
    train(short, rows, replace(plan, epochs=3), 0)
    assert same(states[2], short.state_dict())


def test_a_loss_that_is_no_number_is_said() -> None:
    classifier = tiny_classifier()
    with torch.no_grad():
        classifier.head.bias.fill_(float("nan"))
    with pytest.raises(ModelError, match="loss became nan"):
        train(classifier, tiny_rows(), SETTINGS, 0)


def test_progress_says_loss_and_speed() -> None:
    shown = Shown(-1, None)
    train(tiny_classifier(), tiny_rows(), replace(SETTINGS, epochs=1), 0, progress=shown)
    assert len(shown.notes) == 8
    assert "loss" in shown.notes[0]
    assert "examples/s" in shown.notes[0]


def test_deterministic_mode_is_put_back() -> None:
    assert not torch.are_deterministic_algorithms_enabled()
    train(tiny_classifier(), tiny_rows(), replace(SETTINGS, epochs=1), 0)
    assert not torch.are_deterministic_algorithms_enabled()
