"""Marks that look alike: straight and curly quotes, apostrophes, dashes, dots, spaces at marks."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from etude.audit._style._trait import Style, Trait, choice

_COSTS = "the model learns to mix two ways of typing the same"
_QUOTES = {
    "straight": Style(r'"', 'use straight quotation marks (")'),
    "curly": Style(r"[“”„]", "use curly quotation marks (“ ”)"),
    "angled": Style(r"[«»]", "use angled quotation marks (« »)"),
}
_APOSTROPHES = {
    "straight": Style(r"\p{L}'\p{L}", "use straight apostrophes (')"),
    "curly": Style(r"\p{L}’\p{L}", "use curly apostrophes (’)"),
    "accent": Style(r"\p{L}[`´]\p{L}", "type an accent for an apostrophe (` or ´)"),
}
_DASHES = {
    "em": Style(r"[^\s—-]—[^\s—-]", "write dashes as “word—word”"),
    "em_spaced": Style(r"\S —[ \n]", "write dashes as “word — word”"),
    "en_spaced": Style(r"\S –[ \n]", "write dashes as “word – word”"),
    "hyphen": Style(r"\p{L} - \p{L}", "write dashes as “word - word”"),
    "double": Style(r"\p{L} ?--+ ?\p{L}", "write dashes as “word -- word”"),
}
_DOTS = {
    "three": Style(r"\.\.\.", "write three dots (...)"),
    "one": Style("…", "write the one character (…)"),
}
_SPACED = {
    "tight": Style(r"[\p{L}\p{N}][,;!?](?:\s|$)", "put no space before a mark"),
    "spaced": Style(r"[\p{L}\p{N}] [,;!?.](?:\s|$)", "put a space before a mark"),
}
_OXFORD = {
    "with": Style(r"\b\w+, (?:\w+ ){0,2}\w+, (?:and|or) \w+", "put a comma before the last “and”"),
    "without": Style(
        r"\b\w+, (?:\w+ )?\w+ (?:and|or) \w+(?: \w+)?[.;!\n]", "put no comma before the last “and”"
    ),
}


def traits(texts: pl.Series) -> Iterator[Trait]:
    """Each is judged in the texts that have the mark at all."""
    yield choice(
        "quotes",
        _QUOTES,
        " that quote",
        _COSTS,
        propose=_quote,
        severity="note",
        repair="type the quotation marks as the others do",
        least=0.7,
        sure=0.6,
        copied=True,
    )
    yield choice(
        "apostrophes",
        _APOSTROPHES,
        " with an apostrophe",
        _COSTS,
        propose=_apostrophe,
        severity="note",
        repair="type the apostrophes as the others do",
        least=0.7,
        sure=0.6,
        copied=True,
    )
    yield choice("dashes", _DASHES, " with a dash", _COSTS, severity="note", copied=True)
    yield choice(
        "dots",
        _DOTS,
        " with dots",
        _COSTS,
        propose=lambda place, rule: "…" if rule == "one" else "...",
        severity="note",
        repair="type the dots as the others do",
    )
    yield choice(
        "space_before_mark",
        _SPACED,
        " with such marks",
        _COSTS,
        propose=_space,
        severity="note",
        least=0.9,
        repair="take the space away",
    )
    yield choice(
        "last_comma", _OXFORD, " that list things", _COSTS, severity="note", least=0.92, copied=True
    )


PROPERTY = traits


def _quote(place: str, rule: str) -> str | None:
    """Straight quotes for any others; which curly one is meant is not guessed."""
    return '"' if rule == "straight" and place in "“”„" else None


def _apostrophe(place: str, rule: str) -> str:
    return place[0] + ("'" if rule == "straight" else "’") + place[2]


def _space(place: str, rule: str) -> str | None:
    return place[0] + place[2:] if rule == "tight" else None
