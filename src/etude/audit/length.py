"""Length: what does not fit the model, what was cut off, what says nothing, what all repeat.

Tokens are the base model's where one is at hand; else they are a rough estimate and called one. It
knows how texts begin, end and how long they are, and nothing of what they mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from etude.audit import _cuts, _passages
from etude.audit._base import WRITTEN, Audit, Found, Material, count_of, found
from etude.audit._textual import (
    WORDED,
    Finder,
    Place,
    exact,
    fields,
    places,
    read,
    share,
    together,
)
from etude.records.dataset import Repair

_BYTES_A_TOKEN = 4
"""Of English prose; other languages and code take fewer."""
_ROOM = 16
"""Tokens that a template adds to a message."""
_LONG = 2000
"""Words of a text that is very long beside others that are short."""
_BESIDE = 20
_NOTHING = re.compile(
    r"\W*|nan|null|undefined|#n/?a|#ref!|#value!|\[object object\]|none|n/?a|not available|empty|"
    r"\[\]|\{\}|(?:this (?:text|field) )?(?:is )?intentionally left blank",
    re.IGNORECASE,
)
_NOTHING_SAID = re.compile(
    r"nan|null|undefined|#n/?a|#ref!|#value!|\[object object\]|\[\]|\{\}", re.IGNORECASE
)
"""In inputs of people "none" and "?" may be all that they wrote."""
_ONE_WORD_BESIDE = 8
"""Words of the middle target, from which one of a single word is odd."""


def _run(material: Material) -> Iterator[Found]:
    texts = {field: read(material, field) for field in fields(material.task)}
    yield from _window(material, texts)
    yield from _empty(material, texts)
    if material.task.kind in WRITTEN:
        yield from _one_word(material, texts["target"])
        yield from _cut_off(material, texts["target"])
    for field, rows in texts.items():
        if not (field == "target" and material.task.kind == "extract"):
            yield from _capped(material, field, rows)
            yield from _boilerplate(material, field, rows)


def _window(material: Material, texts: dict[str, pl.DataFrame]) -> Iterator[Found]:
    """Rows that are too long to be read whole."""
    sizes = sum(rows["text"].str.len_bytes().to_numpy() for rows in texts.values())
    sizes = np.asarray(sizes, dtype=np.int64)
    if material.window is None:
        yield from _outliers(material, texts)
        return
    said = len(material.task.instructions.encode()) + _ROOM
    at = np.flatnonzero(sizes + said > material.window)
    if material.tokens is None:
        counts = (sizes[at] + said) // _BYTES_A_TOKEN
        about = "a rough estimate, about four letters a token"
    else:
        counts = _tokens(material, texts, at)
        about = "counted by the model's own tokenizer"
    over = counts > material.window
    if over.any():
        ids = material.frame["id"].to_numpy()[at[over]]
        evidence = [f"about {n:,} tokens of {material.window:,}" for n in counts[over]]
        yield found(
            "length",
            "over_window",
            "warning",
            f"{count_of(int(over.sum()), 'example')} of {len(material.frame):,} "
            f"({share(int(over.sum()), len(material.frame))}) "
            f"{'is' if over.sum() == 1 else 'are'} longer than the {material.window:,} tokens that "
            f"the model reads, instructions included ({about})",
            pl.DataFrame({"id": ids, "evidence": evidence, "score": [1.0] * len(ids)}),
            costs=(
                "what lies beyond is cut off or the example left out: the model never sees the end"
            ),
            repair=Repair(apply="decide", sentence="shorten them, or take a model that reads more"),
            seconds_each=30,
        )


def _tokens(
    material: Material, texts: dict[str, pl.DataFrame], at: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Tokens of instructions, input and target of the rows at these places."""
    assert material.tokens is not None
    total = np.zeros(len(at), dtype=np.int64)
    if not len(at):
        return total
    for rows in texts.values():
        total += np.asarray(material.tokens(rows["text"].gather(at).to_list()), dtype=np.int64)
    own = material.task.instructions
    return total + (int(material.tokens([own])[0]) if own else 0) + _ROOM


def _outliers(material: Material, texts: dict[str, pl.DataFrame]) -> Iterator[Found]:
    """Very long texts beside short ones, where no model's window is known."""
    parts = []
    for field, rows in texts.items():
        long = rows.filter(pl.col("text").str.len_bytes() > 4 * _LONG)
        if long.is_empty():
            continue
        usual = float(_words(rows["text"]).quantile(0.9) or 0)
        counted = long.with_columns(_words(long["text"]).alias("words"))
        odd = counted.filter(pl.col("words") > max(_LONG, _BESIDE * usual))
        parts.append(
            odd.select(
                "id",
                pl.lit(field).alias("field"),
                pl.format(
                    "{} words; nine of ten have at most {}", "words", pl.lit(int(usual))
                ).alias("evidence"),
            )
        )
    hits = together(parts)
    if len(hits):
        yield found(
            "length",
            "very_long",
            "note",
            f"{count_of(hits['id'].n_unique(), 'example')} of {len(material.frame):,} "
            f"{'is' if hits['id'].n_unique() == 1 else 'are'} many times as long as the others "
            "(counted in words: no language model is named whose limit could be compared)",
            hits,
            costs="most models would see only a part of them",
            repair=Repair(apply="decide", sentence="see whether they belong here; shorten them"),
            seconds_each=30,
        )


