"""Texts that are longer than the model reads that writes the answers, or, where that is not known, many
times as long as the others. Tokens are the model's own where its tokenizer is at hand; else they are a
rough estimate and called one. What a model that only reads can't hold is told where examples are read.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from etude.audit._base import Found, Material, count_of, found
from etude.audit._textual import share, together
from etude.records.dataset import Repair

BYTES_A_TOKEN = 4
"""Of English prose; other languages and code take fewer."""
_ROOM = 16
"""Tokens that a template adds to a message."""
_LONG = 150
"""Words of a text that is very long beside others that are short."""
_BESIDE = 6
"""How many times as long as nine texts in ten."""


def too_long(material: Material, texts: dict[str, pl.DataFrame]) -> Iterator[Found]:
    """Rows that are too long to be read whole."""
    sizes = sum(rows["text"].str.len_bytes().to_numpy() for rows in texts.values())
    sizes = np.asarray(sizes, dtype=np.int64)
    if material.window is None:
        yield from _outliers(material, texts)
        return
    said = len(material.task.instructions.encode()) + _ROOM
    at = np.flatnonzero(sizes + said > material.window)
    if material.tokens is None:
        counts = (sizes[at] + said) // BYTES_A_TOKEN
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
        usual = float(words_in(rows["text"]).quantile(0.9) or 0)
        counted = long.with_columns(words_in(long["text"]).alias("words"))
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
            "(counted in words: of no language model that is named it is known how much it reads)",
            hits,
            costs="most models would see only a part of them",
            repair=Repair(apply="decide", sentence="see whether they belong here; shorten them"),
            seconds_each=30,
        )


def words_in(texts: pl.Series) -> pl.Series:
    return texts.str.count_matches(r"\S+")
