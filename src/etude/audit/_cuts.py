"""Where texts stop: in the middle of a sentence or a word, or all at one length.

Ends are judged against the others': a set whose texts mostly end without a full stop is not judged
by it. It knows letters and lengths, no grammar beyond words that no sentence ends with.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from etude.audit._base import Material

_ENDS = r"(?:[.!?…。！？؟।:;)\]}»”’\"'*_`>~]|\p{Extended_Pictographic})\s*$"
_PROPER = 0.8
"""Share of targets that end properly, from which the others are asked about."""
_STRICT = 0.95
"""Share from which a missing full stop alone, after a whole line of prose, is a sign."""
_COMMON_END = 0.02
"""Share of targets with the same last line, which is a proper end then: a sign-off."""
_NEVER_LAST = (
    r"the|a|an|and|or|but|because|if|when|while|than|your|our|their|its|his|her|my|very|into"
    r"|during|between|towards|upon"
)
_SELDOM_LAST = (
    r"of|to|in|on|at|for|with|by|from|as|that|which|who|is|are|was|were|be|been|has|have|had|will"
    r"|would|can|could|should|may|might|must|not|so|about|through|near|within|without|after|before"
    r"|since|until|we|they|he|she|i|(?:do|does|did|can|could|will|would|shall|should|are|were) you"
)
"""A question may end with one of these: "What is it for", "who i am"."""
_MARKS_LAST = r"[,(\[{/&+=–—-]|[“«‘]"
_HANGING = re.compile(rf"(?:\b(?:{_NEVER_LAST}|{_SELDOM_LAST})|{_MARKS_LAST})\s*$", re.IGNORECASE)
_HANGING_QUESTION = re.compile(rf"(?:\b(?:{_NEVER_LAST})|{_MARKS_LAST})\s*$", re.IGNORECASE)
_AUXILIARY = (
    "am|is|are|was|were|do|does|did|can|could|will|would|should|may|might|must|have|has|had"
)
_ELLIPTIC = re.compile(
    r"(?:^|[.!?]\s+)\W*(?:(?:yes|yeah|yep|no|nope|sure|sorry|unfortunately|of course|actually),?\s+)*"
    rf"(?:i|you|we|they|he|she|it|there|this|that|these|those) (?:{_AUXILIARY})(?: not)?$",
    re.IGNORECASE,
)
"""A whole sentence that answers with a verb whose rest stands in the question: "yes you can"."""
_FOLLOWED = re.compile(r"([^\W\d_]+)(?=(\s*(?:[.!?,;:)\n]|\Z))?)")
"""A word, and whether a mark or the end follows it."""
_COUNTED = 5000
"""Texts in which words are counted."""
_OFTEN = 10
_HARDLY = 0.02
"""Share of a word's places at which a sentence or a part of one ends."""
_TITLE_LIKE = re.compile(
    r"^\W*(?:[-*•#>|]|\d+[.)]|https?://|\w+@|[A-Z][\w .&'’-]{0,30}:\s)|://|@\w|\w+\(|[;{}]"
)
_WORD = re.compile(r"[^\W\d_]+$")
_ROUND_NUMBERS = (
    "100 120 125 127 128 140 150 160 200 240 250 254 255 256 280 300 320 350 400 450 499 "
    "500 511 512 600 700 750 767 768 800 900 999 1000 1023 1024 1200 1280 1500 1999 2000 "
    "2047 2048 2500 3000 3999 4000 4095 4096 5000 8000 8191 8192 10000 16384 32000 32767 "
    "32768 65535 65536"
)
_ROUND = frozenset(map(int, _ROUND_NUMBERS.split()))
_NEAR = 15
"""Lengths below a cap that it is compared with."""
_LEAST = 5
_SAMPLED = 50_000
_SHORTEST = 60
"""Below, texts of one length are of one form."""
_FORMAT = 0.7
"""Share of texts of one length from which that is their form, unless it is a length of computers."""


def cut_off(material: Material, field: str, texts: pl.DataFrame) -> tuple[pl.DataFrame, float]:
    """Texts that stop in the middle, as hits, and the share that end properly (0 to 1)."""
    rows = _ended(texts)
    proper = float(rows["ends"].mean() or 0)  # type: ignore[arg-type]
    open_ended = rows.filter(~pl.col("ends") | pl.col("last").str.contains(r"[(\[{]\s*$"))
    if proper < _PROPER or open_ended.is_empty():
        return pl.DataFrame(), proper
    known = _known_words(texts["text"])
    inner = _inner_words(texts["text"])
    sources = material.frame.select("id", "input")
    asked = field == "input"
    hanging = _HANGING_QUESTION if asked else _HANGING
    # People leave full stops out; only what somebody wrote to be read ends with one throughout.
    strict = not asked and proper >= _STRICT
    ids, ends, scores = [], [], []
    joined = open_ended.join(sources, on="id", how="left")
    for name, text, ending, source in joined.select("id", "text", "last", "input").iter_rows():
        given = "" if asked else source or ""
        # A text that begins small is by somebody who does not care for marks.
        tidy = strict and not text.lstrip()[:1].islower()
        score = _sure(ending, given, known, inner, hanging, tidy)
        if score:
            ids.append(name)
            ends.append(f"…{ending[-60:]}" if len(ending) > 60 else ending)
            scores.append(score)
    if not ids:
        return pl.DataFrame(), proper
    return (
        pl.DataFrame({"id": ids, "field": field, "evidence": ends, "score": scores}),
        proper,
    )