def _words(texts: pl.Series) -> pl.Series:
    return texts.str.count_matches(r"\S+")


def _empty(material: Material, texts: dict[str, pl.DataFrame]) -> Iterator[Found]:
    parts = []
    for field, rows in texts.items():
        if field == "target" and material.task.kind == "extract":
            continue
        own_words = field == "target" or material.task.kind in ("write", "rewrite")
        pattern = _NOTHING if own_words else _NOTHING_SAID
        short = rows.filter(pl.col("text").str.len_chars() <= 40)
        finder = _matching(pattern)
        hits = places(short, field, finder, offsets=exact(material, field))
        symbols = pl.col("evidence").str.contains(r"[^\w\s\-.,;:_/*#?!]")
        hits = hits.filter(~symbols | pl.col("evidence").str.contains(r"^[\[{#]"))
        if hits["id"].n_unique() <= 0.2 * len(rows):
            parts.append(hits)
    hits = together(parts)
    if len(hits):
        where = " or ".join(f for f in ("input", "target") if f in hits["field"])
        yield found(
            "length",
            "empty",
            "warning",
            f"{count_of(hits['id'].n_unique(), 'example')} of {len(material.frame):,} "
            f"{'has' if hits['id'].n_unique() == 1 else 'have'} no {where} worth the name, "
            'such as "N/A", "nan" or a dash',
            hits,
            costs="the model learns to answer with nothing",
            repair=Repair(apply="drop", sentence="leave them out, or write what belongs there"),
            seconds_each=3,
        )


def _matching(pattern: re.Pattern[str]) -> Finder:
    def finder(text: str) -> Iterator[Place]:
        if pattern.fullmatch(text.strip()):
            yield Place(None, None, text.strip() or "nothing", None, 0.95)

    return finder


def _one_word(material: Material, targets: pl.DataFrame) -> Iterator[Found]:
    counts = _words(targets["text"])
    middle = float(counts.median() or 0)  # type: ignore[arg-type]
    if middle < _ONE_WORD_BESIDE:
        return
    short = targets.filter((counts == 1) & (pl.col("text").str.len_chars() <= 40))
    finder = _matching(_NOTHING)
    nothing = places(short, "target", finder)["id"]
    odd = short.filter(~pl.col("id").is_in(nothing.implode()))
    if len(odd) and len(odd) <= 0.1 * len(targets):
        yield found(
            "length",
            "one_word",
            "warning",
            f"{count_of(len(odd), 'target')} of {len(targets):,} "
            f"{'is' if len(odd) == 1 else 'are'} a single word; the middle one has {middle:.0f}",
            odd.select(
                "id",
                pl.lit("target").alias("field"),
                pl.col("text").alias("evidence"),
                pl.lit(0.8).alias("score"),
            ),
            costs="the model learns that a word will do",
            repair=Repair(apply="decide", sentence="write the whole answer, or leave them out"),
            seconds_each=20,
        )


def _cut_off(material: Material, targets: pl.DataFrame) -> Iterator[Found]:
    hits, proper = _cuts.cut_off(material, targets)
    if len(hits):
        yield found(
            "length",
            "cut_off",
            "warning",
            f"{count_of(len(hits), 'target')} of {len(targets):,} "
            f"({share(len(hits), len(targets))}) {'stops' if len(hits) == 1 else 'stop'} short, in "
            "the middle of a word or without an end to the sentence; "
            f"{share(round(proper * len(targets)), len(targets))} end properly",
            hits,
            costs="the model learns to stop before it has finished",
            repair=Repair(apply="decide", sentence="write the end, or leave them out"),
            seconds_each=20,
        )


def _capped(material: Material, field: str, rows: pl.DataFrame) -> Iterator[Found]:
    cap = _cuts.cap(material, rows, counted=field == "target")
    if cap is None:
        return
    hits = cap.hits.with_columns(pl.lit(field).alias("field"))
    yield found(
        "length",
        f"same_length_{field}s",
        "warning",
        f"{count_of(len(hits), field)} of {len(rows):,} "
        f"{'has' if len(hits) == 1 else 'have'} exactly {cap.length:,} {cap.unit} and none "
        f"has more: "
        "something cut them off there",
        hits,
        costs="the ends are missing: "
        + ("the model learns to stop there" if field == "target" else "they may hold the answer"),
        repair=Repair(apply="decide", sentence="export them again without a limit on length"),
        seconds_each=5,
    )


def _boilerplate(material: Material, field: str, rows: pl.DataFrame) -> Iterator[Found]:
    for passage in _passages.shared(material, field, rows):
        quoted = " ".join(passage.text.split())
        quoted = quoted if len(quoted) <= 90 else f"{quoted[:90]}…"
        yield found(
            "length",
            f"boilerplate_{field}s",
            "note",
            f"{count_of(passage.rows, field)} of {len(rows):,} ({share(passage.rows, len(rows))}) "
            f"{passage.where} the same {passage.words} words: \u201c{quoted}\u201d",
            passage.hits,
            costs="each example pays for them in tokens, and they teach nothing new",
            repair=Repair(
                apply="decide",
                sentence="add them to answers with a line of code, or say them in the instructions"
                if field == "target"
                else "take them out, or move them into the instructions",
            ),
        )


AUDIT = Audit("length: too long, cut off, empty, repeated", WORDED, "rows", _run)
