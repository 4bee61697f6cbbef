"""The table of what was tried: what won, on how many examples, and what each change bought."""

from __future__ import annotations

from etude.records.candidate import Trial
from etude.report._trials import against, trial_views
from etude.report.page import page
from tests.report import fixtures


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


def test_the_page_has_the_column_for_ways_that_try_a_grid() -> None:
    made = fixtures.dont_fine_tune()
    first = made.candidates[0]
    tried = tuple(trial(count, 0.5 + count / 1000, 100, None) for count in range(300))
    with_trials = first.model_copy(update={"trials": tried})
    html = page(made.model_copy(update={"candidates": (with_trials, *made.candidates[1:])}))
    assert "Bought, against the first tried" in html
    assert "(similar examples shown 0: 50.0\u00a0%)" in html
    assert "288 more did worse" in html


def test_nothing_tried_is_no_line() -> None:
    assert trial_views(()) == ()


def test_without_a_best_before_it_each_is_held_against_the_first_that_was_tried() -> None:
    tried = (
        trial(0, 0.5, 100, None, 0),
        trial(1, 0.6, 100, None, 0),
        trial(0, 0.7, 90, None, 1),
        trial(1, 0.9, 90, None, 1),
        trial(2, 0.9, 30, None, 1),
    )
    views = {view.settings[-1]: view for view in trial_views(tried)}
    assert views["1"].bought.startswith("+15")
    assert (views["0"].bought, views["2"].bought) == ("", "")  # itself; tried on fewer
    found = against(tried)
    assert found is not None
    assert found.head == "Bought, against the first tried"
    assert found.sentence == (
        "Bought: what it gained over the first setting that was tried in each part (similar examples "
        "shown 0: 60.0\u00a0%), on the same examples, by which the best was chosen."
    )


def test_half_a_training_is_nothing_to_be_held_against() -> None:
    def epoch(rate: float, number: int, value: float) -> Trial:
        return Trial(settings={"learning_rate": rate, "epochs": number}, value=value, n=90)

    one = (epoch(0.1, 1, 0.2), epoch(0.1, 2, 0.7), epoch(0.1, 3, 0.6))
    assert against(one) is None
    assert {view.bought for view in trial_views(one)} == {""}
    two = (*one, epoch(0.2, 1, 0.5), epoch(0.2, 2, 0.8))
    assert "epochs 2: 70.0" in getattr(against(two), "sentence", "")
    assert [view.bought[:3] for view in trial_views(two)] == ["+10", "", "", "−20", ""]


def test_what_is_held_against_the_best_before_it_says_so() -> None:
    found = against((trial(0, 0.5, 100, None), trial(1, 0.6, 100, 0.1)))
    assert found is not None
    assert found.head == "Bought, against the best before it"
    assert against((trial(0, 0.5, 100, None),)) is None
    assert against(()) is None
