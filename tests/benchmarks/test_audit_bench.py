"""How hits are judged, on invented rows and an audit made for the test; no public data needed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import _audit_recall
import _audit_speed
from _audit_material import material_of
from _audit_recall import Bench, Hit, Tally, judge, touches, unbroken
from _planted import Planted, Truth, plant
from etude.audit._base import EVERY as KINDS
from etude.audit._base import Audit, Found, Material, found
from etude.data.conversations import turns_of
from etude.records.dataset import Repair
from tests.benchmarks._invented import EVERY

COPY = Truth("duplicates", "same", "b", other="a")
MAIL = Truth("private", "email", "c", field="input", start=10, end=20, text="x" * 10)


def hit(id: str, field: str = "", start: int | None = None, end: int | None = None,
        other: str | None = None) -> Hit:  # fmt: skip
    return Hit("audit.code", id, field, start, end, None, other)


@pytest.mark.parametrize(
    ("one", "truth", "right"),
    [
        (hit("b", other="a"), COPY, True),
        (hit("b", other="z"), COPY, True),
        (hit("a", other="b"), COPY, True),
        (hit("a", other="z"), COPY, False),
        (hit("a"), COPY, False),
        (hit("c"), MAIL, True),
        (hit("c", "input"), MAIL, True),
        (hit("c", "target"), MAIL, False),
        (hit("c", "input", 19, 30), MAIL, True),
        (hit("c", "input", 20, 30), MAIL, False),
        (hit("d", "input", 10, 20), MAIL, False),
    ],
)
def test_a_hit_is_right_where_it_points_at_what_was_planted(
    one: Hit, truth: Truth, right: bool
) -> None:
    assert touches(one, truth) is right


def test_hits_are_counted_as_right_false_or_apart() -> None:
    clean = EVERY["classify"]
    rows = tuple({"id": i, "input": i, "target": "t"} for i in "abcdefg")
    decoy = Truth("private", "decoy.order", "d", field="input", start=0, end=1, decoy=True)
    made = Planted(clean, rows, (COPY, MAIL, decoy), (), judged=frozenset("fg"))
    tally = Tally()
    hits = [hit("b"), hit("d", "input", 0, 1), hit("a"), hit("e"), hit("f"), hit("g")]
    judge(tally, made, hits, before={"e", "g"})
    assert (tally.found, tally.planted) == ({"same": 1}, {"same": 1, "email": 1})
    assert tally.decoys_hit == {"decoy.order": 1}
    assert (tally.judged, tally.judged_hit) == (2, 1)
    assert (tally.hit_before, tally.hit_anew) == (2, 0)
    line = tally.as_json()
    assert line["recall"]["value"] == 0.5  # type: ignore[index]
    assert line["precision"]["n"] == 3  # type: ignore[index]


def _mails(material: Material) -> Iterable[Found]:
    """Finds every sign of an address, and nothing else."""
    places = [
        {"id": row["id"], "field": field, "start": at, "end": at + 1}
        for row in material.frame.iter_rows(named=True)
        for field in ("input", "target")
        for at, sign in enumerate(row[field])
        if sign == "@"
    ]
    if places:
        repair = Repair(apply="decide", sentence="leave them out")
        hits = pl.DataFrame(places)
        yield found("private", "mail", "warning", "signs", hits, costs="privacy", repair=repair)


class _Registry:
    """One audit, made for the test."""

    def names(self) -> list[str]:
        return ["private"]

    def load(self, name: str) -> Audit:
        assert name == "private"
        return Audit("mails", KINDS, "rows", _mails)


def test_a_bench_judges_an_audit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_audit_recall, "registry", _Registry())
    bench = Bench(encoder=False)
    lines = dict(bench.tallies(EVERY["answer"], ["private", "leaks"], rate=0.3, seeds=2))
    tally = lines["private"]
    assert set(lines) == {"private"}
    assert "leaks" in bench.skipped
    assert tally.found["email"] == tally.planted["email"] > 0
    assert tally.found["card"] == 0 < tally.planted["card"]
    assert set(tally.decoys_hit) == {"decoy.handle", "decoy.at_sign"}
    assert (tally.hit_before, tally.hit_anew) == (0, 0)
    assert len(tally.by_seed) == 2


def test_an_unbroken_style_is_kept_by_every_row() -> None:
    made = plant(EVERY["answer"], "format_drift/signed", 0.2, 1)
    rows = unbroken(made).rows
    assert all(row["target"].endswith("The Guest Team") for row in rows)
    assert len(rows) == len(made.rows)


@pytest.mark.parametrize("name", EVERY)
def test_material_is_in_the_order_of_ids_with_groups_by_copies(name: str) -> None:
    made = plant(EVERY[name], "duplicates", 0.1, 1)
    material = material_of(made.rows, made.clean.kind, encoder=False)
    frame = material.frame
    assert frame["id"].to_list() == sorted(row["id"] for row in made.rows)
    group = dict(zip(frame["id"], frame["group"], strict=True))
    assert all(group[one.id] == group[one.other] for one in made.truth if one.other)
    assert material.embed is None
    assert material.predict is None


@pytest.mark.parametrize("name", ["classify", "answer", "extract", "chat"])
def test_rows_for_speed_are_many_and_different(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = EVERY[name].kind
    monkeypatch.setattr(_audit_speed, "FOLDER", tmp_path)
    monkeypatch.setattr(_audit_speed, "PART", 1500)
    monkeypatch.setitem(_audit_speed.BASE, kind, lambda count, seed: EVERY[name])
    path = _audit_speed.make(kind, 4000)
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert len(rows) == len({row["id"] for row in rows}) == 4000
    assert len({row["input"] for row in rows}) > 0.9 * 4000
    assert all(row["target"] and row["side"] in ("train", "holdout") for row in rows)
    if kind == "chat":
        assert all(turns_of(row["input"])[0].role == "system" for row in rows)
    assert path == _audit_speed.make(kind, 4000)


def test_growth_is_the_power_of_the_size() -> None:
    sizes = np.array([10, 100, 1000])
    assert _audit_speed.growth(sizes, sizes / 7) == "n^1.00"  # type: ignore[arg-type]
    assert _audit_speed.growth(sizes, sizes**2) == "n^2.00"  # type: ignore[arg-type]
    assert _audit_speed.growth([10], [1.0]) == "–"
