"""Rows with the forms of their inputs and targets, and which one of several copies is kept.

It knows the frame and its forms; how texts are alike is for ``near``.
"""

from __future__ import annotations

import json
from typing import Any

import polars as pl

from etude.audit._base import Material
from etude.audit._copies.forms import Forms
from etude.audit._json_text import json_of
from etude.data.text import normal_form
from etude.metrics._fields import normal

SHOWN = 100
"""Characters of a text that a hit quotes."""


def table(material: Material, forms: Forms) -> pl.DataFrame:
    """A row an example: ``at`` (its place), ``id``, ``input``, ``target``, ``same``, ``text``,
    ``answer`` (a number; equal targets have equal ones), ``held``, ``side``, ``fold``, ``stock``,
    ``beside`` (a number of the context), and ``rank``: the smaller, the rather it is kept among
    copies (the longest target, else the first in its file)."""
    frame = material.frame
    answers = answer_forms(frame["target"], material.task.kind)
    context = frame["context"].fill_null("")
    made = frame.select("id", "input", "target", "side", "fold", "source", "line").with_columns(
        pl.Series("same", forms.same_N),
        pl.Series("text", forms.text_N),
        answers.rank("dense").cast(pl.Int64).alias("answer"),
        # With a context a short text asks for something of its own.
        (pl.Series("stock", forms.stock_N) & (context == "")).alias("stock"),
        context.rank("dense").cast(pl.Int64).alias("beside"),
        (pl.col("side") == "holdout").alias("held"),
    )
    order = made.with_row_index("at").sort(
        pl.col("target").str.len_chars(), "source", "line", "id", descending=[True] + [False] * 3
    )
    ranked = order.with_row_index("rank").sort("at")
    return ranked.drop("source", "line")


def answer_forms(targets: pl.Series, kind: str) -> pl.Series:
    """Targets as they are compared; JSON without the order of its keys, or of lists."""
    distinct = targets.unique()
    form = _json_form if kind == "extract" else normal_form
    known = {text: form(text) for text in distinct.to_list()}
    return targets.replace_strict(known, return_dtype=pl.String)


def _json_form(text: str) -> str:
    value = json_of(text)
    if value is None:
        return normal_form(text)
    return json.dumps(plain(value), sort_keys=True, ensure_ascii=False)


def plain(value: Any) -> Any:
    """A JSON value as it is compared: null, "" and [] say what a missing field says, lists have no
    order, and texts no case."""
    if isinstance(value, dict):
        inner = {key: plain(one) for key, one in value.items()}
        return {key: one for key, one in inner.items() if one not in (None, "", [], {})}
    if isinstance(value, list):
        found = [plain(one) for one in value]
        return sorted(found, key=lambda one: json.dumps(one, sort_keys=True))
    return normal(value)


def quoted(column: str, length: int = SHOWN) -> pl.Expr:
    """A column's text in quotes, on one line, cut to size."""
    text = pl.col(column).str.replace_all(r"\s+", " ").str.strip_chars()
    cut = pl.when(text.str.len_chars() > length).then(text.str.slice(0, length - 1) + "…")
    return pl.lit('"') + cut.otherwise(text) + '"'


def share(part: int, of: int) -> str:
    """``31 of 412 examples``."""
    return f"{part:,} of {of:,} example{'' if of == 1 else 's'}"
