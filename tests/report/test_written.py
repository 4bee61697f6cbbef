"""Kinds that write: the rows page for long texts, and what the report says beside the metric."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from etude.records.candidate import CheckRow, FieldRow, MeasureRow
from etude.records.comparison import Comparison
from etude.records.dataset import Ideals, Lengths
from etude.report import _beside as beside
from etude.report.as_json import to_json
from etude.report.page import page
from etude.report.rows import write_rows
from etude.report.written import conversation, record

from . import fixtures
from .parsed import Read, assert_harmless
from .test_browser import opened
from .test_rows import HOSTILE, data_of

CHECKS = ("word-count at most 80", "no-new-numbers")
LENGTHS = Lengths(low=12, middle=20, high=40, longest=61)


def writing(kind: str = "write") -> Comparison:
    """The comparison of a task with labels as one of a task that writes."""
    base = fixtures.dont_fine_tune()
    task = base.task.model_copy(update={"kind": kind, "labels": None, "checks": ({"type": "x"},)})
    ideals = Ideals(examples=50, inputs=LENGTHS, targets=LENGTHS, passing=48)
    dataset = base.dataset.model_copy(update={"labels": {}, "ideals": ideals})
    candidates = []
    for place, c in enumerate(base.candidates):
        update: dict[str, Any] = {"per_class": (), "confusion": (), "reliability": ()}
        if c.quality is not None:
            update["measures"] = (
                MeasureRow(
                    key="retyping",
                    plain_name="to be retyped",
                    better="lower",
                    unit="ratio",
                    value=0.25,
                    low=0.2,
                    high=0.3,
                    n=50,
                ),
            )
            update["tokens_in"], update["tokens_out"] = 1000.0 / (1 + place), 50.0
            if kind == "extract":
                update["fields"] = (
                    FieldRow(name="customer", wanted=50, given=48, hits=40, f1=80 / 98),
                )
            else:
                update["checks"] = tuple(
                    CheckRow(
                        name=name, applies=50, passed=50 - 5 * i * (1 + place), low=0.5, high=1.0
                    )
                    for i, name in enumerate(CHECKS)
                )
        candidates.append(c.model_copy(update=update))
    return base.model_copy(
        update={"task": task, "dataset": dataset, "candidates": tuple(candidates)}
    )


def rows_for(
    comparison: Comparison, said: dict[str, list[str | None]], **given: Any
) -> pl.DataFrame:
    """A row a text; candidates that are not named say the ideal answer."""
    count = len(given["target"])
    columns: dict[str, Any] = {
        "id": [f"r{n}" for n in range(count)],
        "input": [f"notes {n}" for n in range(count)],
        "side": ["out-of-fold"] * count,
    } | given
    for c in comparison.candidates:
        if c.quality is None:
            continue
        outputs = said.get(c.rung, list(given["target"]))
        faults = [
            []
            if output == target or output is None
            else [{"check": CHECKS[0], "reason": "has 93 words, more than 80"}]
            for output, target in zip(outputs, given["target"], strict=True)
        ]
        columns[f"{c.name}|output"] = outputs
        columns[f"{c.name}|confidence"] = [None] * count
        columns[f"{c.name}|failure"] = ["timeout" if o is None else None for o in outputs]
        columns[f"{c.name}|right"] = [o == t for o, t in zip(outputs, given["target"], strict=True)]
        columns[f"{c.name}|faults"] = faults
        columns[f"{c.name}|evidence"] = [["r9"]] * count
    return pl.DataFrame(columns)


def test_rows_carry_what_is_failed_and_what_was_shown(tmp_path: Path) -> None:
    comparison = writing()
    rows = rows_for(comparison, {"prompt": ["one two", None]}, target=["one three", "four"])
    write_rows(comparison, rows, tmp_path / "rows.html")
    data = data_of(tmp_path / "rows.html")
    place = next(i for i, title in enumerate(data["candidates"]) if title == "Instructions only")
    answers = data["answers"][place]
    assert answers["right"] == [0, 0]
    check, reason = answers["faults"][0][0]
    assert data["checks"][check] == CHECKS[0]
    assert data["texts"][reason] == "has 93 words, more than 80"
    assert data["texts"][answers["failure"][1]] == "it took too long"
    assert data["texts"][answers["evidence"][0][0]] == "r9"


def test_personal_data_are_masked_in_answers_and_reasons(tmp_path: Path) -> None:
    comparison = writing()
    said: dict[str, list[str | None]] = {"prompt": ["write to jo.bloggs@example.org"]}
    rows = rows_for(comparison, said, target=["Call +44 7700 900123"])
    write_rows(comparison, rows, tmp_path / "rows.html")
    html = (tmp_path / "rows.html").read_text("utf-8")
    assert "jo.bloggs" not in html
    assert "900123" not in html


def test_records_and_conversations_are_laid_out() -> None:
    assert record('{"a":1}') == '{\n  "a": 1\n}'
    assert record("no json {") == "no json {"
    talk = json.dumps([{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Yes"}])
    assert conversation(talk) == "user: Hi\n\nassistant: Yes"
    assert conversation("Hi") == "Hi"


def test_the_report_tells_checks_measures_and_tokens() -> None:
    html = page(writing())
    said = Read(html).text
    assert_harmless(Read(html))
    for words in (
        "Which checks are passed",
        CHECKS[1],
        "What else was measured",
        "lower is better",
        "−50 % against the longest",
        "12 to 40 words in nine of ten",
        "only names of checks and fields",
    ):
        assert words in said
    for words in ("Categories", "mixes up", "confusion", "Which fields"):
        assert words not in said
    assert "Which fields are right" in Read(page(writing("extract"))).text


def test_a_measure_that_was_not_taken_is_said_to_be_unmeasured() -> None:
    comparison = writing()
    (first, *_) = [c for c in comparison.candidates if c.quality is not None]
    gap = {"value": None, "low": None, "high": None, "n": 0}
    blind = first.model_copy(update={"measures": (first.measures[0].model_copy(update=gap),)})
    others = tuple(blind if c.name == first.name else c for c in comparison.candidates)
    changed = comparison.model_copy(update={"candidates": others})
    table = beside.measures(changed)
    assert table is not None
    assert [row.cells[0][0] for row in table.rows].count("not measured") == 1
    assert_harmless(Read(page(changed)))
    found = next(c for c in to_json(changed)["candidates"] if c["name"] == first.name)
    assert found["measures"][0]["value"] is None


def test_checks_stand_by_how_often_they_are_failed() -> None:
    comparison = writing()
    shown = beside.pair_shown(comparison)
    assert [c.rung for c in shown] == ["retrieval", "prompt"]
    table = beside.checks(comparison, shown)
    assert table is not None
    assert [line.name for line in table.lines] == [CHECKS[1], CHECKS[0]]
    assert table.lines[1].shares[0] is not None
    assert table.lines[1].shares[0].counted == "50 of 50"


@pytest.mark.parametrize("width", [360, 1200])
def test_nothing_in_long_texts_runs_and_the_page_fits(
    browser: Any, tmp_path: Path, width: int
) -> None:
    comparison = writing()
    texts = [*HOSTILE, "a" * 3000, "word " * 600]
    said: dict[str, list[str | None]] = {"prompt": list(texts[::-1])}
    rows = rows_for(comparison, said, target=texts, input=texts)
    path = tmp_path / "rows.html"
    write_rows(comparison, rows, path)
    view, complaints = opened(browser, path, viewport={"width": width, "height": 800})
    view.select_option("#show", "all")
    view.select_option("#second", label="Instructions only")
    assert view.locator("#rows article").count() == len(texts)
    assert view.locator("#rows script, #rows img").count() == 0
    assert view.evaluate("window.pwned") is None
    assert view.evaluate("document.documentElement.scrollWidth") <= width
    assert complaints == []


def test_differences_are_marked_and_rows_narrowed_down(browser: Any, tmp_path: Path) -> None:
    comparison = writing()
    target = ["the red lamp stands here", "four five six", "same as it was"]
    said: dict[str, list[str | None]] = {
        "prompt": ["the blue lamp stands right here", None, "same as it was"]
    }
    path = tmp_path / "rows.html"
    write_rows(comparison, rows_for(comparison, said, target=target), path)
    view, complaints = opened(browser, path)
    view.select_option("#first", label="Instructions only")
    view.select_option("#second", "")

    def shown(choice: str) -> int:
        view.select_option("#show", choice)
        return int(view.locator("#rows article").count())

    counts = {choice: shown(choice) for choice in ("all", "wrong", "right", "other", "none")}
    assert counts == {"all": 3, "wrong": 2, "right": 1, "other": 2, "none": 1}
    shown("other")
    assert view.locator("#rows del").all_inner_texts() == ["red"]
    assert view.locator("#rows ins").all_inner_texts() == ["blue", "right"]
    view.select_option("#check", label=CHECKS[0])
    assert view.locator("#rows article").count() == 1
    view.uncheck("#mark")
    assert view.locator("#rows del").count() == 0
    assert complaints == []
