from __future__ import annotations

import polars as pl

from etude.audit import HITS, Found
from etude.audit._base import found
from etude.records.dataset import Repair
from tests.audit._material import material

REPAIR = Repair(apply="decide", sentence="decide")


def told(hits: pl.DataFrame, **more: float) -> Found:
    says = "2 examples are odd"
    return found("tried", "odd", "warning", says, hits, costs="much", repair=REPAIR, **more)


def test_a_finding_counts_rows_and_names_the_surest_first() -> None:
    hits = pl.DataFrame(
        {"id": ["a", "b", "b"], "score": [0.5, 0.9, None], "evidence": ["x" * 500, "y", "z"]}
    )
    one = told(hits, seconds_each=15)
    assert one.finding.rows == ("b", "a")
    assert one.finding.count == 2
    assert one.finding.minutes == 0.5
    assert dict(one.hits.schema) == HITS
    assert one.hits["id"].to_list() == ["b", "a", "b"]
    assert one.hits["evidence"].str.len_chars().max() == 200


def test_the_smallest_thing_to_do_takes_some_time() -> None:
    hits = pl.DataFrame({"id": ["a"]})
    assert told(hits, seconds_each=1).finding.minutes == 0.1
    assert told(hits, minutes=7.0).finding.minutes == 7.0


def test_material_gives_texts_without_nulls() -> None:
    made = material("write", [{"input": "a", "target": "b"}])
    assert made.texts("context") == [""]
    assert made.frame["id"].to_list() == ["r000"]
