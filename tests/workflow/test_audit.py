"""Audits are run once, what is not run is named, and everything found stands in one ranked list."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest

import etude
from etude.audit import private, secrets
from etude.errors import DataError, GateNotMet, UsageError
from etude.project import CheckOptions
from etude.workflow import audit as running
from etude.workflow import baseline
from etude.workflow._material import FEW, Reach
from etude.workflow.check import prepare

from ._audits import AUDITS, BAD, project, rows, write
from ._audits import audits as audits

QUICK = CheckOptions(quick=True)


def test_audits_run_once_a_version(tmp_path: Path, audits: list[str]) -> None:
    folder = project(tmp_path)
    first = etude.open(folder).check(QUICK)
    assert sorted(audits) == ["junk", "spaces", "typos", "wrong_labels"]
    again = etude.open(folder).check(QUICK)
    assert len(audits) == 4
    assert again.to_json()["findings"] == first.to_json()["findings"]
    write(folder, [*rows(61), *BAD])
    etude.open(folder).check(QUICK)
    assert len(audits) == 8


def test_a_changed_task_or_changed_code_runs_again(
    tmp_path: Path, audits: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = project(tmp_path)
    etude.open(folder).check(QUICK)
    path = folder / "etude.yaml"
    path.write_text(path.read_text() + "instructions: Choose.\n")
    etude.open(folder).check(QUICK)
    assert len(audits) == 8
    monkeypatch.setattr("etude.workflow.audit.code_of", lambda run: "other")
    etude.open(folder).check(QUICK)
    assert len(audits) == 12


def test_what_an_audit_hangs_on_runs_it_again(
    tmp_path: Path, audits: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = project(tmp_path)
    etude.open(folder).check(QUICK)
    monkeypatch.setitem(AUDITS, "typos", replace(AUDITS["typos"], state=lambda: "other words"))
    audits.clear()
    etude.open(folder).check(QUICK)
    assert audits == ["typos"]


def test_an_audits_code_is_that_of_those_it_takes_from_too() -> None:
    code = running.code_of(secrets.AUDIT.run)
    assert code != running.code_of(private.AUDIT.run)
    source = Path(private.__file__)
    changed = {source: source.read_bytes() + b"#"}
    read = Path.read_bytes
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "read_bytes", lambda path: changed.get(path) or read(path))
        assert running.code_of(secrets.AUDIT.run) != code


LISTS = sorted(Path(etude.audit.__file__).parent.rglob("*.csv"))


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.stem)
def test_a_changed_list_of_words_is_changed_code(path: Path) -> None:
    running._shared.cache_clear()
    code = running.code_of(secrets.AUDIT.run)
    changed = {path: path.read_bytes() + b"one,more\n"}
    read = Path.read_bytes
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "read_bytes", lambda one: changed.get(one) or read(one))
        running._shared.cache_clear()
        assert running.code_of(secrets.AUDIT.run) != code
    running._shared.cache_clear()
    assert running.code_of(secrets.AUDIT.run) == code


def test_what_an_audit_cant_look_for_here_is_named_though_it_has_run(
    tmp_path: Path, audits: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    blind = replace(AUDITS["typos"], unlooked=lambda: [("typos in Latin", "no dictionary")])
    monkeypatch.setitem(AUDITS, "typos", blind)
    for _ in range(2):  # from the store too
        result = etude.open(project(tmp_path)).check(QUICK)
        assert "typos" in dict(result.ran)
        (one,) = [one for one in result.not_run if one.audit == "typos"]
        assert (one.title, one.reason) == ("typos in Latin", "no dictionary")
    assert "typos in Latin" in (tmp_path / "audit.html").read_text()


def test_what_is_not_run_is_named_and_other_kinds_are_not(
    tmp_path: Path, audits: list[str]
) -> None:
    result = etude.open(project(tmp_path)).check(QUICK)
    assert [(one.audit, one.reason) for one in result.not_run] == [
        ("meanings", "left out by --quick")
    ]
    assert result.to_json()["audits"]["run"] == ["junk", "spaces", "typos", "wrong_labels"]


def test_what_would_take_long_waits_to_be_asked_for(
    tmp_path: Path, audits: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("etude.workflow._material.Reach.seconds", 1500.0)
    monkeypatch.setattr("etude.workflow._material.Reach.encoder", tmp_path)
    folder = project(tmp_path)
    (waits,) = etude.open(folder).check().not_run
    assert waits.reason == "it would take about 25 minutes: etude check --full runs it"
    monkeypatch.setattr("etude.workflow._material.Reach.embeddings", None, raising=False)
    monkeypatch.setattr("etude.workflow._material.Reach.encoder", None)
    (missing,) = etude.open(folder).check(CheckOptions(full=True)).not_run
    assert "builtin:minilm" in missing.reason


@pytest.mark.parametrize(("missing", "seconds"), [(FEW, 0.0), (FEW + 1, 2.0 * (FEW + 1))])
def test_few_texts_are_read_without_timing_how_long_each_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: int, seconds: float
) -> None:
    session = etude.open(project(tmp_path))._session
    reach = Reach(session, prepare(session)[0])
    embeddings = SimpleNamespace(model=None, missing=lambda texts: missing)
    monkeypatch.setattr(Reach, "embeddings", embeddings)
    monkeypatch.setattr("etude.workflow._material.seconds_a_text", lambda model, texts: 2.0)
    assert reach.seconds == seconds


def test_errors_come_first_and_cap_the_grade(tmp_path: Path, audits: list[str]) -> None:
    summary = etude.open(project(tmp_path)).check(QUICK).summary
    codes = [item.code for item in summary.items]
    assert codes[0] == "junk"
    assert codes.index("typos") < codes.index("spaces")
    assert summary.grade.word == "not ready"
    assert summary.to_do[0].to_do == "leave them out"


def test_strict_fails_for_what_audits_find(tmp_path: Path, audits: list[str]) -> None:
    with pytest.raises(GateNotMet):
        etude.open(project(tmp_path)).check(CheckOptions(quick=True, strict=True))


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".parquet"])
def test_every_row_of_every_finding_is_written(
    tmp_path: Path, audits: list[str], ending: str
) -> None:
    folder = project(tmp_path / "p")
    target = tmp_path / f"found{ending}"
    etude.open(folder).check(CheckOptions(quick=True, rows=target))
    read = {".csv": pl.read_csv, ".jsonl": pl.read_ndjson, ".parquet": pl.read_parquet}[ending]
    found = read(target)
    typos = found.filter(pl.col("finding") == "typos").sort("id").to_dicts()
    assert [(one["id"], one["line"], one["start"]) for one in typos] == [
        ("b1", 62, 9),
        ("b2", 63, 3),
    ]
    assert typos[0]["proposal"] == "the"
    assert typos[0]["file"] == "rows.csv"


def test_a_spreadsheet_runs_nothing(tmp_path: Path, audits: list[str]) -> None:
    folder = project(tmp_path / "p", ("=1+1", "junk =cmd", "shop"), ("'x", "-teh", "shop"))
    target = tmp_path / "found.csv"
    etude.open(folder).check(CheckOptions(quick=True, rows=target))
    with target.open(encoding="utf-8", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert not [c for c in cells if c[:1] in "=+-@\t\r" and c]
    assert "'=1+1" in cells
    assert "''x" in cells


def test_options_that_go_against_one_another(tmp_path: Path) -> None:
    for wrong in (
        {"quick": True, "full": True},
        {"strict": True, "baseline": tmp_path / "b.json"},
        {"write_baseline": True},
        {"rows": tmp_path / "found.docx"},
    ):
        with pytest.raises(UsageError):
            CheckOptions(**wrong)  # type: ignore[arg-type]


def known(folder: Path, path: Path, *, write_it: bool = False) -> baseline.Compared:
    options = CheckOptions(quick=True, baseline=path, write_baseline=write_it)
    compared = etude.open(folder).check(options).compared
    assert compared is not None
    return compared


@pytest.mark.parametrize("ids", [True, False])
def test_only_new_faults_are_new(tmp_path: Path, audits: list[str], ids: bool) -> None:
    folder, path = project(tmp_path / "p", ids=ids), tmp_path / "known.json"
    with pytest.raises(UsageError, match="no such baseline"):
        known(folder, path)
    assert known(folder, path, write_it=True).count == 0
    before = known(folder, path)
    assert (before.count, before.gone) == (0, 0)
    assert before.known >= 5
    # Moved lines are not new; another fault is.
    write(folder, [*reversed(BAD[:-1]), ("n1", "one more teh", "shop"), *rows(60)])
    after = known(folder, path)
    assert [(one.code, one.count) for one in after.new] == [("typos", 1)]
    assert after.gone == 1
    if ids:
        assert after.new[0].ids == ("n1",)


def test_mending_one_fault_of_a_row_makes_no_other_of_its_faults_new(
    tmp_path: Path, audits: list[str]
) -> None:
    folder, path = project(tmp_path / "p", ids=False), tmp_path / "known.json"
    write(folder, [*rows(60), ("b1", "two  spaces and a teh", "shop")])
    known(folder, path, write_it=True)
    opened = etude.open(folder)
    assert dict(opened.fix(["spaces"]).rows) == {"spaces": 1}
    after = known(folder, path)
    assert (after.count, after.known) == (0, 1)


def test_a_second_copy_of_a_known_fault_is_new(tmp_path: Path, audits: list[str]) -> None:
    folder, path = project(tmp_path / "p", ids=False), tmp_path / "known.json"
    known(folder, path, write_it=True)
    write(folder, [*rows(60), *BAD, ("x", *BAD[0][1:])])
    new = {one.code: one.count for one in known(folder, path).new}
    assert new["typos"] == 1


def test_the_baseline_is_made_for_version_control(tmp_path: Path, audits: list[str]) -> None:
    folder, path = project(tmp_path / "p"), tmp_path / "known.json"
    known(folder, path, write_it=True)
    document = json.loads(path.read_text())
    assert document["schema"] == 1
    rows = {"b1": 1, "b2": 1}
    assert document["findings"]["typos"] == {"audit": "typos", "count": 2, "rows": rows}
    assert list(document["findings"]) == sorted(document["findings"])
    assert "spaces" not in document["findings"]
    path.write_text("[]")
    with pytest.raises(DataError, match="no baseline"):
        known(folder, path)


def test_the_page_and_the_grade_are_left_behind(tmp_path: Path, audits: list[str]) -> None:
    result = etude.open(project(tmp_path)).check(QUICK)
    assert result.page == tmp_path / "audit.html"
    page = result.page.read_text()
    assert "The examples: not ready" in page
    assert "<del>teh</del><ins>the</ins>" in page
    (graded,) = (tmp_path / ".etude" / "runs").glob("*/graded.json")
    made = json.loads(graded.read_text())
    assert {one["code"]: one["count"] for one in made["findings"]}["junk"] == 2
    assert "teh" not in graded.read_text().replace("method", "")
