"""Small audits that stand in for the real ones: what surfaces do must not hang on what is detected."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from etude.audit import Audit, Found, Material
from etude.audit._base import EVERY, found
from etude.records.dataset import Repair
from etude.workflow import audit as running

RAN: list[str] = []
"""What has really run, not what was found in the store."""

TASK = """\
task: tried
kind: classify
data: {examples: rows.csv, input: text, target: label, rights: ours%s}
"""


def _where(material: Material, field: str, piece: str) -> pl.DataFrame:
    hits = []
    for row in material.frame.iter_rows(named=True):
        at = row[field].find(piece)
        if at >= 0:
            hits.append((row["id"], field, at, at + len(piece), row[field][at : at + len(piece)]))
    names = ["id", "field", "start", "end", "evidence"]
    return pl.DataFrame(hits, schema=names, orient="row")


def _typos(material: Material) -> Iterator[Found]:
    RAN.append("typos")
    hits = _where(material, "input", "teh").with_columns(proposal=pl.lit("the"), score=pl.lit(0.9))
    if len(hits):
        yield found(
            "typos",
            "typos",
            "warning",
            f"{len(hits)} inputs have a typo",
            hits,
            costs="the model learns it",
            repair=Repair(apply="replace", sentence="put it right"),
            seconds_each=5,
        )


def _spaces(material: Material) -> Iterator[Found]:
    RAN.append("spaces")
    hits = _where(material, "input", "  ").with_columns(proposal=pl.lit(" "))
    if len(hits):
        yield found(
            "spaces",
            "spaces",
            "note",
            f"{len(hits)} inputs have two spaces",
            hits,
            costs="the model learns it",
            repair=Repair(apply="replace", sentence="take one out"),
            seconds_each=1,
        )


def _junk(material: Material) -> Iterator[Found]:
    RAN.append("junk")
    hits = _where(material, "input", "junk").with_columns(
        start=pl.lit(None, pl.Int64), end=pl.lit(None, pl.Int64)
    )
    if len(hits):
        yield found(
            "junk",
            "junk",
            "error",
            f"{len(hits)} rows are junk",
            hits,
            costs="the model learns it",
            repair=Repair(apply="drop", sentence="leave them out"),
            seconds_each=2,
        )


def _labels(material: Material) -> Iterator[Found]:
    RAN.append("wrong_labels")
    hits = _where(material, "input", "parcel")
    wrong = material.frame.filter(pl.col("target") != "post")["id"]
    hits = hits.filter(pl.col("id").is_in(wrong.implode())).with_columns(
        field=pl.lit("target"),
        start=pl.lit(None, pl.Int64),
        end=pl.lit(None, pl.Int64),
        proposal=pl.lit("post"),
    )
    if len(hits):
        yield found(
            "wrong_labels",
            "wrong_labels",
            "warning",
            f"{len(hits)} labels look wrong",
            hits,
            costs="the model learns it",
            repair=Repair(apply="relabel", sentence="take the label that fits"),
            seconds_each=15,
        )


def _meanings(material: Material) -> Iterator[Found]:
    RAN.append("meanings")
    assert material.embed is not None
    yield from ()


AUDITS: dict[str, Audit] = {
    "typos": Audit("typos", EVERY, "rows", _typos),
    "spaces": Audit("two spaces", EVERY, "rows", _spaces),
    "junk": Audit("junk", EVERY, "rows", _junk),
    "wrong_labels": Audit("wrong labels", EVERY, "rows", _labels),
    "meanings": Audit("meanings", EVERY, "encoder", _meanings),
    "pictures": Audit("pictures", frozenset({"image"}), "rows", _meanings),
}


class FakeRegistry:
    """In place of the registry of audits."""

    def names(self) -> list[str]:
        return sorted(AUDITS)

    def load(self, name: str) -> Audit:
        return AUDITS[name]


@pytest.fixture
def audits(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The made-up audits, and the list of those that run."""
    monkeypatch.setattr(running, "registry", FakeRegistry())
    RAN.clear()
    return RAN


WORDS = ["card", "door", "lamp", "vase", "fern", "moss", "kiln", "rope", "sail", "loaf"]


def rows(count: int = 60) -> list[tuple[str, str, str]]:
    """Good rows: id, text, label."""
    return [
        (
            f"r{n:03d}",
            f"{WORDS[n % 10]} of {WORDS[(n // 10 + n) % 10]} number {n} please",
            "post" if n % 3 else "shop",
        )
        for n in range(count)
    ]


BAD = [
    ("b1", "where is teh lamp for teh hall", "shop"),
    ("b2", "my teh  kettle", "shop"),
    ("b3", "junk one", "shop"),
    ("b4", "junk two and others", "post"),
    ("b5", "the parcel never came to me", "shop"),
]


def project(folder: Path, *more: tuple[str, str, str], ids: bool = True, count: int = 60) -> Path:
    """A project with good rows, the bad ones, and ``more``."""
    folder.mkdir(parents=True, exist_ok=True)
    write(folder, [*rows(count), *BAD, *more])
    text = TASK % (", id: key" if ids else "")
    (folder / "etude.yaml").write_text(text, encoding="utf-8")
    return folder


def write(folder: Path, all_rows: list[tuple[str, str, str]]) -> None:
    """The source file."""
    frame = pl.DataFrame(all_rows, schema=["key", "text", "label"], orient="row")
    frame.write_csv(folder / "rows.csv")
