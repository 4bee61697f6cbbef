"""Damaged characters: what reading, copying and exporting did to the letters.

Garbled and lost letters are ``_letters``'s to judge; the rest are signs of their own (``_damage``):
characters that cannot be seen, that are written out as codes. It knows letters, and nothing of what a
text says.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache, partial

import polars as pl

from etude.audit._base import Audit, Found, Material, found
from etude.audit._damage import MIXED_FORMS, SIGNS, Sign
from etude.audit._letters import lost
from etude.audit._textual import (
    WORDED,
    agreeing,
    exact,
    fields,
    of_rows,
    places,
    read,
    share,
    together,
)
from etude.audit._vocabulary import small_words

_PARTS_OF_GARBLED = ("control_characters", "invisible_characters", "turned_direction")
_ENOUGH_WORDS = 200
_USUAL = 0.5
"""Share of a field's texts from which a sign is the way they are written, not damage."""


def _run(material: Material) -> Iterator[Found]:
    texts = {field: read(material, field) for field in fields(material.task)}
    misread: pl.Series = pl.Series([], dtype=pl.String)
    for sign in SIGNS:
        if sign.code == "lost_letters":
            sign = replace(sign, finder=lost(cache(partial(_known, material))))
        parts = [_hits(material, sign, field, rows) for field, rows in texts.items()]
        hits = together(parts)
        if sign.code == "garbled":
            misread = hits["id"].unique()
        elif sign.code in _PARTS_OF_GARBLED:
            hits = hits.filter(~pl.col("id").is_in(misread.implode()))
        yield from _said(material, sign, hits)
    yield from _forms(material, texts)


def _known(material: Material) -> frozenset[str]:
    """The words that the set knows; none where they are too few to say what is no word."""
    words = small_words(material.frame)
    return words if len(words) >= _ENOUGH_WORDS else frozenset()


def _hits(material: Material, sign: Sign, field: str, rows: pl.DataFrame) -> pl.DataFrame:
    if field == "target" and material.task.kind == "extract" and not sign.json:
        return together([])
    seen = rows.filter(pl.col("text").str.contains(sign.sieve))
    if sign.except_in is not None and len(seen):
        seen = seen.filter(~pl.col("text").str.contains(sign.except_in))
    hits = places(seen, field, sign.finder, offsets=exact(material, field))
    if field == "target" and material.task.kind == "extract":
        hits = hits.with_columns(_inside_json())
    usual = sign.usual and hits["id"].n_unique() > _USUAL * len(rows)
    return together([]) if usual else hits


def _inside_json() -> pl.Expr:
    """A proposal for a part of JSON text keeps it JSON."""
    part = pl.col("start").is_not_null() & pl.col("proposal").str.contains(r'["\\\n\t\r]')
    escaped = pl.col("proposal").map_elements(
        lambda text: json.dumps(text, ensure_ascii=False)[1:-1], return_dtype=pl.String
    )
    return pl.when(part).then(escaped).otherwise("proposal").alias("proposal")


def _said(material: Material, sign: Sign, hits: pl.DataFrame) -> Iterator[Found]:
    if not len(hits):
        return
    where = " and ".join(f"{name}s" for name in ("input", "target") if name in hits["field"])
    yield found(
        "encoding",
        sign.code,
        sign.severity,
        f"{of_rows(hits, len(material.frame), 'examples')} "
        f"({share(hits['id'].n_unique(), len(material.frame))}) "
        f"{agreeing(sign.says, hits['id'].n_unique())}; in {where}",
        hits,
        costs=sign.costs,
        repair=sign.repair,
        seconds_each=5,
    )


def _forms(material: Material, texts: dict[str, pl.DataFrame]) -> Iterator[Found]:
    """The same letter as one character here, as a letter and an accent there."""
    parts = []
    for field, rows in texts.items():
        other = rows.filter(pl.col("text").str.normalize("NFC") != pl.col("text"))
        if len(other):
            parts.append(places(other, field, MIXED_FORMS.finder, offsets=exact(material, field)))
    yield from _said(material, MIXED_FORMS, together(parts))


AUDIT = Audit("damaged characters", WORDED, "rows", _run)
