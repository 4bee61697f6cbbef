"""Languages: texts that are written in another one than the rest, or in two.

``etude.data.languages`` makes a guess for a whole set; here each text must show several small words of
its language (``_tongues``), and far more than of the language that most are in, or be plainly strange
among the others. Names and quoted words decide nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache, partial
from itertools import islice

import polars as pl

from etude.audit._base import A_LOOK, Audit, Found, Material, count_of, found
from etude.audit._textual import WORDED, Place, exact, fields, places, read, share
from etude.audit._tongues import (
    LOOKED_AT,
    foreign,
    foreign_pieces,
    foreign_sieve,
    language_of,
    scripted,
)
from etude.audit._vocabulary import words_of
from etude.records.dataset import Repair

_MOST = 0.9
"""Share of the decided texts in one language, from which the others are asked about."""
_FEWEST = 10
"""Decided texts without which no language is that of most."""
_UNDECIDED = "undecided"
_FOREIGN = foreign_sieve()
_PLAIN = r"\b(?:the|and|is|was|of|to|for|you|your|that|it|with|are|this)\b"
_PLAINLY = 4
_ODD = r"[^\x00-\x{24f}]"
_COMMON = 0.003
"""Share of the texts in the main language with a word, from which it is a word of theirs."""
_SWITCHED = 0.3
"""Share of texts, at most, that change language: more, and that is how they are written."""


def _run(material: Material) -> Iterator[Found]:
    said: dict[str, tuple[pl.DataFrame, str | None]] = {}
    for field in fields(material.task):
        if field == "target" and material.task.kind == "extract":
            continue
        rows = read(material, field)
        if field == "input":
            said[field] = _judged(_without_context(rows))
        else:
            said[field] = _judged(rows)
    for field, (rows, main) in said.items():
        if main == _UNDECIDED:
            continue
        if main is None:
            yield from _several(field, rows)
            continue
        others = rows.filter(pl.col("language").is_not_null() & (pl.col("language") != main))
        if field == "target" and "input" in said:
            own = said["input"][0].select("id", pl.col("language").alias("asked"))
            others = others.join(own, on="id", how="left").filter(
                pl.col("asked").is_null() | (pl.col("asked") != pl.col("language"))
            )
        if len(others):
            yield _others(field, others, rows, main)
    for field, (rows, main) in said.items():
        if main == "English":
            yield from _switched(material, field, rows)


def _without_context(rows: pl.DataFrame) -> pl.DataFrame:
    """Inputs without what an answer may use, which may be in any language."""
    return rows.with_columns(pl.col("text").str.split("\n\nWhat you may use:\n").list.first())


def _judged(rows: pl.DataFrame) -> tuple[pl.DataFrame, str | None]:
    """Each row's language (null: undecided), and that of most; None where there is no such one."""
    unique = rows.select("text").unique(maintain_order=True)
    head = pl.col("text").str.slice(0, LOOKED_AT)
    # Most texts of most sets are plainly English; the others are looked at one by one.
    plain = (head.str.count_matches(_PLAIN) >= _PLAINLY) & ~head.str.contains(_FOREIGN)
    judged = unique.with_columns(
        pl.when(plain).then(pl.lit("English")).otherwise(scripted(unique["text"])).alias("script")
    )
    judged = judged.with_columns(
        pl.Series(
            "language",
            [
                script or language_of(text)
                for text, script in judged.select("text", "script").iter_rows()
            ],
            pl.String,
        )
    )
    main = _main(rows.join(judged, on="text", how="left")["language"])
    if main not in (None, _UNDECIDED):
        judged = _short_ones(judged, str(main))
    # Rechunked: polars 2.1 panics in ``pl.format`` over columns that are cut differently.
    return rows.join(judged.select("text", "language"), on="text", how="left").rechunk(), main


def _main(languages: pl.Series) -> str | None:
    """The language of most texts; None: there is no such one."""
    counts = languages.drop_nulls().value_counts(sort=True)
    if counts.is_empty() or counts["count"].sum() < _FEWEST:
        return _UNDECIDED
    main, count = counts.row(0)
    return str(main) if count >= _MOST * int(counts["count"].sum()) else None