def _ended(texts: pl.DataFrame) -> pl.DataFrame:
    """With each text's last line (``last``) and whether it ends properly (``ends``): with a mark, or
    with a line that others end with too."""
    text = pl.col("text").str.strip_chars()
    last = text.str.split("\n").list.last().str.strip_chars()
    rows = texts.with_columns(
        last.alias("last"), (text.str.contains(_ENDS) | last.str.contains(r"^\W*$")).alias("ends")
    )
    usual = max(3, _COMMON_END * len(rows))
    common = (pl.len().over("last") >= usual) & (pl.col("last") != "")
    return rows.with_columns((pl.col("ends") | common).alias("ends"))


def _known_words(texts: pl.Series) -> frozenset[str]:
    """Words that stand inside texts, not at their ends, in lower case."""
    sample = texts.head(_SAMPLED).str.to_lowercase().str.strip_chars()
    inside = sample.str.replace(r"[^\s]*$", "").str.extract_all(r"\p{L}+")
    return frozenset(inside.explode().drop_nulls().unique().to_list())


def _inner_words(texts: pl.Series) -> frozenset[str]:
    """Words that stand often, and hardly ever before a mark or an end: something follows them."""
    inside: Counter[str] = Counter()
    last: Counter[str] = Counter()
    for text in texts.gather_every(max(1, len(texts) // _COUNTED)).to_list():
        for word, mark in _FOLLOWED.findall(text.lower()):
            (last if mark else inside)[word] += 1
    return frozenset(
        word for word, count in inside.items() if count >= _OFTEN and last[word] <= _HARDLY * count
    )


def _sure(
    last: str,
    source: str,
    known: frozenset[str],
    inner: frozenset[str],
    hanging: re.Pattern[str],
    strict: bool,
) -> float:
    """How sure it is that a text with this last line was cut off, 0 for not."""
    if _ELLIPTIC.search(last):
        return 0.0
    if hanging.search(last):
        return 0.97
    word = _WORD.search(last)
    prose = len(last.split()) >= 5 and not _TITLE_LIKE.search(last)
    if word and len(word.group()) >= 2 and prose:
        end = word.group().lower()
        tail = last[-25:].lower()
        at = source.lower().find(tail)
        after = source[at + len(tail) : at + len(tail) + 1]
        if at >= 0 and after.isalpha():
            return 0.98
        if end not in known and any(w.startswith(end) for w in known if len(w) > len(end) + 1):
            return 0.9
        if end in inner:
            return 0.8
    return 0.7 if prose and strict else 0.0


@dataclass(frozen=True)
class Cap:
    """All texts of a length that none exceeds."""

    length: int
    unit: str
    hits: pl.DataFrame


def cap(material: Material, rows: pl.DataFrame, *, counted: bool) -> Cap | None:
    """The length at which texts were cut off, if they were.

    Args:
        material: for its tokenizer.
        rows: ``id`` and ``text``.
        counted: lengths in tokens too.
    """
    unique = _ended(rows.unique("text", maintain_order=True))
    lengths = unique["text"].str.len_chars().to_numpy().astype(np.int64)
    found = _piled(lengths)
    unit = "characters"
    if found is None and counted and material.tokens is not None and 0 < len(unique) <= _SAMPLED:
        lengths = np.asarray(material.tokens(unique["text"].to_list()), dtype=np.int64)
        found, unit = _piled(lengths), "tokens"
    if found is None:
        return None
    at = np.flatnonzero((lengths == found) | (lengths == found - 1))
    cut = unique[at]
    if cut["ends"].sum() > len(cut) / 2:
        return None
    ends = pl.col("text").str.tail(40).str.replace_all(r"\s+", " ")
    shown = rows.join(cut.select("text", ends.alias("end")), on="text")
    return Cap(
        found,
        unit,
        shown.select("id", pl.format("…{}", "end").alias("evidence"), pl.lit(0.9).alias("score")),
    )


def _piled(lengths: NDArray[np.int64]) -> int | None:
    """The greatest length, where far more texts have it than have each length just below."""
    if not len(lengths):
        return None
    top = int(lengths.max())
    if top < _SHORTEST:
        return None
    # Trimmed texts that were cut after a space are one shorter.
    piled = int(((lengths == top) | (lengths == top - 1)).sum())
    below = int(((lengths < top - 1) & (lengths >= top - 1 - _NEAR)).sum())
    each = below / _NEAR
    known = top in _ROUND
    if piled > _FORMAT * len(lengths) and not known:
        return None
    least = 3 if known else _LEAST
    return top if piled >= least and piled > (4 if known else 8) * 2 * max(each, 0.1) else None
