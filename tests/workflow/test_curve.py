"""The fast rung's curve and its out-of-fold answers, on a small project with a fake encoder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from etude.data.stored import Prepared
from etude.errors import ModelError
from etude.evaluation.stages import Entrant
from etude.records.audit import LearningCurve
from etude.workflow import _quick, curve
from etude.workflow._quick import NEVER, grouped_folds, limited, predictions, quick_of
from etude.workflow.session import Session
from tests.workflow._measured import as_written, fake_encoder, labelled_project, opened

CHOOSE = _quick.Quick.choose
Encoder = pytest.fixture(autouse=True)(fake_encoder)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> tuple[Session, Prepared]:
    return opened(labelled_project(tmp_path_factory.mktemp("curve"), 160))


def test_the_curve_rises_and_says_what_the_next_examples_would_buy(
    project: tuple[Session, Prepared],
) -> None:
    session, prepared = project
    found = curve.measured(session, prepared)
    sizes = [point.examples for point in found.points]
    assert sizes == sorted(sizes)
    assert sizes[-1] == 128
    assert found.points[-1].value > found.points[0].value
    assert all(point.low <= point.value <= point.high for point in found.points)
    assert (found.examples, found.scored, found.orders, found.more) == (160, 160, 2, 100)
    assert found.low is not None
    assert found.gain is not None
    assert found.high is not None
    assert 0 <= found.low <= found.gain <= found.high < 0.5
    assert found.sentence.startswith("The next 100 examples like these would likely lift")
    assert {one.label for one in found.labels} == set(prepared.labels)
    assert sum(one.examples for one in found.labels) == 160


def test_it_is_measured_once_a_version(
    project: tuple[Session, Prepared], monkeypatch: pytest.MonkeyPatch
) -> None:
    session, prepared = project
    first = curve.measured(session, prepared)

    def refuse(*_: object) -> None:
        raise AssertionError("measured again")

    monkeypatch.setattr(curve._Measuring, "curve", refuse)
    assert curve.measured(session, prepared) == first
    assert LearningCurve.model_validate_json(first.model_dump_json()) == first


def test_a_few_dozen_examples_are_not_carried_to_a_hundred_more(tmp_path: Path) -> None:
    session, prepared = opened(labelled_project(tmp_path, 60))
    found = curve.measured(session, prepared)
    assert found.more == 50


def test_parts_are_nested_groups_beside_the_fold(project: tuple[Session, Prepared]) -> None:
    session, prepared = project
    quick = quick_of(session, prepared)
    measuring = curve._Measuring(session, quick)
    for fold in quick.folds:
        small, large = measuring._part(fold, 0.25, 1), measuring._part(fold, 0.5, 1)
        assert set(small) < set(large)
        assert not (quick.fold_N[large] == fold).any()
        assert len(measuring._part(fold, 1.0, 3)) == len(quick.beside(fold))


def test_held_out_examples_take_no_part(tmp_path: Path) -> None:
    session, prepared = opened(labelled_project(tmp_path, 120, holdout=40))
    quick = quick_of(session, prepared)
    held = (prepared.frame["side"] == "holdout").to_numpy()
    assert held.sum() == 40
    assert not quick.learned_N[held].any()
    assert (quick.fold_N[held] == NEVER).all()
    assert all(not held[quick.beside(fold)].any() for fold in quick.folds)
    assert curve.measured(session, prepared).scored == 120


def test_answers_are_of_fits_that_have_not_seen_the_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, prepared = opened(labelled_project(tmp_path, 120, holdout=40))
    seen: list[tuple[np.ndarray, np.ndarray]] = []
    plain = _quick.Quick.second_opinions

    def watched(quick, learn, score, settings):  # type: ignore[no-untyped-def]
        seen.append((learn, score))
        return plain(quick, learn, score, settings)

    monkeypatch.setattr(_quick.Quick, "second_opinions", watched)
    found = predictions(session, prepared)
    groups = prepared.frame["group"].to_numpy()
    held = (prepared.frame["side"] == "holdout").to_numpy()
    for learn, score in seen:
        assert not np.isin(groups[score], groups[learn]).any()
        assert not held[learn].any()
    assert sorted(np.concatenate([score for _, score in seen])) == list(range(160))
    assert found.labels == prepared.labels
    assert np.allclose(found.probabilities_NL.sum(axis=1), 1)
    guess = np.array(found.labels)[found.probabilities_NL.argmax(axis=1)]
    assert (guess == prepared.frame["target"].to_numpy()).mean() > 0.7
    again = predictions(session, prepared)
    assert (again.probabilities_NL == found.probabilities_NL).all()


def test_a_label_of_one_group_is_never_scored(tmp_path: Path) -> None:
    folder = labelled_project(tmp_path, 80, alone="only one like this")
    session, prepared = opened(folder)
    found = predictions(session, prepared)
    alone = (prepared.frame["target"] == "alone").to_numpy()
    assert np.isnan(found.probabilities_NL[alone]).all()
    assert np.isfinite(found.probabilities_NL[~alone]).all()


def test_kinds_that_write_have_no_fast_rung(tmp_path: Path) -> None:
    session, prepared = opened(as_written(labelled_project(tmp_path, 40)))
    found = curve.measured(session, prepared)
    assert found.points == ()
    assert found.gain is None
    assert "fine-tuning itself" in found.reason
    with pytest.raises(ModelError, match="fine-tuning itself"):
        predictions(session, prepared)


def test_without_an_encoder_it_is_said(
    project: tuple[Session, Prepared], monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(_: Session) -> Entrant | None:
        return None

    monkeypatch.setattr(_quick, "quick_entrant", none)
    assert "no encoder" in curve.measured(*project).sentence


def test_folds_keep_groups_whole_and_labels_spread() -> None:
    groups = np.repeat(np.arange(50), 2)
    targets = np.repeat(np.arange(2), 50)
    fold = grouped_folds(targets, groups)
    assert all(len(np.unique(fold[groups == group])) == 1 for group in range(50))
    for label in range(2):
        assert np.bincount(fold[targets == label], minlength=5).tolist() == [10] * 5


def test_a_limit_draws_the_same_groups_each_time() -> None:
    rows, groups = np.arange(1000), np.arange(1000) // 4
    some = limited(rows, groups, 100)
    assert len(some) == 100
    assert len(np.unique(groups[some])) == 25
    assert (some == limited(rows, groups, 100)).all()
    assert (limited(rows[:50], groups, 100) == rows[:50]).all()


def test_settings_are_chosen_on_what_is_learned_from(
    project: tuple[Session, Prepared], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_quick.Quick, "choose", CHOOSE)
    quick = quick_of(*project)
    chosen = quick.choose(quick.beside(0))
    assert {"penalty", "weighting", "meanings", "temperature"} <= set(chosen)
    alone = np.flatnonzero(quick.fold_N == 0)[:1]
    assert quick.choose(alone) == _quick.PLAIN
