"""Inputs as they are compared: what is the same input, and what is the same but for punctuation.

It knows the canonical frame and the task's kind, one column at a time; which texts are alike is
for ``near``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from etude.audit._base import Material
from etude.audit._copies.courtesy import without_courtesy
from etude.audit._copies.records import are_records, fields_of
from etude.audit._copies.words import CONTRACTIONS, COURTESY, FILLERS
from etude.data.conversations import comparable, compared, flat, turns_of
from etude.data.groups import STOCK_LENGTH
from etude.data.text import normal_form

_SHARED_LINE = 0.3
"""A line that so many of the texts have says nothing of what one of them asks."""
_FEWEST_TO_SHARE = 20

_BARE = (
    (r"['’ʼ‘`´]", ""),
    # "1.5" and "15", "3:30" and "330" are not the same; twice, because matches may not overlap.
    (r"(\d)[.,:](\d)", "${1}_${2}"),
    (r"(\d)[.,:](\d)", "${1}_${2}"),
    (r"(\p{L})[-‐‑–](\p{L})", "${1}${2}"),
    (r'[.,;:!?…"“”„«»()¡¿。，、！？；：「」『』]+', " "),
    (r"(^|\s)[-–—]+(\s|$)", " "),
    # What is neither a word nor punctuation says something: 🙂, €, <, +.
    (r"([^\w\s])", " ${1} "),
    (r"\s+", " "),
)


@dataclass(frozen=True)
class Forms:
    """N rows and their T distinct texts.

    ``same_N``: rows of the same input (and context) have one number. ``text_N``: rows whose inputs
    are the same but for case, spaces and punctuation. ``bare_T``: those texts without punctuation,
    in alphabetical order; ``core_T``: without politeness and articles too, "" where nothing much is
    left; ``raw_T``: of each the first as a person wrote it. ``stock_N``: rows with
    a short text that belongs to several of the person's own groups ("yes", "thank you").
    ``records``: the inputs are fields with values, whose order does not count (``records``).
    """

    same_N: NDArray[np.int64]
    text_N: NDArray[np.int64]
    bare_T: pl.Series
    core_T: pl.Series
    raw_T: list[str]
    stock_N: NDArray[np.bool_]
    records: bool = False


def forms_of(material: Material) -> Forms:
    """The forms of all rows' inputs."""
    frame, kind = material.frame, material.task.kind
    texts = frame["input"].unique(maintain_order=True)
    inputs = texts.to_list()
    records = kind != "chat" and are_records(inputs)
    if kind == "chat":
        turns = [turns_of(text) for text in inputs]
        own = [comparable(text, kind) for text in inputs]
        alike = [normal_form(text) for text in compared(turns)]
        shown = [flat(one) for one in turns]
    else:
        own = [normal_form(text) for text in inputs]
        shown = inputs
        plain = _in_order(inputs) if records else _without_shared_lines(texts)
        alike = [normal_form(text) for text in plain]
    table = pl.DataFrame({"input": texts, "own": own, "raw": shown, "bare": bare(pl.Series(alike))})
    whole = frame.select("input", "group", "context").join(
        table, on="input", how="left", maintain_order="left"
    )
    context = whole["context"].fill_null("")
    bares = whole["bare"].unique().sort()
    raw = whole.group_by("bare").agg(pl.col("raw").first()).sort("bare")["raw"]
    text_N = _number(whole["bare"])
    return Forms(
        same_N=_number(whole["own"] + "\x00" + context),
        text_N=text_N,
        bare_T=bares,
        core_T=core(bares),
        raw_T=raw.to_list(),
        stock_N=_stock(whole, text_N),
        records=records,
    )


def _in_order(inputs: list[str]) -> list[str]:
    """Records with their fields in one order."""
    fields = [fields_of(text) for text in inputs]
    return [text if of is None else "\n".join(of) for text, of in zip(inputs, fields, strict=True)]


def bare(normals: pl.Series) -> pl.Series:
    """Normal forms without punctuation; a text of nothing else stays as it is."""
    texts = normals.cast(pl.String)
    found = texts
    for pattern, by in _BARE:
        found = found.str.replace_all(pattern, by)
    found = found.str.strip_chars()
    return pl.select(pl.when(found != "").then(found).otherwise(texts)).to_series()


def core(bares: pl.Series) -> pl.Series:
    """Bare forms with contractions spelled out, without fillers and courtesy; "" for those of one
    word."""
    texts = bares.cast(pl.String).to_list()
    asked = pl.Series([" ".join(without_courtesy(text.split())) for text in texts], dtype=pl.String)
    short = {f" {word} ": f" {spelled} " for word, spelled in CONTRACTIONS.items()}
    spaced = (" " + asked + " ").str.replace_all(" ", "  ", literal=True)
    found = spaced.str.replace_many(list(short), list(short.values()))
    fillers = "|".join(sorted(FILLERS | COURTESY, key=len, reverse=True))
    found = found.str.replace_all(rf" (?:{fillers}) ", " ").str.replace_all(r"\s+", " ")
    found = found.str.strip_chars()
    return pl.select(pl.when(found.str.contains(" ")).then(found).otherwise(pl.lit(""))).to_series()


def _without_shared_lines(texts: pl.Series) -> list[str]:
    """Texts without the lines that a third of them have: instructions, a form's words."""
    if len(texts) < _FEWEST_TO_SHARE or not texts.str.contains("\n", literal=True).any():
        return texts.to_list()
    lines = (
        pl.DataFrame({"line": texts.str.split("\n")}).with_row_index("at").explode("line")
    ).with_columns(pl.col("line").str.strip_chars().alias("bare"))
    counts = lines.unique(["at", "bare"]).group_by("bare").len()
    shared = counts.filter(pl.col("len") > max(_SHARED_LINE * len(texts), _FEWEST_TO_SHARE))
    kept = lines.filter(~pl.col("bare").is_in(shared["bare"].implode()))
    left = kept.group_by("at").agg(pl.col("line").str.join("\n").alias("left"))
    joined = pl.DataFrame({"text": texts}).with_row_index("at").join(left, on="at", how="left")
    return joined.sort("at").select(pl.col("left").fill_null(pl.col("text")))["left"].to_list()


def _number(texts: pl.Series) -> NDArray[np.int64]:
    """Equal texts get equal numbers, in alphabetical order."""
    return texts.rank("dense").to_numpy().astype(np.int64) - 1


def _stock(whole: pl.DataFrame, text_N: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Rows of short texts in several groups, where groups are a person's own (several texts each)."""
    table = pl.DataFrame({"text": text_N, "group": whole["group"], "own": whole["own"]})
    if table["group"].n_unique() >= table["text"].n_unique():
        return np.zeros(len(whole), dtype=np.bool_)
    short = table["own"].str.len_chars() < STOCK_LENGTH
    several = table.select(pl.col("group").n_unique().over("text") > 1).to_series()
    return np.asarray((short & several).to_numpy(), dtype=np.bool_)
