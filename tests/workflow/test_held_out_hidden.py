"""What is kept aside is shown to nobody unasked: not beside another row, not quoted in what was found
of it, not in the exported rows; and whoever asks for it stands in the ledger."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from rich.console import Console

import etude
from etude.audit import Audit, Found, Material
from etude.audit._base import EVERY, found
from etude.cli._drawing import Paper
from etude.cli._walk import Hands, Walk
from etude.errors import UsageError
from etude.project import CheckOptions
from etude.records.dataset import Repair
from etude.workflow._held import ASIDE, veiled

from . import _audits
from ._audits import audits as audits
from ._audits import rows

SECRET = "quartz heron"
HELD = ("h1", f"the {SECRET} of the marsh", "post")


def _alike(material: Material) -> Iterator[Found]:
    """A row to learn from that quotes a held-out one, and the held-out one with a proposal."""
    hits = pl.DataFrame(
        {
            "id": ["b1", "h1"],
            "field": ["input", "input"],
            "evidence": [f"means the same as h1: the {SECRET}", f"says {SECRET}"],
            "other": ["h1", None],
            "proposal": [None, f"a {SECRET}"],
        },
        schema_overrides={"other": pl.String, "proposal": pl.String},
    )
    yield found(
        "alike",
        "alike",
        "warning",
        "1 row means the same as one kept aside",
        hits,
        costs="it is no test of it",
        repair=Repair(apply="decide", sentence="look at both"),
        seconds_each=5,
    )


@pytest.fixture
def folder(tmp_path: Path, audits: list[str], monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("etude.workflow._material.Reach.encoder", None)
    monkeypatch.setattr(_audits, "AUDITS", {"alike": Audit("alike", EVERY, "rows", _alike)})
    made = _audits.project(tmp_path / "p")
    held = pl.DataFrame([HELD, *rows(60)[:20]], ["key", "text", "label"], orient="row")
    held.write_csv(made / "held.csv")
    _audits.write(made, [*rows(60)[20:], *_audits.BAD])
    path = made / "etude.yaml"
    path.write_text(path.read_text().replace("rows.csv", "rows.csv, holdout: held.csv"))
    return made


def looks(folder: Path, holdout: str | None) -> list[str]:
    assert holdout is not None
    store = etude.open(folder).to_review().session.store
    return [look.reason for look in store.looks(holdout)]


def drawn(folder: Path, *, show_holdout: bool) -> str:
    out = io.StringIO()
    paper = Paper(Console(file=out, width=100, highlight=False, markup=False, emoji=False))
    review = etude.open(folder).to_review("alike", show_holdout=show_holdout)
    hands = Hands(key=lambda: "q", line=lambda _: "", editor=lambda _: None)
    Walk(paper, review, hands).go()
    return out.getvalue() + str(review.to_json())


def test_a_walk_shows_nothing_of_a_row_beside_that_is_kept_aside(folder: Path) -> None:
    holdout = etude.open(folder).check(CheckOptions(quick=True)).version.holdout_id
    closed = drawn(folder, show_holdout=False)
    assert f"beside it h1: {ASIDE}" in closed
    assert f"found: {ASIDE}" in closed
    assert SECRET not in closed
    assert looks(folder, holdout) == []
    assert SECRET in drawn(folder, show_holdout=True)
    assert looks(folder, holdout) == ["rows shown to a person"]


def test_page_and_exported_rows_quote_nothing_of_it(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "found.csv"
    result = etude.open(folder).check(CheckOptions(quick=True, rows=target))
    assert result.page is not None
    assert SECRET not in result.page.read_text()
    assert "means the same" in result.page.read_text()
    assert SECRET not in target.read_text()
    assert [one["id"] for one in pl.read_csv(target).to_dicts() if one["evidence"] == ASIDE] == [
        "b1",
        "h1",
    ]
    assert looks(folder, result.version.holdout_id) == []
    etude.open(folder).check(CheckOptions(quick=True, rows=target, show_holdout=True))
    assert SECRET in target.read_text()
    assert looks(folder, result.version.holdout_id) == ["rows shown to a person"]
    with pytest.raises(UsageError, match="none is named"):
        CheckOptions(show_holdout=True)


def test_nothing_is_veiled_where_nothing_is_kept_aside() -> None:
    hits = pl.DataFrame(
        {"id": ["a", "h"], "other": ["h", None], "evidence": [None, "e"], "proposal": ["p", "q"]}
    )
    assert veiled(hits, ()).equals(hits)
    assert veiled(hits, {"h"}).select("evidence", "proposal").rows() == [(None, "p"), (ASIDE, None)]
