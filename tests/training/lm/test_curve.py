"""What a curve says, in words."""

from __future__ import annotations

from collections.abc import Sequence

from etude.training.lm.curve import best_look, describe, overfits
from etude.training.lm.log import LogRow


def curve(dev: Sequence[float | None], train: Sequence[float | None]) -> list[LogRow]:
    return [
        LogRow(place * 10, float(place), loss, kept, 1e-3, 100.0, float(place))
        for place, (kept, loss) in enumerate(zip(dev, train, strict=True))
    ]


def test_overfitting_is_said_with_its_epochs() -> None:
    rows = curve([3.0, 2.0, 1.5, 1.2, 1.4, 1.9], [None, 2.5, 1.6, 1.1, 0.7, 0.3])
    assert overfits(rows)
    (said,) = describe(rows)
    assert said == (
        "From epoch 4 the loss on the examples kept aside rises (1.200 to 1.900) while the "
        "training loss falls: the best weights, of epoch 3, are kept."
    )


def test_a_dev_loss_that_rises_with_the_training_loss_is_not_overfitting() -> None:
    rows = curve([3.0, 1.2, 1.5], [None, 1.0, 1.6])
    assert not overfits(rows)
    assert "lowest after epoch 1" in describe(rows)[0]


def test_one_that_still_falls_asks_for_more_epochs() -> None:
    assert "more epochs may help" in describe(curve([3.0, 2.0, 1.5], [None, 2.0, 1.5]))[0]
    assert describe(curve([3.0, 1.5, 1.499], [None, 2.0, 1.5])) == ()


def test_training_that_made_it_worse_is_said() -> None:
    assert "as they were" in describe(curve([1.0, 1.5, 2.0], [None, 1.0, 0.5]))[0]


def test_rows_between_looks_count_for_the_training_loss() -> None:
    rows = curve([3.0, None, 2.0, None, 2.5], [None, 2.0, 1.0, 1.0, 0.4])
    best = best_look(rows)
    assert best is not None
    assert best.loss == 1.5
    assert overfits(rows)


def test_nothing_kept_aside_says_nothing() -> None:
    assert describe(curve([None, None], [None, 1.0])) == ()


def test_stopping_early_is_said() -> None:
    said = describe(curve([3.0, 1.0, 1.5], [None, 1.0, 0.5]), stopped_early=True)
    assert said[-1] == "Training stopped early, after epoch 2."
