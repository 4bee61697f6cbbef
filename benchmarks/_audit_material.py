"""Rows as audits read them: ``Material`` out of planted rows, with an encoder and quick predictions.

What ``etude check`` makes of a project is made here of rows in memory: ids in order, groups by
copies and by a person's own, folds by group. Sides stay as they were planted, so that a leak is one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from _data import ROOT
from etude.audit import Audit, Found, Material
from etude.audit._base import Predictions
from etude.data.conversations import comparable
from etude.data.groups import find_groups
from etude.data.written import CONTEXT
from etude.records.task import WRITING, ModelRef, Task

FOLDS = 5
INSTRUCTIONS = {
    "classify": "Read the customer's message and choose the one label that says what they need.",
    "extract": "Read the text and give its facts as a record; null for what is not said.",
    "write": "Write the answer or description that the input asks for, from its facts alone.",
    "rewrite": "Write the text again, better.",
    "chat": "Answer the guest's question in one or two friendly sentences, from the note alone.",
}
COLUMNS = ("id", "input", "target", "context", "source", "cells", "meta", "side", "group")
EMBEDDINGS = ROOT / "build" / "benchmarks" / "audit-embeddings"


def task_of(kind: str) -> Task:
    """The task that rows of a kind belong to."""
    more: dict[str, Any] = {"schema": {"type": "object"}} if kind == "extract" else {}
    return Task.model_validate(
        {"task": "planted", "kind": kind, "instructions": INSTRUCTIONS[kind]}
        | {"data": {"examples": "rows.jsonl"}}
        | more
    )


def material_of(
    rows: Sequence[dict[str, Any]], kind: str, knowledge: Sequence[str] = (), *, encoder: bool
) -> Material:
    """``rows`` as ``_planted`` has them; without ``encoder``, audits that need one are not run."""
    columns = {name: [row.get(name) for row in rows] for name in COLUMNS}
    frame = pl.DataFrame(columns, schema=dict.fromkeys(COLUMNS, pl.String))
    if kind in WRITING:
        # As reading does: what an answer may use is part of the input.
        whole = pl.concat_str("input", pl.lit(CONTEXT), "context")
        frame = frame.with_columns(pl.coalesce(whole, "input").alias("input"))
    return material_from(frame, kind, knowledge, encoder=encoder)


def material_from(
    found: pl.DataFrame, kind: str, knowledge: Sequence[str] = (), *, encoder: bool
) -> Material:
    """The same of a table with at least ``id``, ``input`` and ``target``."""
    frame = frame_of(found, kind)
    labels = tuple(sorted(set(frame["target"]))) if kind == "classify" else ()
    embed = embedder() if encoder else None
    predict = remembered(lambda: quick(frame, labels, embed)) if embed and labels else None
    return Material(
        task=task_of(kind),
        frame=frame,
        labels=labels,
        embed=embed,
        predict=predict,
        knowledge=tuple(knowledge),
    )


def frame_of(found: pl.DataFrame, kind: str) -> pl.DataFrame:
    """The canonical columns, sorted by id."""
    missing = [pl.lit(None, pl.String).alias(n) for n in COLUMNS if n not in found.columns]
    frame = found.with_columns(missing).with_columns(
        pl.lit("rows.jsonl").alias("source"),
        pl.int_range(1, pl.len() + 1).alias("line"),
        pl.col("side").fill_null("all"),
    )
    frame = frame.sort("id")
    forms = [comparable(text, kind) for text in frame["input"]]
    groups = find_groups(frame.with_columns(pl.Series("normal", forms, dtype=pl.String)))
    group = pl.Series("group", groups.group_N)
    return frame.with_columns(group, (group % FOLDS).alias("fold"))


def remembered(compute: Callable[[], Predictions]) -> Callable[[], Predictions]:
    """Computed when it is first asked for, and once."""
    return cache(compute)


@cache
def embedder() -> Callable[[Sequence[str]], NDArray[np.float32]]:
    """The built-in encoder, its vectors kept in ``build/benchmarks``."""
    from etude.models.embeddings import CachedEmbeddings
    from etude.models.opening import open_model

    kept = CachedEmbeddings(open_model(ModelRef(name="builtin:minilm")), EMBEDDINGS)  # type: ignore[arg-type]
    return kept.of


def quick(
    frame: pl.DataFrame,
    labels: tuple[str, ...],
    embed: Callable[[Sequence[str]], NDArray[np.float32]],
) -> Predictions:
    """Out-of-fold answers of a logistic regression on the embeddings, folds by group."""
    from sklearn.linear_model import LogisticRegression

    features = embed(frame["input"].to_list())
    place = {label: at for at, label in enumerate(labels)}
    targets = np.array([place[label] for label in frame["target"]])
    folds = frame["fold"].to_numpy()
    found = np.full((len(frame), len(labels)), np.nan)
    for fold in range(FOLDS):
        seen, asked = folds != fold, folds == fold
        if asked.any() and len(set(targets[seen])) > 1:
            fitted = LogisticRegression(C=10, max_iter=200).fit(features[seen], targets[seen])
            found[asked] = 0.0
            found[np.ix_(asked, fitted.classes_)] = fitted.predict_proba(features[asked])
    return Predictions(labels, found)


def needed(audit: Audit, material: Material) -> str | None:
    """What an audit needs and ``material`` lacks; None where it can run."""
    if audit.needs == "encoder" and material.embed is None:
        return "an encoder"
    if audit.needs == "predictions" and material.predict is None:
        return "predictions"
    return None if material.task.kind in audit.kinds else f"another kind than {material.task.kind}"


def run(audit: Audit, material: Material) -> Iterable[Found]:
    """All that an audit finds, as a list, so that its time is spent here."""
    return list(audit.run(material))
