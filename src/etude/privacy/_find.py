"""Finding: recognisers over one text, or over a column of texts with sieves in between.

Places that overlap are settled, the longest first, then the surest; what is left over is read again
without them, until nothing is found, so that a redacted text holds nothing that would be found.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from etude.privacy._base import Recogniser, Span
from etude.privacy._view import HIDDEN, View, view_of
from etude.privacy.recognisers import registry

_COLUMNS = {
    "at": pl.Int64,
    "start": pl.Int64,
    "end": pl.Int64,
    "sort": pl.String,
    "title": pl.String,
    "certainty": pl.Float64,
}


@cache
def all_recognisers() -> tuple[Recogniser, ...]:
    """Every recogniser that is installed, by name."""
    return tuple(registry.load(name) for name in registry.names())


def secrets() -> tuple[Recogniser, ...]:
    """The recognisers of keys, tokens and passwords."""
    return tuple(one for one in all_recognisers() if one.sort.secret)


def matches(text: str, chosen: Sequence[Recogniser] | None = None) -> tuple[Span, ...]:
    """What is found in a text, from first to last; no two overlap.

    Args:
        text: any text, JSON among them.
        chosen: the recognisers; None: all that are installed.
    """
    view = view_of(text)
    tried = all_recognisers() if chosen is None else chosen
    passed: dict[str, bool] = {}  # many recognisers begin with the same sieve
    reading = [one for one in tried if all(_passes(s, view.text, passed) for s in one.sieves)]
    return _settled(view, reading) if reading else ()


def matches_of(texts: Sequence[str], chosen: Sequence[Recogniser] | None = None) -> pl.DataFrame:
    """What is found in many texts: a row a place, with ``at`` (the text's index), ``start``, ``end``
    (characters), ``sort`` (its tag), ``title`` and ``certainty``."""
    found = spans_by_text(texts, chosen)
    rows = [
        (at, span.start, span.end, span.sort.tag, span.title, span.certainty)
        for at, text in enumerate(texts)
        for span in found.get(text, ())
    ]
    return pl.DataFrame(rows, schema=_COLUMNS, orient="row")


def spans_by_text(
    texts: Iterable[str], chosen: Sequence[Recogniser] | None = None
) -> dict[str, tuple[Span, ...]]:
    """``matches`` of every different text that has any; each is read once."""
    unique = pl.Series("text", list(texts), dtype=pl.String).unique(maintain_order=True)
    tried = all_recognisers() if chosen is None else chosen
    sieved = tuple(dict.fromkeys(one.sieves for one in tried))
    of_sieves = {s: [one for one in tried if one.sieves == s] for s in sieved}
    passing_SN = _passing(_readable(unique), sieved)
    found: dict[str, tuple[Span, ...]] = {}
    places = np.flatnonzero(passing_SN.any(axis=0))
    together: dict[bytes, list[Recogniser]] = {}
    for passing_S, text in zip(passing_SN.T[places], unique.gather(places), strict=True):
        key = passing_S.tobytes()
        if key not in together:
            passed = itertools.compress(sieved, passing_S)
            together[key] = [one for sieves in passed for one in of_sieves[sieves]]
        spans = _settled(view_of(text), together[key])
        if spans:
            found[text] = spans
    return found


def _readable(texts: pl.Series) -> pl.Series:
    """The texts with the escapes of JSON texts read, so that sieves see what recognisers see."""
    escaped = texts.str.contains(r"^\s*[\[{]") & texts.str.contains("\\", literal=True)
    places = escaped.arg_true()
    if not len(places):
        return texts
    read = pl.Series([view_of(text).text for text in texts.gather(places)], dtype=pl.String)
    return texts.clone().scatter(places, read)  # scatter writes in place


def _passing(texts: pl.Series, sieved: Sequence[tuple[str, ...]]) -> NDArray[np.bool_]:
    """(sieves, texts) which texts pass which; a first sieve that several share is run once, and a
    second one only over what passed the first."""
    passing_SN = np.zeros((len(sieved), len(texts)), dtype=np.bool_)
    firsts: dict[str, NDArray[np.int64]] = {}
    for place, sieves in enumerate(sieved):
        kept = firsts.get(sieves[0]) if sieves else np.arange(len(texts))
        if kept is None:
            kept = texts.str.contains(sieves[0]).arg_true().to_numpy().astype(np.int64)
            firsts[sieves[0]] = kept
        for sieve in sieves[1:]:
            kept = kept[texts.gather(kept).str.contains(sieve).to_numpy()]
        passing_SN[place, kept] = True
    return passing_SN


def _settled(view: View, reading: Sequence[Recogniser]) -> tuple[Span, ...]:
    kept: list[Span] = []
    text = view.text
    while True:
        seen = View(text, view.literals, view.escapes, view._starts)
        found = _apart(_candidates(seen, reading))
        if not found:
            return tuple(sorted(kept, key=lambda span: span.start))
        kept += found
        for span in found:
            text = text[: span.start] + HIDDEN * (span.end - span.start) + text[span.end :]


def _candidates(view: View, reading: Sequence[Recogniser]) -> list[Span]:
    spans = []
    for one in reading:
        for start, end, certainty, title in one.find(view.text):
            place = view.within(start, end) if start < end else None
            if place:
                spans.append(Span(place[0], place[1], one.sort, title or one.title, certainty))
    return spans


def _apart(spans: list[Span]) -> list[Span]:
    """Those that overlap no longer (else no surer, else no earlier) one."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.start - s.end, -s.certainty, s.start, s.title)):
        if all(span.end <= other.start or other.end <= span.start for other in kept):
            kept.append(span)
    return kept


def _passes(sieve: str, text: str, passed: dict[str, bool]) -> bool:
    if sieve not in passed:
        passed[sieve] = _sieve(sieve).search(text) is not None
    return passed[sieve]


@cache
def _sieve(sieve: str) -> re.Pattern[str]:
    return re.compile(sieve)
