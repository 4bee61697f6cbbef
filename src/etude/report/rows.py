"""``rows.html``: what each candidate got wrong, row by row. It holds data of people: never for
sending on.

Personal data are masked and texts cut before anything is written. The rows lie in the page as
JSON that can't end its script element, and the page's script only ever sets texts.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import polars as pl
from markupsafe import Markup

from etude.records.comparison import CandidateReport, Comparison
from etude.report._masking import mask
from etude.report._templates import clean, render
from etude.report.summary import in_order, titles
from etude.store import atomic

LONGEST = 4_000
"""Characters of one text that are shown."""
PAGE_CHARACTERS = 24_000_000
"""Characters of all inputs together: with very many rows each one is cut shorter."""
_MARGIN = 400
"""Read beyond the cut, so that no address or number is masked by half."""
_UNSAFE = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}
_COLUMNS = ("id", "input", "target", "side")


def write_rows(comparison: Comparison, rows: pl.DataFrame, path: Path) -> None:
    """Write the page of rows to ``path``, whole or not at all.

    Args:
        rows: columns ``id``, ``input``, ``target``, ``side`` ("dev", "out-of-fold" or "holdout")
            and for each scored candidate ``<name>|output``, ``<name>|confidence`` (0 to 1) and
            ``<name>|failure``. No output and no failure: that candidate was not asked.

    Raises:
        ValueError: a column is missing.
        StoreError: the disk is full or refuses; what stood at ``path`` is untouched.
    """
    scored = [c for c in in_order(comparison) if c.quality is not None]
    wanted = [
        *_COLUMNS,
        *(f"{c.name}|{part}" for c in scored for part in ("output", "confidence", "failure")),
    ]
    missing = [name for name in wanted if name not in rows.columns]
    if missing:
        raise ValueError(f"rows lack the columns {', '.join(missing)}")
    page = render(
        "rows.html.j2",
        "rows.js",
        task=comparison.task.task,
        count=rows.height,
        created=comparison.created,
        holdout="holdout" in rows["side"].to_list(),
        data=_safe_json(_data(comparison, scored, rows)),
    )
    atomic.write_text(path, page)


def _safe_json(data: dict[str, Any]) -> Markup:
    """JSON that is safe inside a script element: no ``<``, and ASCII only."""
    text = json.dumps(data, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    for letter, escape in _UNSAFE.items():
        text = text.replace(letter, escape)
    return Markup(text)  # noqa: S704 - no character of HTML is left in it


class _Texts:
    """Each distinct text once; the rows hold its place."""

    def __init__(self, length: int) -> None:
        self.known: list[str] = []
        self._places: dict[str, int] = {}
        self._length = length

    def place(self, value: object) -> int | None:
        if value is None:
            return None
        text = str(value)
        if text not in self._places:
            self._places[text] = len(self.known)
            self.known.append(shown(text, self._length))
        return self._places[text]


def shown(text: str, length: int = LONGEST) -> str:
    """The text as the page shows it: cut to ``length`` characters with a note, then masked."""
    kept = mask(text[: length + _MARGIN])
    if len(text) > length:
        kept = f"{kept[:length]}… [cut: {len(text):,} characters in all]"
    return clean(kept)


def _data(
    comparison: Comparison, scored: list[CandidateReport], rows: pl.DataFrame
) -> dict[str, Any]:
    length = max(200, min(LONGEST, PAGE_CHARACTERS // max(rows.height, 1)))
    texts, called = _Texts(length), titles(comparison)
    targets = rows["target"].to_list()
    names = [c.name for c in scored]
    recommended = comparison.verdict.recommended
    return {
        "candidates": [called[name] for name in names],
        "first": names.index(recommended) if recommended in names else 0,
        "ids": [shown(str(value), 200) for value in rows["id"].to_list()],
        "inputs": [texts.place(value) for value in rows["input"].to_list()],
        "targets": [texts.place(value) for value in targets],
        "sides": [texts.place(value) for value in rows["side"].to_list()],
        "answers": [_answers(rows, name, targets, texts) for name in names],
        "texts": texts.known,
    }


def _answers(
    rows: pl.DataFrame, name: str, targets: list[object], texts: _Texts
) -> dict[str, list[Any]]:
    outputs = rows[f"{name}|output"].to_list()
    failures = rows[f"{name}|failure"].to_list()
    return {
        "output": [texts.place(value) for value in outputs],
        "failure": [texts.place(value) for value in failures],
        "confidence": [
            None if value is None or not math.isfinite(value) else round(value, 3)
            for value in rows[f"{name}|confidence"].to_list()
        ],
        "right": [
            None if output is None and failure is None else int(output == target)
            for output, failure, target in zip(outputs, failures, targets, strict=True)
        ],
    }
