"""What leaving a finding's rows out does, on a small project with a fake encoder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from etude.data.stored import Prepared
from etude.records.audit import Ablation
from etude.workflow import _quick, ablation
from etude.workflow._quick import quick_of
from etude.workflow.session import Session
from tests._fakes import LABELS
from tests.workflow._measured import as_written, fake_encoder, labelled_project, opened, replying

Encoder = pytest.fixture(autouse=True)(fake_encoder)


def mislabelled(folder: Path, count: int = 200, share: float = 0.6) -> tuple[Session, Prepared]:
    """Rows of the first label that say they are the second's."""
    first = [at for at in range(count) if at % len(LABELS) == 0]
    chosen = first[: int(share * len(first))]
    return opened(labelled_project(folder, count, wrong=dict.fromkeys(chosen, LABELS[1])))


def wrong_ids(prepared: Prepared, count: int = 200, share: float = 0.6) -> list[str]:
    lines = {at + 2 for at in range(count) if at % len(LABELS) == 0}
    chosen = sorted(lines)[: int(share * len(lines))]
    frame = prepared.frame
    return frame.filter(frame["line"].is_in(chosen))["id"].to_list()


def test_wrong_labels_cost_points_and_leaving_them_out_gives_them_back(tmp_path: Path) -> None:
    session, prepared = mislabelled(tmp_path)
    ids = wrong_ids(prepared)
    (found,) = ablation.measured(session, prepared, {"label_errors": ids})
    assert (found.code, found.rows, found.scored) == ("label_errors", len(ids), 200 - len(ids))
    assert found.difference is not None
    assert found.difference > 0.02
    assert found.low is not None
    assert found.high is not None
    assert found.low <= found.difference <= found.high


def test_good_rows_are_not_said_to_cost_anything(tmp_path: Path) -> None:
    session, prepared = opened(labelled_project(tmp_path, 160))
    ids = prepared.frame["id"].to_list()[:8]
    (found,) = ablation.measured(session, prepared, {"long_lines": ids})
    assert found.effect in {"cant_tell", "worse"}
    assert found.low is not None
    assert found.low <= 0
    assert "can't tell" in found.sentence or found.effect == "worse"


def test_the_rows_are_neither_learned_from_nor_scored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, prepared = opened(labelled_project(tmp_path, 80, holdout=20))
    rows = list(range(0, 40, 5))
    flagged = prepared.frame["id"].gather(rows).to_list()
    learned: list[set[int]] = []
    plain = _quick.Quick.answers

    def watched(quick, learn, score, settings):  # type: ignore[no-untyped-def]
        learned.append(set(learn.tolist()))
        return plain(quick, learn, score, settings)

    monkeypatch.setattr(_quick.Quick, "answers", watched)
    (found,) = ablation.measured(session, prepared, {"odd": flagged})
    quick = quick_of(session, prepared)
    kept = [row for row in rows if quick.learned_N[row]]
    assert found.rows == len(kept)
    assert found.scored == 80 - len(kept)
    with_them, without = learned[:5], learned[5:]
    assert all(not used & set(rows) for used in without)
    assert all(used - set(rows) == less for used, less in zip(with_them, without, strict=True))


def test_several_findings_share_one_error_rate_and_one_fit_with_all(tmp_path: Path) -> None:
    session, prepared = opened(labelled_project(tmp_path, 80))
    ids = prepared.frame["id"].to_list()
    alone = ablation.measured(session, prepared, {"a": ids[:6]})[0]
    both = ablation.measured(session, prepared, {"a": ids[:6], "b": ids[6:12]})
    assert [one.code for one in both] == ["a", "b"]
    assert both[0].difference == alone.difference
    assert _width(both[0]) > _width(alone)


def _width(one: Ablation) -> float:
    assert one.high is not None
    assert one.low is not None
    return one.high - one.low


def test_fits_are_found_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session, prepared = opened(labelled_project(tmp_path, 80))
    rows = {"a": prepared.frame["id"].to_list()[:6]}
    first = ablation.measured(session, prepared, rows)

    def refuse(*_: object) -> np.ndarray:
        raise AssertionError("fitted again")

    monkeypatch.setattr(_quick.Quick, "answers", refuse)
    assert ablation.measured(session, prepared, rows) == first


def test_what_can_not_be_tried_is_unmeasured_and_says_why(tmp_path: Path) -> None:
    session, prepared = opened(labelled_project(tmp_path, 80, holdout=20))
    held = prepared.frame.filter(prepared.frame["side"] == "holdout")["id"].to_list()
    everything = prepared.frame["id"].to_list()
    found = ablation.measured(
        session, prepared, {"held": held, "all": everything, "gone": ["no such row"]}
    )
    assert [one.effect for one in found] == ["unmeasured"] * 3
    assert [one.difference for one in found] == [None] * 3
    assert "none of its rows is learned from" in found[0].sentence
    assert "next to nothing would be left" in found[1].sentence
    assert "none of its rows" in found[2].sentence


def test_the_task_s_own_metric_is_compared(tmp_path: Path) -> None:
    session, prepared = mislabelled(tmp_path)
    ids = wrong_ids(prepared)
    (plain,) = ablation.measured(session, prepared, {"label_errors": ids})
    text = (tmp_path / "etude.yaml").read_text("utf-8")
    (tmp_path / "etude.yaml").write_text(text.replace("accuracy", "macro_f1"), "utf-8")
    (found,) = ablation.measured(*opened(tmp_path), {"label_errors": ids})
    assert (plain.metric, found.metric) == ("accuracy", "macro_f1")
    assert found.difference is not None
    assert found.difference > 0.02
    assert found.difference != plain.difference
    assert "F1, every category" in found.sentence


def test_wrong_replies_cost_points_by_copying(tmp_path: Path) -> None:
    wrong = list(range(0, 160, 9))
    session, prepared = opened(replying(tmp_path, 160, wrong=wrong))
    lines = [at + 2 for at in wrong]
    ids = prepared.frame.filter(prepared.frame["line"].is_in(lines))["id"].to_list()
    (found,) = ablation.measured(session, prepared, {"format_drift": ids})
    assert found.rows == len(wrong)
    assert found.scored == 160 - len(wrong)
    assert found.metric == "chrf"
    assert found.difference is not None
    assert found.difference > 0.02
    assert "copying from the most similar example" in found.sentence
    assert "wording shared with the ideal answer" in found.sentence


def test_what_copying_says_nothing_of_is_unmeasured(tmp_path: Path) -> None:
    session, prepared = opened(as_written(labelled_project(tmp_path, 40)))
    (found,) = ablation.measured(session, prepared, {"a": prepared.frame["id"].to_list()[:5]})
    assert found.effect == "unmeasured"
    assert "the most similar example" in found.reason
    assert ablation.measured(session, prepared, {}) == []