def _short_ones(judged: pl.DataFrame, main: str) -> pl.DataFrame:
    """Texts that were too short to be told, where they are plainly not in the main language."""
    known = cache(partial(_words_of, judged, main))
    told = [
        language or foreign(text, main, known)
        for text, language in judged.select("text", "language").iter_rows()
    ]
    return judged.with_columns(pl.Series("language", told, pl.String))


def _words_of(judged: pl.DataFrame, main: str) -> frozenset[str]:
    """Words that the texts in the main language use, a few of them at least."""
    texts = judged.filter(pl.col("language") == main)["text"]
    return words_of(texts, max(2, round(_COMMON * len(texts))))


def _others(field: str, others: pl.DataFrame, rows: pl.DataFrame, main: str) -> Found:
    kinds = Counter(others["language"].to_list()).most_common(3)
    listed = ", ".join(f"{name} ({count:,})" for name, count in kinds)
    return found(
        "languages",
        f"other_language_{field}s",
        "warning" if field == "target" else "note",
        f"{count_of(len(others), field)} of {len(rows):,} ({share(len(others), len(rows))}) "
        f"{'is' if len(others) == 1 else 'are'} not in {main}, as the others are"
        + (" and not in their input's language" if field == "target" else "")
        + f": {listed}",
        others.select(
            "id",
            pl.lit(field).alias("field"),
            pl.format("{}: {}", "language", pl.col("text").str.slice(0, 80)).alias("evidence"),
            pl.lit(0.8).alias("score"),
        ),
        costs="the model learns to answer in another language now and then"
        if field == "target"
        else "with so few examples of them, answers to them are hit and miss, and the average hides it",
        repair=Repair(
            apply="decide",
            sentence="translate them or leave them out"
            if field == "target"
            else "keep them if such requests come; then add more, and see how they do on their own",
        ),
        seconds_each=6,
    )


def _several(field: str, rows: pl.DataFrame) -> Iterator[Found]:
    """No language is that of nine texts in ten."""
    decided = rows.filter(pl.col("language").is_not_null())
    counts = decided["language"].value_counts(sort=True)
    listed = ", ".join(
        f"{name} ({share(count, len(decided))})" for name, count in islice(counts.iter_rows(), 4)
    )
    yield found(
        "languages",
        f"several_languages_{field}s",
        "note",
        f"{field}s are in several languages: {listed}, of {len(decided):,} that could be told",
        pl.DataFrame(schema={"id": pl.String}),
        costs="one figure for all of them hides a language that does badly",
        repair=Repair(apply="decide", sentence="look at each language's results on their own"),
        minutes=A_LOOK,
    )


def _switched(material: Material, field: str, rows: pl.DataFrame) -> Iterator[Found]:
    """English texts of which a sentence is in another language (for a target: one that the input does
    not have)."""
    known = cache(partial(_words_of, rows, "English"))
    seen = rows.filter(
        (pl.col("language").is_null() | (pl.col("language") == "English"))
        & pl.col("text").str.contains(f"{_FOREIGN}|{_ODD}")
    )
    inputs = material.frame.select("id", pl.col("input").alias("asked"))

    def finder(text: str) -> Iterator[Place]:
        for start, end, language in foreign_pieces(text, known):
            yield Place(start, end, text[start:end], None, 0.6, language)

    hits = places(seen, field, finder, offsets=exact(material, field)).join(inputs, on="id")
    if field == "target":
        hits = hits.filter(~pl.col("asked").str.contains(pl.col("evidence"), literal=True))
    number = hits["id"].n_unique()
    if not number or number > _SWITCHED * len(rows):
        return
    yield found(
        "languages",
        "switched_language" if field == "target" else "switched_language_inputs",
        "note",
        f"{count_of(number, field)} of {len(rows):,} "
        f"{'changes' if number == 1 else 'change'} language for a sentence",
        hits.drop("asked").with_columns(pl.lit(None, pl.String).alias("other")),
        costs="the model learns to change language in the middle"
        if field == "target"
        else "a model that has learned one language passes over such a sentence, or takes it for noise",
        repair=Repair(apply="decide", sentence="translate the sentence, or keep it if it is meant"),
        seconds_each=8,
    )


AUDIT = Audit("texts in another language", WORDED, "rows", _run)
