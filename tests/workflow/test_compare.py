"""The main job on small real projects: the ladder, the ledger, the cache, the pages."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import polars as pl
import pytest

import etude
from etude.errors import DataError, Interrupted, UnknownName, UsageError
from etude.evaluation import stages as evaluation_stages
from etude.evaluation import timed
from etude.project import CheckOptions, CompareOptions
from etude.records.comparison import Comparison
from tests.workflow.conftest import KINDS, Maker, Told, example_rows, write_csv


def test_cross_fitting_scores_every_example_once_for_every_rung(
    crossed: tuple[Path, Comparison, Told],
) -> None:
    _, comparison, _ = crossed
    assert comparison.dataset.scheme == "cross_fitting"
    assert comparison.look == 0
    assert [c.rung for c in comparison.candidates] == ["prompt", "retrieval", "probe"]
    for candidate in comparison.candidates:
        assert candidate.quality.n == 80
        assert sum(sum(row) for row in candidate.confusion) == 80
        assert len(candidate.spread) == comparison.folds_scored == 5
        assert candidate.latency.n == 4
        assert candidate.cost.per_1000 > 0
        assert candidate.quality.low < candidate.quality.value < candidate.quality.high
    assert comparison.candidate("probe@builtin:minilm").quality.value > 0.6
    assert len(comparison.pairs) == 3


def test_the_run_is_recorded_with_what_it_stood_on(
    crossed: tuple[Path, Comparison, Told],
) -> None:
    folder, comparison, _ = crossed
    runs = etude.open(folder)._session.store.runs()
    run = next(run for run in runs if run.id == comparison.run)
    assert (run.verb, run.status) == ("compare", "done")
    assert run.dataset == comparison.dataset.id
    assert run.seeds == comparison.seeds
    assert run.task_hash == comparison.task_hash
    assert run.machine == comparison.machine
    assert {"torch", "numpy", "scikit-learn"} <= set(run.versions)


def test_what_happens_is_said_before_it_happens(crossed: tuple[Path, Comparison, Told]) -> None:
    lines = crossed[2].lines
    assert lines[0] == "Nothing leaves this machine."
    assert any("minute" in line for line in lines)
    few = [line for line in lines if "are too few to be sure to show any difference" in line]
    assert "differ on one example in ten: not even" in few[0]
    assert "as they do on dev: not even" in few[1]


def test_defaults_are_recorded_as_assumptions(crossed: tuple[Path, Comparison, Told]) -> None:
    fields = {assumption.field for assumption in crossed[1].assumptions}
    assert "economics.minutes_to_fix" in fields
    assert "bar.margin" not in fields


def test_a_second_run_computes_nothing_and_says_the_same(
    crossed: tuple[Path, Comparison, Told], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, first, _ = crossed

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a cached stage was computed again")

    monkeypatch.setattr(timed, "time_candidate", refuse)
    project = etude.open(folder)
    again = project.compare()
    # Another test may have signed a candidate of this project off, which then stays.
    volatile = {"run", "created", "signed"}
    assert again.model_dump(exclude=volatile) == first.model_dump(exclude=volatile)
    latest = project._session.store.latest_run("compare")
    assert all(u.cached for u in project._session.store.run_units(latest.id))


def test_the_kept_candidate_predicts_texts_and_files(
    crossed: tuple[Path, Comparison, Told], tmp_path: Path
) -> None:
    folder, comparison, _ = crossed
    project = etude.open(folder)
    found = project.predict(["I was charged twice for one invoice", "", "password reset fails"])
    assert found.candidate == comparison.verdict.recommended
    assert found.answers[0].label == "billing"
    assert found.answers[2].label == "account"
    source, target = tmp_path / "new.csv", tmp_path / "out.jsonl"
    source.write_text('message,note\n"my VAT, please",a\n,b\n"line\nbreak: login",c\n')
    done = project.predict_file(source, target, "probe")
    rows = [json.loads(line) for line in target.read_text().splitlines()]
    assert [row["note"] for row in rows] == ["a", "b", "c"]
    assert rows[0]["prediction"] == "billing"
    assert rows[1]["prediction"] is None
    assert 0 < rows[2]["confidence"] <= 1
    assert (done.rows, done.unanswered, done.candidate) == (3, 1, "probe@builtin:minilm")


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".xlsx", ".parquet"])
def test_predictions_are_written_in_every_shape(
    crossed: tuple[Path, Comparison, Told], tmp_path: Path, suffix: str
) -> None:
    source = tmp_path / "in.csv"
    source.write_text("message,prediction\ninvoice is wrong,mine\n")
    target = tmp_path / f"out{suffix}"
    etude.open(crossed[0]).predict_file(source, target)
    read = {
        ".csv": pl.read_csv,
        ".tsv": lambda p: pl.read_csv(p, separator="\t"),
        ".xlsx": pl.read_excel,
        ".parquet": pl.read_parquet,
    }[suffix](target)
    added = ["prediction_2", "confidence", "escalate", "escalate_why"]
    assert read.columns == ["message", "prediction", *added]
    assert read["prediction"].to_list() == ["mine"]
    assert read["prediction_2"].to_list() == ["billing"]


def test_a_table_without_the_input_column_is_refused_and_nothing_is_written(
    crossed: tuple[Path, Comparison, Told], tmp_path: Path
) -> None:
    source = tmp_path / "in.csv"
    source.write_text("mesage,other\nhello,1\n")
    with pytest.raises(DataError, match="message"):
        etude.open(crossed[0]).predict_file(source, tmp_path / "out.csv")
    assert list(tmp_path.iterdir()) == [source]


def test_an_unknown_candidate_names_the_nearest(crossed: tuple[Path, Comparison, Told]) -> None:
    with pytest.raises(UnknownName) as caught:
        etude.open(crossed[0]).predict(["x"], "prob")
    assert "probe" in (caught.value.hint or "")


def test_predicting_before_comparing_says_what_to_type(make_project: Maker) -> None:
    with pytest.raises(DataError) as caught:
        etude.open(make_project()).predict(["x"])
    assert caught.value.hint == "etude compare"


def test_the_report_has_no_rows_and_the_rows_page_has_out_of_fold_ones(
    crossed: tuple[Path, Comparison, Told],
) -> None:
    folder, _, _ = crossed
    pages = etude.open(folder).report()
    with (folder / "data" / "messages.csv").open(encoding="utf-8", newline="") as lines:
        texts = [row["message"] for row in csv.DictReader(lines)]
    report, rows = pages.report.read_text(), pages.rows.read_text()
    plain = [text for text in texts if text.isalnum() or ("&" not in text and "'" not in text)]
    shown = [text for text in plain if "\n" not in text and len(text) > 30]
    assert shown
    assert not any(text[:30] in report for text in shown)
    assert sum(text[:20] in rows for text in shown) > len(shown) // 2
    parts = {one.words: one.n for one in pages.comparison.slices.slices}
    assert parts
    assert "part=" in report
    for words, n in parts.items():
        assert f">{n:,}</a>" in report, words
    # "as in the file" is what it says, though they were scored fold by fold.
    start = rows.index(">", rows.index('id="data"')) + 1
    data = json.loads(rows[start : rows.index("</script>", start)])
    stood = [data["texts"][place] for place in data["inputs"]]
    where = [texts.index(text) for text in stood if texts.count(text) == 1]
    assert len(where) > 60
    assert where == sorted(where)


def test_quick_scores_one_fold_and_says_so(make_project: Maker) -> None:
    comparison = etude.open(make_project(ladder="retrieval, probe")).compare(
        CompareOptions(quick=True)
    )
    assert comparison.folds_scored == 1
    assert comparison.candidates[0].quality.n < 30
    assert any("quick" in reason.lower() for reason in comparison.verdict.reasons)
    assert any("Quick" in note for note in comparison.notes)


def test_rows_that_cannot_be_used_are_said(make_project: Maker) -> None:
    folder = make_project(ladder="prompt")
    rows = example_rows(20)
    rows[0]["category"] = rows[1]["category"] = ""
    write_csv(folder / "data" / "messages.csv", rows)
    told = Told()
    comparison = etude.open(folder, told).compare(CompareOptions(quick=True))
    assert comparison.dataset.rejected == 2
    assert any(line.startswith("2 rows of the data are left out") for line in told.lines)


def test_macro_f1_may_decide(make_project: Maker) -> None:
    comparison = etude.open(
        make_project(per_label=12, ladder="retrieval, probe", metric="macro_f1")
    ).compare(CompareOptions(quick=True))
    assert comparison.candidates[0].quality.metric == "macro_f1"
    assert set(comparison.candidates[0].secondary) == {"accuracy"}


@pytest.fixture(scope="session")
def held_out(make_project: Maker) -> tuple[Path, Comparison]:
    folder = make_project(per_label=14, ladder="retrieval, probe", holdout=6)
    return folder, etude.open(folder).compare()


def test_a_supplied_holdout_is_scored_once_and_looked_at_once(
    held_out: tuple[Path, Comparison],
) -> None:
    folder, comparison = held_out
    assert comparison.dataset.scheme == "holdout"
    assert comparison.look == 1
    assert not comparison.verdict.exploratory
    assert comparison.candidates[0].quality.n == 24
    again = etude.open(folder).compare()
    assert (again.look, again.verdict.exploratory) == (1, False)
    (look,) = etude.open(folder)._session.store.looks(str(comparison.dataset.holdout_id))
    assert look.terms is not None
    assert look.terms.margin == comparison.task.bar.margin
    assert look.terms.baseline == comparison.verdict.baseline


def test_a_changed_candidate_makes_the_second_look_exploratory(make_project: Maker) -> None:
    folder = make_project(per_label=14, ladder="retrieval, probe", holdout=5)
    etude.open(folder).compare()
    text = (folder / "etude.yaml").read_text()
    (folder / "etude.yaml").write_text(text.replace("plant care", "care of plants"))
    told = Told()
    changed = etude.open(folder, told).compare()
    assert changed.look == 2
    assert changed.verdict.exploratory
    assert any("look number 2" in line for line in told.lines)


def test_held_out_rows_are_shown_only_when_asked_and_then_written_down(
    held_out: tuple[Path, Comparison],
) -> None:
    folder, comparison = held_out
    project = etude.open(folder)
    held = next(
        row["message"]
        for row in example_rows(6, skip=14)
        if row["message"].replace(" ", "").replace(",", "").replace(".", "").isalnum()
    )
    assert held[:25] not in project.report().rows.read_text()
    assert held[:25] in project.report(show_holdout=True).rows.read_text()
    looks = project._session.store.looks(comparison.dataset.holdout_id)
    assert looks[-1].reason == "rows shown to a person"


def test_new_rows_never_move_a_held_out_example(make_project: Maker) -> None:
    folder = make_project(per_label=40)
    text = (folder / "etude.yaml").read_text()
    text = text.replace("id: message_id", "id: message_id, split: {dev: 0.2, holdout: 0.25}")
    (folder / "etude.yaml").write_text(text)
    first = etude.open(folder).check(CheckOptions(quick=True))
    before = pl.read_parquet(first.folder / "examples.parquet")
    write_csv(folder / "data" / "messages.csv", example_rows(55))
    second = etude.open(folder).check(CheckOptions(quick=True))
    after = pl.read_parquet(second.folder / "examples.parquet")
    sides = before.join(after, on="id", suffix="_after")
    assert len(sides) == 160
    held = sides.filter(pl.col("side") == "holdout")
    assert held["side_after"].unique().to_list() == ["holdout"]
    assert second.version.id != first.version.id


def test_an_endpoint_is_asked_about_and_refused_without_a_yes(make_project: Maker) -> None:
    folder = make_project(ladder="prompt, probe")
    text = (
        (folder / "etude.yaml")
        .read_text()
        .replace(
            "models: [builtin:minilm]",
            "models:\n  - builtin:minilm\n  - openai: {base_url: 'http://127.0.0.1:9/v1', model: m}",
        )
    )
    (folder / "etude.yaml").write_text(text)
    with pytest.raises(UsageError, match=r"127\.0\.0\.1") as caught:
        etude.open(folder).compare()
    assert "--yes" in caught.value.hint


def test_ctrl_c_is_an_interruption_that_the_same_command_continues(
    make_project: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_project(per_label=12, ladder="retrieval, probe")
    project = etude.open(folder)
    real = evaluation_stages.Stages.fit
    calls = []

    def stop_at_third(self, *args, **kwargs):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(self, *args, **kwargs)

    monkeypatch.setattr(evaluation_stages.Stages, "fit", stop_at_third)
    with pytest.raises(Interrupted) as caught:
        project.compare()
    assert caught.value.exit_code == 130
    assert project._session.store.latest_run("compare").status == "interrupted"
    monkeypatch.setattr(evaluation_stages.Stages, "fit", real)
    assert etude.open(folder).compare().verdict.recommended


def test_labels_are_those_of_the_task(crossed: tuple[Path, Comparison, Told]) -> None:
    assert tuple(crossed[1].dataset.labels) == KINDS
