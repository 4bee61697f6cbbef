"""The fast rung's curve and its out-of-fold answers, on a small project with a fake encoder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import f1_score

from etude.data.stored import Prepared
from etude.errors import ModelError
from etude.evaluation.stages import Entrant
from etude.records.audit import LearningCurve
from etude.workflow import _copied, _quick, curve
from etude.workflow._copied import copied_of
from etude.workflow._folds import NEVER, grouped_folds, limited
from etude.workflow._out_of_fold import predictions
from etude.workflow._quick import quick_of
from etude.workflow.session import Session
from tests._fakes import LABELS
from tests.workflow._measured import (
    as_written,
    fake_encoder,
    labelled_project,
    opened,
    ordering,
    replying,
)

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


def test_macro_f1_is_measured_where_the_task_asks_for_it(tmp_path: Path) -> None:
    folder = labelled_project(tmp_path, 160, wrong=dict.fromkeys(range(0, 120, 3), LABELS[1]))
    text = (folder / "etude.yaml").read_text("utf-8")
    plain = curve.measured(*opened(folder))
    (folder / "etude.yaml").write_text(
        text.replace("metric: accuracy", "metric: macro_f1"), "utf-8"
    )
    session, prepared = opened(folder)
    found = curve.measured(session, prepared)
    assert (plain.metric, found.metric) == ("accuracy", "macro_f1")
    quick = quick_of(session, prepared)
    answers = np.empty(len(quick.examples), dtype=np.int64)
    for fold in quick.folds:
        own = np.flatnonzero(quick.fold_N == fold)
        answers[own] = quick.answers(quick.beside(fold), own, _quick.PLAIN)
    by_hand = f1_score(quick.target_N, answers, average="macro")
    assert found.points[-1].value == pytest.approx(by_hand)
    assert found.points[-1].value != pytest.approx(plain.points[-1].value)
    assert "F1, every category counting the same" in found.sentence


def test_replies_that_repeat_are_measured_by_copying(tmp_path: Path) -> None:
    session, prepared = opened(replying(tmp_path, 160))
    found = curve.measured(session, prepared)
    assert (found.rung, found.metric, found.labels) == ("", "chrf", ())
    assert [point.examples for point in found.points][-1] == 128
    assert found.points[-1].value > found.points[0].value
    assert "copying from the most similar example" in found.sentence
    assert "may gain more or less" in found.sentence
    copied = copied_of(session, prepared)
    answers = np.empty(len(copied.examples), dtype=np.int64)
    for fold in copied.folds:
        own = np.flatnonzero(copied.fold_N == fold)
        answers[own] = copied.answers(copied.beside(fold), own, {})
        assert not np.isin(answers[own], own).any()
    texts = [copied.examples.targets[i] for i in answers]
    assert found.points[-1].value == pytest.approx(copied.judge.value(copied.examples, texts))


def test_records_that_repeat_are_measured_by_their_fields(tmp_path: Path) -> None:
    session, prepared = opened(ordering(tmp_path, 160))
    found = curve.measured(session, prepared)
    assert found.metric == "field_f1"
    last = found.points[-1]
    assert 0.4 < last.low < last.value < last.high < 1
    assert "fields right" in found.sentence


def test_where_copying_says_nothing_of_the_task_no_curve_is_made_of_it(tmp_path: Path) -> None:
    session, prepared = opened(replying(tmp_path, 80, chance=True))
    found = curve.measured(session, prepared)
    assert found.points == ()
    assert found.gain is None
    assert "the most similar example" in found.reason
    assert "etude compare" in found.sentence
    with pytest.raises(ModelError, match="none"):
        predictions(session, prepared)


def test_checks_that_any_answer_passes_say_nothing_of_the_task(tmp_path: Path) -> None:
    session, prepared = opened(as_written(labelled_project(tmp_path, 40)))
    found = curve.measured(session, prepared)
    assert found.points == ()
    assert "scores 100 %" in found.reason
    assert "any other example 100 %" in found.reason


def test_held_out_examples_are_neither_copied_nor_scored(tmp_path: Path) -> None:
    path = replying(tmp_path, 300) / "etude.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("target: label", "target: label, split: {holdout: 0.2}"), "utf-8")
    session, prepared = opened(tmp_path)
    held = (prepared.frame["side"] == "holdout").to_numpy()
    assert held.any()
    copied = copied_of(session, prepared)
    for fold in copied.folds:
        own = np.flatnonzero(copied.fold_N == fold)
        assert not held[own].any()
        assert not held[copied.answers(copied.beside(fold), own, {})].any()


def test_copying_needs_no_encoder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_copied, "builtin_embeddings", lambda _: None)
    found = curve.measured(*opened(replying(tmp_path, 100)))
    assert found.model == ""
    assert found.points


def test_another_margin_is_another_sentence(tmp_path: Path) -> None:
    folder = labelled_project(tmp_path, 160)
    text = (folder / "etude.yaml").read_text("utf-8")
    first = curve.measured(*opened(folder)).sentence
    (folder / "etude.yaml").write_text(
        text.replace("metric: accuracy", "metric: accuracy, margin: 0.4"), "utf-8"
    )
    assert "less than the 40 points" not in first
    assert "less than the 40 points" in curve.measured(*opened(folder)).sentence


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
