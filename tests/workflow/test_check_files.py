"""What ``check`` leaves in files of a person's choice: the exported rows and the baseline. Neither is
ever written over another file unasked, and a baseline is held against what it could know alone."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

import etude
from etude.errors import UsageError
from etude.project import CheckOptions
from etude.workflow import baseline, found_rows

from . import _audits
from ._audits import AUDITS, BAD, RAN, project, rows, write
from ._audits import audits as audits


@pytest.fixture(autouse=True)
def _no_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etude.workflow._material.Reach.encoder", None)


def known(folder: Path, path: Path, *, write_it: bool = False) -> baseline.Compared:
    options = CheckOptions(quick=True, baseline=path, write_baseline=write_it)
    compared = etude.open(folder).check(options).compared
    assert compared is not None
    return compared


def test_what_was_not_looked_for_is_neither_new_nor_gone(
    tmp_path: Path, audits: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, path = project(tmp_path / "p"), tmp_path / "known.json"
    known(folder, path, write_it=True)
    monkeypatch.setattr(_audits, "AUDITS", {"junk": AUDITS["junk"]})
    fewer = known(folder, path)
    assert (fewer.count, fewer.gone, fewer.unknown) == (0, 0, ())
    # The other way round: what the file could not know of is no new fault, and is named.
    known(folder, path, write_it=True)
    monkeypatch.setattr(_audits, "AUDITS", AUDITS)
    more = known(folder, path)
    assert (more.count, more.gone) == (0, 0)
    assert set(more.unknown) == {"typos", "wrong_labels"}
    write(folder, [*rows(60), *BAD, ("n1", "new junk", "shop")])
    assert [(one.code, one.count) for one in known(folder, path).new] == [("junk", 1)]
    # A file from before it told which audits had run is held against all of them.
    document = json.loads(path.read_text())
    del document["audits"]
    for one in document["findings"].values():
        one.pop("audit", None)
    path.write_text(json.dumps(document))
    assert {one.code for one in known(folder, path).new} == {"junk", "typos", "wrong_labels"}


def test_more_examples_make_no_more_of_what_is_about_the_whole_set(
    tmp_path: Path, audits: list[str]
) -> None:
    folder, path = project(tmp_path / "p", count=10), tmp_path / "known.json"
    known(folder, path, write_it=True)
    document = json.loads(path.read_text())
    assert document["findings"]["few_examples"]["count"] == 1
    # As it was written when the count was that of the examples.
    document["findings"]["few_examples"]["count"] = 15
    path.write_text(json.dumps(document))
    write(folder, [*rows(20), *BAD])
    grown = known(folder, path)
    assert "few_examples" not in {one.code for one in grown.new}
    assert grown.gone == 0


def test_no_file_of_a_persons_is_written_over(tmp_path: Path, audits: list[str]) -> None:
    folder = project(tmp_path / "p")
    source, notes = folder / "rows.csv", tmp_path / "notes.csv"
    notes.write_text("a,b\n1,2\n")
    for path in (source, folder / "etude.yaml"):
        before = path.read_bytes()
        for force in (False, True):
            wrong = CheckOptions(quick=True, baseline=path, write_baseline=True, replace=force)
            with pytest.raises(UsageError, match="never changed"):
                etude.open(folder).check(wrong)
        assert path.read_bytes() == before
    with pytest.raises(UsageError, match="never changed"):
        etude.open(folder).check(CheckOptions(quick=True, rows=source, replace=True))
    with pytest.raises(UsageError, match="there already") as other:
        etude.open(folder).check(CheckOptions(quick=True, rows=notes))
    assert "--force" in str(other.value.hint)
    assert notes.read_text() == "a,b\n1,2\n"
    assert "junk" not in RAN  # before minutes go by
    etude.open(folder).check(CheckOptions(quick=True, rows=notes, replace=True))
    # What the same option wrote is written anew.
    etude.open(folder).check(CheckOptions(quick=True, rows=notes))
    assert "typos" in notes.read_text()


def test_findings_without_rows_and_all_ids_are_exported(tmp_path: Path, audits: list[str]) -> None:
    copies = [(f"c{n:02}", "the same text again and again", "shop") for n in range(25)]
    folder = project(tmp_path / "p", *copies, count=10)
    result = etude.open(folder).check(CheckOptions(quick=True, rows=tmp_path / "found.parquet"))
    found = pl.read_parquet(tmp_path / "found.parquet")
    (few,) = found.filter(pl.col("finding") == "few_examples").to_dicts()
    assert (few["id"], few["file"], few["field"]) == (None, None, "")
    assert few["sentence"].startswith("40 examples are few")
    assert found.filter(pl.col("finding") == "duplicates")["id"].n_unique() == 25
    (item,) = [one for one in result.summary.items if one.code == "duplicates"]
    assert len(item.finding.rows) == 20
    junk = found.filter(pl.col("finding") == "junk").to_dicts()[0]
    assert junk["to_do"] == "leave them out"
    assert junk["minutes"] == 0.1
    assert found.columns[:12] == list(found_rows.COLUMNS[:12])
    assert set(found["finding"]) == {one.code for one in result.summary.items}


def test_a_boundary_that_is_an_order_is_warned_of(tmp_path: Path, audits: list[str]) -> None:
    folder = project(tmp_path / "p")
    before = etude.open(folder).check(CheckOptions(quick=True)).warnings
    with (folder / "etude.yaml").open("a", encoding="utf-8") as file:
        file.write("boundaries: {refuse: [Do not answer medical questions]}\n")
    *others, warning = etude.open(folder).check(CheckOptions(quick=True)).warnings
    assert tuple(others) == before
    assert warning.startswith(
        "boundaries.refuse: “Do not answer medical questions” reads as an order"
    )
    assert warning.endswith("write “medical questions”")
