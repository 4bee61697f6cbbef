"""Lists: whether there are any, their bullets or numbers, and how their items end."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from etude.audit._style._trait import Style, Trait, choice, presence

_ITEM = r"(?m)^[ \t]*(?:[-*•–·+]|\d{1,2}[.)])[ \t]+\S"
_COSTS = "the model learns to write lists in several ways"
_STYLES = {
    "hyphen": Style(r"(?m)^[ \t]*-[ \t]+", "begin list items with “-”"),
    "star": Style(r"(?m)^[ \t]*\*[ \t]+", "begin list items with “*”"),
    "dot": Style(r"(?m)^[ \t]*[•·][ \t]*", "begin list items with “•”"),
    "dash": Style(r"(?m)^[ \t]*–[ \t]+", "begin list items with “–”"),
    "plus": Style(r"(?m)^[ \t]*\+[ \t]+", "begin list items with “+”"),
    "number": Style(r"(?m)^[ \t]*\d{1,2}\.[ \t]+", "number list items as “1.”"),
    "bracket": Style(r"(?m)^[ \t]*\(?\d{1,2}\)[ \t]+", "number list items as “1)”"),
}
_ENDS = {
    "stop": Style(_ITEM + r"[^\n]*[.!?][ \t]*$", "end list items with a mark"),
    "bare": Style(_ITEM + r"[^\n]*[\p{L}\p{N})][ \t]*$", "end list items without a mark"),
}
_BULLETS = {"hyphen": "- ", "star": "* ", "dot": "• ", "dash": "– ", "plus": "+ "}


def traits(texts: pl.Series) -> Iterator[Trait]:
    """Lists of one item count as lists too."""
    yield presence(
        "list",
        _ITEM,
        "have a list",
        "have no list",
        "the model learns to give a list or none at random",
        least=0.93,
        severity="note",
        lacking="note",
        conditional=True,
    )
    yield choice(
        "list_marks",
        _STYLES,
        " that have a list",
        _COSTS,
        propose=_bullet,
        repair="begin list items as the others do",
    )
    yield choice(
        "list_ends",
        _ENDS,
        " that have a list",
        _COSTS,
        severity="note",
        least=0.9,
        rules=frozenset({"stop", "bare"}),
    )


PROPERTY = traits


def _bullet(place: str, rule: str) -> str | None:
    """The same bullet with its indent; numbers are not made up or taken away."""
    bullet = place.strip()
    if rule not in _BULLETS or bullet[:1].isdigit() or bullet[:1] == "(":
        return None
    return place[: len(place) - len(place.lstrip())] + _BULLETS[rule]
