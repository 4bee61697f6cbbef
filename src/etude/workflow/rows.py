"""The table of answers that a comparison leaves: a row an example, some columns a candidate.

``rows.parquet`` has ``id``, ``input``, ``target``, ``side`` and for each scored candidate
``<name>|output``, ``|confidence`` and ``|failure``; kinds that write have ``|right`` (nobody has to
mend it), ``|faults`` (what it fails, with the reason) and ``|evidence`` (what it was shown) besides.
``|score`` is the metric's of each scored answer (for a ratio above ``|of``), null where an answer
was not scored; ``group`` and ``fold`` are the example's.
``parts`` names the parts of the scored examples that the row is in; null where none were told of.
``|turns`` names what a wrong answer shares with others; null where that was not looked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from etude.approaches._base import Choice
from etude.data.examples import Examples
from etude.evaluation.finalists import Field
from etude.evaluation.judging import Judge, Passages
from etude.evaluation.parts import Layout
from etude.evaluation.scoring import Card, Scores

FAULT = pl.Struct({"check": pl.String, "reason": pl.String})


def rows(
    layout: Layout, field: Field, scores: Scores, parts: Sequence[Sequence[str]] | None = None
) -> pl.DataFrame:
    """Scored rows with every candidate's answers; with a holdout, dev rows above them. ``parts``: of
    each scored row."""
    scored = layout.scored
    columns = _examples(scored, layout.side)
    columns["fold"] = [None] * len(scored) if layout.folds is None else layout.folds.tolist()
    columns["parts"] = [None] * len(scored) if parts is None else list(parts)
    for card in scores.cards:
        answers, name = card.scored.answers, card.report.name
        columns |= _scores(card)
        columns[f"{name}|output"] = list(answers.outputs)
        columns[f"{name}|confidence"] = _or_null(answers.confidence)
        columns[f"{name}|failure"] = list(answers.failures)
        if not card.scored.labels:
            judge = card.scored.judge
            columns |= _judged(name, judge, scored, answers.outputs, answers.passages)
            columns[f"{name}|evidence"] = [list(one) for one in answers.evidence] or [None] * len(
                scored
            )
        columns[f"{name}|turns"] = _turns(card, layout.side != "holdout", len(scored))
    frame = pl.DataFrame(columns, schema_overrides=_types(scores), strict=False)
    if layout.side != "holdout":
        return frame
    return pl.concat([_dev_rows(layout, field, scores), frame], how="diagonal")


def _examples(examples: Examples, side: str) -> dict[str, Any]:
    return {
        "id": examples.ids,
        "input": examples.inputs,
        "target": examples.targets,
        "side": [side] * len(examples),
        "group": examples.groups.tolist(),
    }


def _scores(card: Card) -> dict[str, Any]:
    """What each answer adds to what can be counted: what two comparisons are paired by."""
    name, key = card.report.name, card.scored.judge.metric
    scores = card.scored.items(key)
    if key.statistic == "ratio":
        return {f"{name}|score": scores[:, 0].tolist(), f"{name}|of": scores[:, 1].tolist()}
    return {f"{name}|score": scores.tolist()}


def _judged(
    name: str,
    judge: Judge,
    examples: Examples,
    outputs: Sequence[str | None],
    passages: Passages,
) -> dict[str, Any]:
    """Whether each answer can stand as it is, and what it fails."""
    right_N = judge.right.items(judge.judged(examples, outputs, passages)) == 1
    faults = judge.faults(examples, outputs, passages)
    return {
        f"{name}|right": right_N.tolist(),
        f"{name}|faults": [
            [{"check": fault.check, "reason": fault.reason} for fault in found] for found in faults
        ],
    }


def _dev_rows(layout: Layout, field: Field, scores: Scores) -> pl.DataFrame:
    dev = layout.parts[0].dev
    columns = _examples(dev, "dev")
    judges = {card.report.name: card.scored.judge for card in scores.cards}
    columns |= {f"{card.report.name}|turns": _turns(card, True, len(dev)) for card in scores.cards}
    for attempt in field.finalists:
        name = attempt.entrant.name
        outputs = _padded(attempt.choices[0], len(dev))
        columns[f"{name}|output"] = outputs
        if not judges[name].labels:
            # Dev may have been asked in part: no answer there is no wrong answer.
            shown = attempt.choices[0].dev_passages
            judged = _judged(name, judges[name], dev, outputs, shown)
            asked = [output is not None for output in outputs]
            columns |= {
                key: [value if known else None for value, known in zip(values, asked, strict=True)]
                for key, values in judged.items()
            }
    return pl.DataFrame(columns, schema_overrides=_types(scores), strict=False)


def _turns(card: Card, here: bool, count: int) -> Sequence[Sequence[str] | None]:
    """The names of each answer's turns, where they were looked for among these rows."""
    if card.turned is None or not here:
        return [None] * count
    return [list(names) for names in card.turned.names]


def _padded(choice: Choice, count: int) -> list[str | None]:
    return (list(choice.dev_outputs) + [None] * count)[:count]


def _types(scores: Scores) -> dict[str, Any]:
    types: dict[str, Any] = {"group": pl.Int64, "fold": pl.Int64, "parts": pl.List(pl.String)}
    for card in scores.cards:
        types[f"{card.report.name}|output"] = pl.String
        types[f"{card.report.name}|score"] = pl.Float64
        types[f"{card.report.name}|confidence"] = pl.Float64
        types[f"{card.report.name}|failure"] = pl.String
        types[f"{card.report.name}|turns"] = pl.List(pl.String)
        if not card.scored.labels:
            types[f"{card.report.name}|right"] = pl.Boolean
            types[f"{card.report.name}|faults"] = pl.List(FAULT)
            types[f"{card.report.name}|evidence"] = pl.List(pl.String)
    return types


def _or_null(values: np.ndarray[Any, np.dtype[np.float64]]) -> list[float | None]:
    return [None if np.isnan(v) else float(v) for v in values]
