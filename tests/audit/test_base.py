from __future__ import annotations

import polars as pl

from etude.audit import HITS
from etude.audit._base import found
from tests.audit._material import material


def test_a_finding_counts_rows_and_names_the_surest_first() -> None:
    hits = pl.DataFrame(
        {"id": ["a", "b", "b"], "score": [0.5, 0.9, None], "evidence": ["x" * 500, "y", "z"]}
    )
    one = found("tried", "odd", "warning", "2 examples are odd", hits, seconds_each=15)
    assert one.finding.rows == ("b", "a")
    assert one.finding.count == 2
    assert one.finding.minutes == 0.5
    assert dict(one.hits.schema) == HITS
    assert one.hits["id"].to_list() == ["b", "a", "b"]
    assert one.hits["evidence"].str.len_chars().max() == 200


def test_material_gives_texts_without_nulls() -> None:
    made = material("write", [{"input": "a", "target": "b"}])
    assert made.texts("context") == [""]
    assert made.frame["id"].to_list() == ["r000"]
