"""Languages: texts that are written in another one than the rest, or in two.

A language is told by its script, or by small words that it alone uses; ``etude.data.languages`` makes
the same guess for a whole set, here each text must show several words of it, and far more than of
the language that most are in. A short text is left undecided. Names and quoted words decide nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import islice

import polars as pl

from etude.audit._base import Audit, Found, Material, count_of, found
from etude.audit._textual import WORDED, fields, read, share
from etude.audit._words import table
from etude.records.dataset import Repair

_LOOKED_AT = 400
"""Characters of a text."""
_LEAST = 3
"""Different small words of a language that a text must have."""
_TIMES = 2
"""How many times as many as of the language of most texts."""
_MOST = 0.9
"""Share of the decided texts in one language, from which the others are asked about."""
_SCRIPTED = 0.6
"""Share of letters of a script."""
_FEWEST = 10
"""Decided texts without which no language is that of most."""
_UNDECIDED = "undecided"
_WORD = re.compile(r"[^\W\d_][\w']*")
_SCRIPTS = {
    "Russian or another language in Cyrillic letters": r"\p{Cyrillic}",
    "Chinese or Japanese": r"[\p{Han}\p{Hiragana}\p{Katakana}]",
    "Korean": r"\p{Hangul}",
    "Arabic, Persian or Urdu": r"\p{Arabic}",
    "Hebrew": r"\p{Hebrew}",
    "Greek": r"\p{Greek}",
    "Hindi or another language in Devanagari": r"\p{Devanagari}",
    "Bengali": r"\p{Bengali}",
    "Tamil": r"\p{Tamil}",
    "Thai": r"\p{Thai}",
}
_FOREIGN = (
    r"(?i)\b(?:der|die|das|und|nicht|ist|les|des|est|pour|que|los|las|para|una|con|il|che"
    r"|non|het|een|"
    r"och|nie|jest|não|uma|está)\b"
)
_PLAIN = r"\b(?:the|and|is|was|of|to|for|you|your|that|it|with|are|this)\b"
_PLAINLY = 4
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")


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
    if "target" in said and said["target"][1] == "English":
        yield from _switched(material)


def _without_context(rows: pl.DataFrame) -> pl.DataFrame:
    """Inputs without what an answer may use, which may be in any language."""
    return rows.with_columns(pl.col("text").str.split("\n\nWhat you may use:\n").list.first())


def _judged(rows: pl.DataFrame) -> tuple[pl.DataFrame, str | None]:
    """Each row's language (null: undecided), and that of most; None where there is no such one."""
    unique = rows.select("text").unique(maintain_order=True)
    head = pl.col("text").str.slice(0, _LOOKED_AT)
    # Most texts of most sets are plainly English; the others are looked at one by one.
    plain = (head.str.count_matches(_PLAIN) >= _PLAINLY) & ~head.str.contains(_FOREIGN)
    judged = unique.with_columns(
        pl.when(plain).then(pl.lit("English")).otherwise(_scripted(unique["text"])).alias("script")
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
    rows = rows.join(judged.select("text", "language"), on="text", how="left")
    counts = rows["language"].drop_nulls().value_counts(sort=True)
    if counts.is_empty() or counts["count"].sum() < _FEWEST:
        return rows, _UNDECIDED
    main, count = counts.row(0)
    return rows, main if count >= _MOST * int(counts["count"].sum()) else None


def _scripted(texts: pl.Series) -> pl.Series:
    """The script of most letters, null for Latin."""
    head = texts.str.slice(0, _LOOKED_AT)
    frame = pl.DataFrame({"text": head, "odd": head.str.contains(r"[^\x00-\x{24f}]")})
    if not frame["odd"].any():
        return pl.repeat(None, len(texts), dtype=pl.String, eager=True)
    letters = pl.col("text").str.count_matches(r"\p{L}")
    found = pl.lit(None, pl.String)
    for name, script in _SCRIPTS.items():
        count = pl.col("text").str.count_matches(script)
        enough = pl.col("odd") & (count >= 4) & (count > _SCRIPTED * letters)
        found = pl.when(enough).then(pl.lit(name)).otherwise(found)
    return frame.select(found.alias("script"))["script"]


@cache
def _index() -> tuple[tuple[str, ...], dict[str, tuple[int, ...]]]:
    """Names of languages, and each word's languages."""
    rows = table("function_words")
    names = tuple(rows["language"].to_list())
    index: dict[str, tuple[int, ...]] = {}
    for at, words in enumerate(rows["words"].to_list()):
        for word in set(words.split()):
            index[word] = (*index.get(word, ()), at)
    return names, index


def _counts(text: str) -> tuple[list[int], int]:
    """Different small words of each language, and different words in all."""
    names, index = _index()
    counts = [0] * len(names)
    words = set(_WORD.findall(text[:_LOOKED_AT].lower().replace("’", "'")))
    for word in words & index.keys():
        for at in index[word]:
            counts[at] += 1
    return counts, len(words)


def language_of(text: str) -> str | None:
    """The language of a text in Latin letters; None: undecided."""
    counts, words = _counts(text)
    best = max(counts)
    if best < _LEAST or best < 0.12 * words:
        return None
    first, second = counts.index(best), sorted(counts)[-2]
    names, _ = _index()
    if best < second + 2 and names[first] != "English":
        return None
    if first != 0 and best < _TIMES * counts[0] + 1:
        return "English" if counts[0] > second else None
    return names[first] if best > second or first == 0 else None


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
    )


def _switched(material: Material) -> Iterator[Found]:
    """English targets of which a whole sentence is in another language that the input does not have."""
    targets = read(material, "target")
    seen = targets.filter(pl.col("text").str.contains(_FOREIGN))
    inputs = material.frame.select("id", pl.col("input").alias("asked"))
    ids, starts, ends, shown = [], [], [], []
    for name, text, asked in seen.join(inputs, on="id", how="left").iter_rows():
        if language_of(text) != "English":
            continue
        at = 0
        for sentence in _SENTENCE.split(text):
            start = text.index(sentence, at)
            at = start + len(sentence)
            other = language_of(sentence)
            counts, words = _counts(sentence)
            whole = other not in (None, "English") and counts[0] <= 1 and words >= 5
            if whole and sentence not in (asked or ""):
                ids.append(name)
                starts.append(start)
                ends.append(at)
                shown.append(sentence)
    if ids and len(set(ids)) <= 0.3 * len(targets):
        hits = pl.DataFrame({"id": ids, "start": starts, "end": ends, "evidence": shown})
        number = hits["id"].n_unique()
        yield found(
            "languages",
            "switched_language",
            "note",
            f"{count_of(number, 'target')} of {len(targets):,} "
            f"{'changes' if number == 1 else 'change'} language for a sentence",
            hits.with_columns(pl.lit("target").alias("field"), pl.lit(0.6).alias("score")),
            costs="the model learns to change language in the middle",
            repair=Repair(
                apply="decide", sentence="translate the sentence, or keep it if it is meant"
            ),
            seconds_each=8,
        )


AUDIT = Audit("texts in another language", WORDED, "rows", _run)
