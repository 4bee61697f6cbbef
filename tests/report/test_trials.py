"""The table of what was tried: what won, on how many examples, and what each change bought."""

from __future__ import annotations

from etude.records.candidate import Trial
from etude.report._trials import trial_views


def trial(count: int, value: float, n: int, bought: float | None, fold: int | None = None) -> Trial:
    return Trial(settings={"near": count}, value=value, n=n, bought=bought, fold=fold)


def test_a_setting_that_shone_on_few_examples_is_not_called_the_best() -> None:
    views = trial_views(
        (
            trial(0, 0.5, 100, None),
            trial(1, 0.9, 25, 0.4),
            trial(2, 0.8, 25, 0.3),
            trial(2, 0.6, 100, 0.1),
        )
    )
    assert [view.settings[-1] for view in views] == ["2", "0", "1"]
    assert [view.best for view in views] == [True, False, False]
    assert [view.count for view in views] == ["100", "100", "25"]
    assert views[0].bought.startswith("+10")
    assert views[1].bought == ""


def test_parts_are_averaged_and_their_sizes_told() -> None:
    (view,) = trial_views((trial(1, 0.5, 90, 0.0, 0), trial(1, 0.7, 100, 0.2, 1)))
    assert view.count == "90 to 100"
    assert view.value.startswith("60")
    assert view.spread
    assert view.bought.startswith("+10")


def test_nothing_tried_is_no_line() -> None:
    assert trial_views(()) == ()
