"""Length: what does not fit the model, what was cut off, what says nothing, what all repeat.

What is too long is ``_window``'s to say. It knows how texts begin, end and how long they are, and
nothing of what they mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import polars as pl

from etude.audit import _cuts, _loops, _passages
from etude.audit._base import A_CHANGE, WRITTEN, Audit, Found, Material, count_of, found
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
from etude.audit._window import too_long, words_in
from etude.records.dataset import Repair

_NOTHING = re.compile(
    r"\W*|nan|null|undefined|#n/?a|#ref!|#value!|\[object object\]|none|n/?a|not available|empty|"
    r"t\.?b\.?[acd]\.?|to be (?:confirmed|done|added|written)|(?:see|as|same as) above|ditto|"
    r"\[\]|\{\}|(?:this (?:text|field) )?(?:is )?intentionally left blank",
    re.IGNORECASE,
)
_NOTHING_SAID = re.compile(
    r"nan|null|undefined|#n/?a|#ref!|#value!|\[object object\]|\[\]|\{\}", re.IGNORECASE
)
"""In inputs of people "none" and "?" may be all that they wrote."""
_ONE_WORD_BESIDE = 8
"""Words of the middle text, from which one of a single word is odd."""
_ONE_WORD_MOST = {"target": 0.1, "input": 0.03}
"""Share of texts, at most, that are a single word: more, and that is how people write here."""


def _run(material: Material) -> Iterator[Found]:
    texts = {field: read(material, field) for field in fields(material.task)}
    yield from too_long(material, texts)
    yield from _empty(material, texts)
    for field, rows in texts.items():
        if field == "target" or material.task.kind in ("classify", "extract"):
            yield from _one_word(material, field, rows)
    yield from _looped(material, texts)
    judged = "target" if material.task.kind in WRITTEN else "input"
    yield from _cut_off(material, judged, texts[judged])
    for field, rows in texts.items():
        if not (field == "target" and material.task.kind == "extract"):
            yield from _capped(material, field, rows)
            yield from _boilerplate(material, field, rows)


def _empty(material: Material, texts: dict[str, pl.DataFrame]) -> Iterator[Found]:
    parts = []
    for field, rows in texts.items():
        if field == "target" and material.task.kind == "extract":
            continue
        own_words = field == "target" or material.task.kind in ("write", "rewrite")
        if material.task.kind in ("classify", "extract"):
            own_words = _middle(rows) >= _ONE_WORD_BESIDE
        pattern = _NOTHING if own_words else _NOTHING_SAID
        short = rows.filter(pl.col("text").str.len_chars() <= 40)
        finder = _matching(pattern)
        hits = places(short, field, finder, offsets=exact(material, field))
        symbols = pl.col("evidence").str.contains(r"[^\w\s\-–—….,;:_/*#?!]")
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


def _middle(rows: pl.DataFrame) -> float:
    """Words of the middle text."""
    return float(words_in(rows["text"]).median() or 0)  # type: ignore[arg-type]


def _one_word(material: Material, field: str, rows: pl.DataFrame) -> Iterator[Found]:
    if field == "target" and material.task.kind == "extract":
        return
    middle = _middle(rows)
    if middle < _ONE_WORD_BESIDE:
        return
    single = words_in(rows["text"]) == 1
    short = rows.filter(single & (pl.col("text").str.len_chars() <= 40))
    nothing = places(short, field, _matching(_NOTHING))["id"]
    odd = short.filter(~pl.col("id").is_in(nothing.implode()))
    if len(odd) and len(odd) <= _ONE_WORD_MOST[field] * len(rows):
        yield found(
            "length",
            "one_word" if field == "target" else "one_word_inputs",
            "warning" if field == "target" else "note",
            f"{count_of(len(odd), field)} of {len(rows):,} "
            f"{'is' if len(odd) == 1 else 'are'} a single word; the middle one has {middle:.0f}",
            odd.select(
                "id",
                pl.lit(field).alias("field"),
                pl.col("text").alias("evidence"),
                pl.lit(0.8).alias("score"),
            ),
            costs="the model learns that a word will do"
            if field == "target"
            else "what they are about stood somewhere else, so nothing can be learnt from them",
            repair=Repair(
                apply="decide",
                sentence="write the whole answer, or leave them out"
                if field == "target"
                else "give them with what was said before, or leave them out",
            ),
            seconds_each=20,
        )


def _looped(material: Material, texts: dict[str, pl.DataFrame]) -> Iterator[Found]:
    parts = [
        places(_loops.sieved(rows), field, _loops.loops, offsets=exact(material, field))
        for field, rows in texts.items()
        if not (field == "target" and material.task.kind == "extract")
    ]
    hits = together(parts)
    if len(hits):
        number = hits["id"].n_unique()
        where = " and ".join(f"{name}s" for name in ("input", "target") if name in hits["field"])
        yield found(
            "length",
            "looped",
            "warning" if "target" in hits["field"] else "note",
            f"{count_of(number, 'example')} of {len(material.frame):,} "
            f"{'says' if number == 1 else 'say'} the same words over and over; in {where}",
            hits,
            costs="the model learns to go round in circles",
            repair=Repair(apply="replace", sentence="leave the repeated words out"),
            seconds_each=8,
        )


def _cut_off(material: Material, field: str, rows: pl.DataFrame) -> Iterator[Found]:
    hits, proper = _cuts.cut_off(material, field, rows)
    if len(hits):
        yield found(
            "length",
            "cut_off" if field == "target" else "cut_off_inputs",
            "warning" if field == "target" else "note",
            f"{count_of(len(hits), field)} of {len(rows):,} "
            f"({share(len(hits), len(rows))}) {'stops' if len(hits) == 1 else 'stop'} short, in "
            "the middle of a word or without an end to the sentence; "
            f"{share(round(proper * len(rows)), len(rows))} end properly",
            hits,
            costs="the model learns to stop before it has finished"
            if field == "target"
            else "what is missing may be what the answer hangs on",
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
            minutes=A_CHANGE,
        )


AUDIT = Audit("length: too long, cut off, empty, repeated", WORDED, "rows", _run)
