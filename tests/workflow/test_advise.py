"""What advice is read off: the examples, and of a comparison nothing that is kept aside."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import polars as pl
import pytest

import etude
from etude.data.stored import Prepared
from etude.errors import DataError
from etude.project import AdviseOptions
from etude.records.advice import Answered, Tried
from etude.records.candidate import Trial
from etude.records.comparison import Comparison
from etude.records.task import ModelRef, OpenAIModel, Task
from etude.workflow import _tried, keeping
from etude.workflow._examples import of_examples
from etude.workflow.check import prepare
from etude.workflow.new import INSTRUCTIONS
from etude.workflow.session import Session, open_session, recorded
from tests.report import fixtures

from ._audits import BAD, project, rows, write
from ._audits import audits as audits


def newest(
    monkeypatch: pytest.MonkeyPatch,
    comparison: Comparison,
    table: pl.DataFrame,
    task: Task | None = None,
) -> Tried | None:
    """What is read off a comparison that left this table; ``task``: as it is now."""
    monkeypatch.setattr(keeping, "latest", lambda session: comparison)
    monkeypatch.setattr(keeping, "rows_of", lambda session, found: table)
    frame = pl.DataFrame({"id": table["id"], "group": range(len(table))})
    version = SimpleNamespace(id=comparison.dataset.id)
    session = SimpleNamespace(taskfile=SimpleNamespace(task=task or comparison.task))
    prepared = cast("Prepared", SimpleNamespace(frame=frame, version=version))
    return _tried.newest(cast("Session", session), prepared)


@pytest.mark.parametrize("made", [fixtures.cant_tell, fixtures.fine_tune])
def test_what_stands_in_for_a_bar_that_takes_readers_is_named(
    monkeypatch: pytest.MonkeyPatch, made: Any
) -> None:
    found = made()
    bar = found.task.bar.model_copy(update={"metric": "person"})
    task = found.task.model_copy(update={"bar": bar})
    tried = newest(monkeypatch, found.model_copy(update={"task": task}), fixtures.rows(found))
    assert tried is not None
    measured = "accuracy" if tried.on == "out-of-fold" else task.counted
    assert {way.metric for way in tried.ways} == {measured}
    assert not any(way.by_bar for way in tried.ways)
    plain = newest(monkeypatch, found, fixtures.rows(found))
    assert plain is not None
    assert all(way.by_bar for way in plain.ways)


def test_what_was_measured_by_another_task_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    comparison = fixtures.fine_tune()
    table = fixtures.rows(comparison).with_columns(side=pl.lit("dev"))
    task = comparison.task.model_copy(
        update={"data": comparison.task.data.model_copy(update={"knowledge": "docs/"})}
    )
    measured = comparison.model_copy(update={"task": task})
    same = newest(monkeypatch, measured, table)
    assert same is not None
    assert same.looked_up
    assert same.changed == ()
    sharper = task.model_copy(
        update={
            "instructions": "Say it otherwise.",
            "data": task.data.model_copy(update={"knowledge": "others/"}),
        }
    )
    after = newest(monkeypatch, measured, table, sharper)
    assert after is not None
    assert not after.looked_up
    assert after.changed == ("the instructions", "the knowledge")
    other = task.model_copy(update={"models": (ModelRef(name="another"),)})
    after = newest(monkeypatch, measured, table, other)
    assert after is not None
    assert after.changed == ("the models",)


def test_settings_of_what_reads_no_prompt_are_no_wordings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = fixtures.fine_tune()
    trials = tuple(Trial(settings={"form": n}, value=0.5, n=9) for n in range(4))
    for tokens, wordings in ((None, 0), (0.0, 0), (80.0, 4)):
        changed = tuple(
            c.model_copy(update={"tokens_in": tokens, "trials": trials}) for c in found.candidates
        )
        made = found.model_copy(update={"candidates": changed})
        table = fixtures.rows(made).with_columns(side=pl.lit("dev"))
        tried = newest(monkeypatch, made, table)
        assert tried is not None
        assert {way.wordings for way in tried.ways} == {wordings}


def test_instructions_that_nobody_wrote_are_known(tmp_path: Path, audits: list[str]) -> None:
    folder = project(tmp_path)
    path = folder / "etude.yaml"
    path.write_text(f"{path.read_text()}instructions: {INSTRUCTIONS['classify']}\n")
    advice = etude.open(folder).advise().advice
    (flag,) = [one for one in advice.flags if one.key == "prompt_untried"]
    assert flag.reply == "yes"


def test_a_price_is_no_other_model() -> None:
    def at(**changes: Any) -> Task:
        endpoint = OpenAIModel(base_url="http://localhost/v1", model="m", **changes)
        models = (ModelRef(name="m", openai=endpoint),)
        return fixtures.fine_tune().task.model_copy(update={"models": models})

    assert _tried.changed(at(), at(price_in=2.0, spend_limit=5.0)) == ()
    assert _tried.changed(at(), at(window=4000)) == ("the models",)


def test_held_out_rows_take_no_part(monkeypatch: pytest.MonkeyPatch) -> None:
    comparison = fixtures.fine_tune()
    table = fixtures.rows(comparison).with_columns(
        side=pl.when(pl.col("side") == "dev").then(pl.lit("dev")).otherwise(pl.lit("holdout"))
    )
    honest = newest(monkeypatch, comparison, table)
    outputs = [name for name in table.columns if name.endswith("|output")]
    spoiled = table.with_columns(
        *(
            pl.when(pl.col("side") == "holdout")
            .then(pl.lit("?"))
            .otherwise(pl.col(name))
            .alias(name)
            for name in outputs
        )
    )
    worse = [
        c.model_copy(update={"quality": c.quality.model_copy(update={"value": 0.0})})
        if c.quality is not None
        else c
        for c in comparison.candidates
    ]
    changed = comparison.model_copy(update={"candidates": tuple(worse)})
    assert honest is not None
    assert honest.on == "dev"
    assert newest(monkeypatch, changed, spoiled) == honest


def test_ways_gaps_and_failures_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    comparison = fixtures.fine_tune()
    names = [c.name for c in comparison.candidates if c.quality is not None]
    table = fixtures.rows(comparison).with_columns(side=pl.lit("dev"))
    prompt = next(name for name in names if name.startswith("prompt@"))
    tuned = next(c.name for c in comparison.candidates if c.trained and c.quality is not None)
    right = table["target"].to_list()
    wrong = ["nothing like it" if at < 50 else label for at, label in enumerate(right)]
    table = table.with_columns(
        pl.Series(f"{tuned}|output", right), pl.Series(f"{prompt}|output", wrong)
    )
    found = newest(monkeypatch, comparison, table)
    assert found is not None
    ways = {way.name: way for way in found.ways}
    assert ways[tuned].right.value == 1
    assert ways[prompt].right.value == pytest.approx(150 / 200)
    assert ways[prompt].right.low < 0.75 < ways[prompt].right.high
    (gap,) = [gap for gap in found.gaps if (gap.way, gap.against) == (tuned, prompt)]
    assert gap.value == pytest.approx(0.25)
    assert 0 < gap.low < 0.25 < gap.high
    assert found.told is not None
    assert not ways[found.told].trained
    once = [*wrong[:-1], "only once"]
    told = table.with_columns(pl.Series(f"{found.told}|output", once))
    found = newest(monkeypatch, comparison, told)
    assert found is not None
    assert len(found.failures) == 3
    assert sum(one.count for one in found.failures) <= 50
    assert all(one.what.endswith("taken for nothing like it") for one in found.failures)
    assert [one.count for one in found.failures] == sorted(
        (one.count for one in found.failures), reverse=True
    )


def test_what_went_wrong_once_is_no_common_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    comparison = fixtures.fine_tune()
    table = fixtures.rows(comparison).with_columns(side=pl.lit("dev"))
    right = table["target"].to_list()
    outputs = [name for name in table.columns if name.endswith("|output")]
    once = table.with_columns(pl.Series(name, ["other", *right[1:]]) for name in outputs)
    found = newest(monkeypatch, comparison, once)
    assert found is not None
    assert found.failures == ()


def test_personal_data_in_a_row_are_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    comparison = fixtures.fine_tune()
    table = fixtures.rows(comparison).with_columns(
        side=pl.lit("dev"), input=pl.lit("write to ann.lee@example.org please")
    )
    found = newest(monkeypatch, comparison, table)
    assert found is not None
    assert found.failures
    assert all(one.input == "write to [e-mail] please" for one in found.failures)


def test_nothing_compared_and_another_metric_say_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def none(session: Session) -> Comparison:
        raise DataError("nothing has been compared yet")

    monkeypatch.setattr(keeping, "latest", none)
    session = open_session(project(tmp_path))
    assert _tried.newest(session, cast("Prepared", None)) is None
    monkeypatch.setattr(keeping, "latest", lambda session: fixtures.fine_tune())
    other = session.taskfile.task.bar.model_copy(update={"metric": "macro_f1"})
    task = session.taskfile.task.model_copy(update={"bar": other})
    monkeypatch.setattr(keeping, "latest_check", lambda session: None)
    asking = cast("Session", SimpleNamespace(taskfile=SimpleNamespace(task=task)))
    assert _tried.newest(asking, cast("Prepared", None)) is None
    assert _tried.other_metric(asking) == "accuracy"


def test_a_check_on_dev_is_read_where_there_is_no_comparison(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = fixtures.fine_tune().model_copy(update={"on_dev": True})
    table = fixtures.rows(found).with_columns(side=pl.lit("dev"))
    monkeypatch.setattr(keeping, "latest_check", lambda session: found)
    other = found.task.model_copy(
        update={"bar": found.task.bar.model_copy(update={"metric": "macro_f1"})}
    )
    tried = newest(monkeypatch, found.model_copy(update={"task": other}), table, found.task)
    assert tried is not None
    assert (tried.on, tried.check) == ("dev", True)
    quality = {c.name: c.quality.value for c in found.candidates if c.quality is not None}
    assert {way.name: way.value.value for way in tried.ways} == quality
    plain = newest(monkeypatch, found.model_copy(update={"on_dev": False}), table)
    assert plain is not None
    assert not plain.check


def test_checks_are_found_by_their_verb(tmp_path: Path) -> None:
    session = open_session(project(tmp_path))
    assert keeping.latest_check(session) is None
    for verb in ("compare", keeping.CHECK):
        with recorded(session, verb, {}) as run:
            made = fixtures.fine_tune().model_copy(update={"run": run.id})
            folder = session.store.run_folder(run.id)
            (folder / keeping.COMPARISON).write_text(made.model_dump_json(by_alias=True))
    check = keeping.latest_check(session)
    assert check is not None
    assert check.run != keeping.latest(session).run


def test_the_examples_answer_and_only_what_is_open_is_asked(
    tmp_path: Path, audits: list[str]
) -> None:
    folder = project(tmp_path)
    asked: list[str] = []

    def ask(open_ones: Sequence[Answered], corrected: bool) -> Mapping[str, str]:
        asked.extend(["corrected"] * corrected + [one.key for one in open_ones])
        return {} if corrected else {"gap_left": "y"}

    found = etude.open(folder).advise(AdviseOptions({"repeats": "yes"}, ask))
    replies = {one.key: (one.reply, one.source) for one in found.advice.questions}
    assert replies["repeats"] == ("yes", "you")
    assert replies["gap_left"] == ("yes", "you")
    assert asked[0] == "corrected"
    assert "repeats" not in asked
    assert "steady_answers" not in asked
    assert {"gap_left", "worth_it", "still_changing"} <= set(asked)
    assert found.answers == {"repeats": "yes", "gap_left": "yes"}
    (kept,) = folder.glob(".etude/runs/*/advice.json")
    assert json.loads(kept.read_bytes())["yes"] == found.advice.yes


def test_how_many_are_corrected_today_spares_the_questions_that_it_answers(
    tmp_path: Path, audits: list[str]
) -> None:
    asked: list[str] = []

    def ask(open_ones: Sequence[Answered], corrected: bool) -> Mapping[str, str]:
        asked.extend(one.key for one in open_ones)
        return {"corrected_per_100": "40"} if corrected else {}

    advice = etude.open(project(tmp_path)).advise(AdviseOptions(ask=ask)).advice
    assert "gap_left" not in asked
    assert next(one for one in advice.questions if one.key == "gap_left").reply == "yes"


def test_rows_with_several_faults_are_doubtful_once(tmp_path: Path, audits: list[str]) -> None:
    folder = project(tmp_path)
    write(folder, [*rows(61), *BAD])
    session = open_session(folder)
    found = of_examples(session, prepare(session)[0])
    counts = [fault.count for fault in found.faults]
    assert max(counts) <= found.doubtful <= min(sum(counts), found.usable)


def test_faults_are_cleaned_first_and_what_the_task_file_says_counts(
    tmp_path: Path, audits: list[str]
) -> None:
    folder = project(tmp_path)
    write(folder, [*rows(61), *BAD])
    path = folder / "etude.yaml"
    path.write_text(f"{path.read_text()}advice: {{gap_left: yes, corrected_per_100: 40}}\n")
    advice = etude.open(folder).advise().advice
    assert advice.step.key == "clean_data"
    assert "etude review --finding junk" in advice.step.takes[0]
    gap: dict[str, Any] = next(
        one for one in advice.questions if one.key == "gap_left"
    ).model_dump()
    assert (gap["reply"], gap["source"]) == ("yes", "etude.yaml")
    assert advice.outlook is not None
