"""The rows page of kinds that write: long texts side by side, what differs marked, what is failed.

It knows rows and words; that personal data are masked and texts cut is ``_shown``'s work.
"""

from __future__ import annotations

import json
from typing import Any

import polars as pl

from etude.records.comparison import CandidateReport, Comparison
from etude.report._readings import best_name
from etude.report._shown import Texts, length_for, safe_json, shown
from etude.report._templates import render
from etude.report._words import failure
from etude.report.summary import titles


def page(comparison: Comparison, scored: list[CandidateReport], rows: pl.DataFrame) -> str:
    """The page as text; the columns are those of ``rows.write_rows``."""
    return render(
        "written.html.j2",
        "written.js",
        task=comparison.task.task,
        count=rows.height,
        created=comparison.created,
        holdout="holdout" in rows["side"].to_list(),
        data=safe_json(_data(comparison, scored, rows)),
    )


def _data(
    comparison: Comparison, scored: list[CandidateReport], rows: pl.DataFrame
) -> dict[str, Any]:
    texts, called = Texts(length_for(rows.height)), titles(comparison)
    names = [c.name for c in scored]
    kind = comparison.task.kind
    first, beside = best_name(comparison), comparison.verdict.baseline
    asked = [conversation(text) if kind == "chat" else text for text in rows["input"].to_list()]
    checks = _checks(rows, names)
    return {
        "candidates": [called[name] for name in names],
        "first": names.index(first),
        "second": names.index(beside) if beside in names and beside != first else None,
        "ids": [shown(str(value), 200) for value in rows["id"].to_list()],
        "inputs": [texts.place(value) for value in asked],
        "targets": [texts.place(laid_out(value, kind)) for value in rows["target"].to_list()],
        "sides": [texts.place(value) for value in rows["side"].to_list()],
        "checks": [shown(name, 300) for name in checks],
        "json": kind == "extract",
        "right": _right_words(comparison),
        "answers": [_answers(rows, name, kind, checks, texts) for name in names],
        "texts": texts.known,
    }


def _right_words(comparison: Comparison) -> str:
    """What an answer is that nobody has to mend."""
    if comparison.task.kind == "extract":
        return "every field right"
    return "passes every check" if comparison.task.checks else "is the ideal answer"


def _checks(rows: pl.DataFrame, names: list[str]) -> list[str]:
    """Every check that anybody fails, the most often failed first."""
    counts: dict[str, int] = {}
    for name in names:
        for faults in rows[f"{name}|faults"].to_list():
            for fault in faults or ():
                counts[fault["check"]] = counts.get(fault["check"], 0) + 1
    return sorted(counts, key=lambda check: (-counts[check], check))


def _answers(
    rows: pl.DataFrame, name: str, kind: str, checks: list[str], texts: Texts
) -> dict[str, list[Any]]:
    outputs = rows[f"{name}|output"].to_list()
    failures = rows[f"{name}|failure"].to_list()
    places = {check: place for place, check in enumerate(checks)}
    return {
        "output": [texts.place(laid_out(value, kind)) for value in outputs],
        "failure": [texts.place(failure(value)) for value in failures],
        "right": [
            None if output is None and failure is None else int(bool(right))
            for output, failure, right in zip(
                outputs, failures, rows[f"{name}|right"].to_list(), strict=True
            )
        ],
        "faults": [
            [[places[fault["check"]], texts.place(fault["reason"])] for fault in faults or ()]
            for faults in rows[f"{name}|faults"].to_list()
        ],
        "evidence": [
            [texts.place(one) for one in shown_to or ()]
            for shown_to in rows[f"{name}|evidence"].to_list()
        ],
    }


def laid_out(text: str | None, kind: str) -> str | None:
    """JSON with a line a field, for ``extract``; any other text, and what is no JSON, as it is."""
    if text is None or kind != "extract":
        return text
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except ValueError:
        return text


def conversation(text: str) -> str:
    """The messages of a ``chat`` input, each with who says it; any other text as it is."""
    try:
        messages = json.loads(text)
        return "\n\n".join(f"{message['role']}: {message['content']}" for message in messages)
    except (ValueError, TypeError, KeyError):
        return text
