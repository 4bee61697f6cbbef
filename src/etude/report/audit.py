"""``audit.html``: the rows that something was found in, with what is pointed at and what is proposed.

It holds data of people: personal data are masked by their form, and it is never for sending on. Rows
that are kept aside for the verdict are counted and not shown. It reads without scripts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from etude.data.conversations import flat, turns_of
from etude.records.audit import LearningCurve
from etude.records.dataset import Finding
from etude.records.task import Kind
from etude.report._changes import Part, changes, shortened
from etude.report._grade import MARKS, SYMBOLS, minutes, points
from etude.report._masking import mask
from etude.report._shown import shown
from etude.report._templates import render
from etude.report._words import metric_name
from etude.report.charts.learning import learning
from etude.store import atomic

ROWS = 50
"""Rows of a finding that the page shows."""
ROOM = 220
"""Characters beside what is marked."""
FIELDS = ("input", "context", "target")
HIDDEN = frozenset({"private", "secrets"})
"""Audits whose places are made unreadable wherever their rows stand on the page."""
DOT = "•"

Rows = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class PageFinding:
    """A finding for the page. ``hits``: its places, with the columns of an audit's; None: it names no
    rows. ``command``: what to type; ``points``: what mending it buys, where that was measured."""

    finding: Finding
    hits: pl.DataFrame | None = None
    kept: int = 0
    points: tuple[float, float, float] | None = None
    command: str | None = None


@dataclass(frozen=True)
class AuditPage:
    """What the page shows. ``word`` is the grade; ``rows`` are the canonical examples; ``curve``: what
    more of them would buy, None where that was not measured."""

    task: str
    kind: Kind
    created: str
    word: str
    reasons: Sequence[str]
    findings: Sequence[PageFinding]
    rows: pl.DataFrame
    not_run: Sequence[tuple[str, str]] = ()
    notes: Sequence[str] = ()
    curve: LearningCurve | None = None


@dataclass(frozen=True)
class TextView:
    """A field of a row in parts."""

    title: str
    parts: Sequence[Part]


@dataclass(frozen=True)
class RowView:
    """A row of a finding; texts are empty where it is kept aside."""

    id: str
    place: str
    evidence: Sequence[str]
    texts: Sequence[TextView]
    aside: bool = False


@dataclass(frozen=True)
class FindingView:
    """A finding, ready to be drawn."""

    code: str
    symbol: str
    word: str
    kind: str
    sentence: str
    kept: int
    costs: str | None
    to_do: str | None
    effort: str
    command: str | None
    count: int
    rows: Sequence[RowView]
    more: int


def write_audit(page: AuditPage, path: Path) -> None:
    """Write the page to ``path``, whole or not at all.

    Raises:
        StoreError: the disk is full or refuses; what stood at ``path`` is untouched.
    """
    atomic.write_text(path, html(page))


def html(page: AuditPage) -> str:
    """The page as text."""
    names = {name for one in page.findings for name in _shown_ids(one)}
    curve = page.curve
    wanted = page.rows.filter(pl.col("id").is_in(list(names)))
    by_id = _hidden({row["id"]: row for row in wanted.iter_rows(named=True)}, page.findings)
    return render(
        "audit.html.j2",
        task=page.task,
        created=page.created,
        count=page.rows.height,
        word=page.word,
        symbol=SYMBOLS.get(page.word, ""),
        kind={"needs work": "warn", "not ready": "bad"}.get(page.word, "good"),
        reasons=[mask(reason) for reason in page.reasons],
        findings=[_finding(one, by_id, page.kind) for one in page.findings],
        not_run=page.not_run,
        notes=page.notes,
        curve=curve,
        chart=learning(curve.points, metric_name(curve.metric)) if curve and curve.points else "",
        holdout=False,
    )


def _hidden(rows: dict[str, dict[str, Any]], findings: Sequence[PageFinding]) -> Rows:
    """The rows with what is private in dots, a dot a character, so that places stay where they are."""
    for one in findings:
        if one.hits is None or one.finding.audit not in HIDDEN:
            continue
        own = one.hits.filter(pl.col("id").is_in(list(rows)), pl.col("start").is_not_null())
        for name, field, start, end in own.select("id", "field", "start", "end").iter_rows():
            text = rows[name].get(field)
            if text:
                rows[name][field] = text[:start] + DOT * (end - start) + text[end:]
    return rows


def _shown_ids(one: PageFinding) -> list[str]:
    if one.hits is None:
        return list(one.finding.rows)
    ids: list[str] = one.hits["id"].unique(maintain_order=True).head(ROWS).to_list()
    return ids + one.hits["other"].drop_nulls().unique(maintain_order=True).head(ROWS).to_list()


def _finding(one: PageFinding, by_id: Rows, kind: Kind) -> FindingView:
    finding = one.finding
    symbol, word, _ = MARKS[finding.severity]
    rows = _rows(one, by_id, kind)
    parts = []
    if finding.minutes is not None:
        parts.append(f"about {minutes(finding.minutes)} of a person's time")
    if one.points is not None:
        parts.append(points(one.points))
    return FindingView(
        code=finding.code,
        symbol=symbol,
        word=word,
        kind={"error": "bad", "warning": "warn"}.get(finding.severity, ""),
        sentence=mask(finding.sentence),
        kept=one.kept,
        costs=finding.costs,
        to_do=finding.repair.sentence if finding.repair is not None else finding.hint,
        effort="; ".join(parts),
        command=one.command,
        count=finding.count,
        rows=rows,
        more=max(0, finding.count - len(rows)) if rows else 0,
    )


def _rows(one: PageFinding, by_id: Rows, kind: Kind) -> list[RowView]:
    if one.hits is None:
        found = [by_id[name] for name in one.finding.rows if name in by_id]
        return [_row(row, [], by_id, kind, one.finding) for row in found]
    grouped = one.hits.group_by("id", maintain_order=True).agg(pl.all()).head(ROWS)
    made = []
    for group in grouped.iter_rows(named=True):
        row = by_id.get(group["id"])
        if row is None:
            continue
        names = [name for name in group if name != "id"]
        places = [
            dict(zip(names, cells, strict=True))
            for cells in zip(*(group[name] for name in names), strict=True)
        ]
        made.append(_row(row, places, by_id, kind, one.finding))
    return made


def _row(
    row: Mapping[str, Any],
    places: Sequence[Mapping[str, Any]],
    by_id: Rows,
    kind: Kind,
    finding: Finding,
) -> RowView:
    place = f"{row['source']}, line {row['line']:,}"
    if row["side"] == "holdout":
        return RowView(shown(row["id"], 200), place, [], [], aside=True)
    evidence = dict.fromkeys(shown(p["evidence"], 300) for p in places if p["evidence"])
    replaces = finding.repair is not None and finding.repair.apply in ("replace", "relabel")
    texts = [_text(row, name, places, kind, replaces) for name in FIELDS if row[name]]
    if kind not in ("classify", "image") and row["context"]:
        texts = [text for text in texts if text.title != _TITLES["context"]]  # it is in the input
    others = dict.fromkeys(p["other"] for p in places if p["other"] in by_id)
    for other in list(others)[:1]:
        texts.append(_beside(by_id[other], kind))
    return RowView(shown(row["id"], 200), place, list(evidence), texts)


_TITLES = {"input": "what is read", "context": "what may be used", "target": "the answer"}


def _text(
    row: Mapping[str, Any],
    name: str,
    places: Sequence[Mapping[str, Any]],
    kind: Kind,
    replaces: bool,
) -> TextView:
    own = [place for place in places if place["field"] == name]
    text = row[name]
    if replaces:
        whole = [p["proposal"] for p in own if p["start"] is None and p["proposal"] is not None]
        if whole:
            parts = changes(mask(_flat(text, name, kind)), mask(_flat(whole[0], name, kind)))
            return TextView(_TITLES[name], shortened(parts, ROOM))
    return TextView(_TITLES[name], _marked(text, _flat(text, name, kind), own, replaces))


def _marked(
    text: str, flat_text: str, places: Sequence[Mapping[str, Any]], replaces: bool
) -> list[Part]:
    """The text with what is pointed at. Where masking or laying out has moved it, it is found again
    by what it is, and left unmarked where it is not there: nothing is shown that was masked."""
    masked = mask(flat_text)
    parts: list[Part] = []
    at = 0
    spans = sorted(
        {
            (p["start"], p["end"], p["proposal"] if replaces else None)
            for p in places
            if p["start"] is not None and p["end"] is not None
        },
        key=lambda span: span[:2],
    )
    for start, end, proposal in spans:
        piece = text[start:end]
        if masked != text:
            start = masked.find(piece, at)
            end = start + len(piece)
        if start < at:
            continue
        parts += [Part("same", masked[at:start])]
        parts += [Part("mark" if proposal is None else "del", masked[start:end])]
        parts += [Part("ins", mask(proposal))] if proposal else []
        at = end
    parts.append(Part("same", masked[at:]))
    return shortened([part for part in parts if part.text], ROOM)


def _flat(text: str, name: str, kind: Kind) -> str:
    return flat(turns_of(text)) if kind == "chat" and name == "input" else text


def _beside(other: Mapping[str, Any], kind: Kind) -> TextView:
    title = f"beside it: {other['id']}, line {other['line']:,}"
    if other["side"] == "holdout":
        return TextView(title, [Part("same", "kept aside for the verdict, so not shown")])
    said = f"{_flat(other['input'], 'input', kind)}\n→ {other['target']}"
    return TextView(title, shortened([Part("same", mask(said))], ROOM))
