from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etude.report.rows import LONGEST, shown, write_rows

from . import fixtures
from .parsed import Read, assert_harmless

HOSTILE = (
    "</script><script>window.pwned=1</script>",
    "<!--",
    "<!--<script>",
    "]]>",
    "\u2028\u2029",
    "\u202eevil\u202c",
    "nul\x00",
    "👩‍👩‍👧 emoji",
    "<img src=x onerror=window.pwned=1>",
    "&lt;b&gt;",
    "${window.pwned=1}",
    "\\u003cscript\\u003e",
    "'\"`",
    "javascript:pwned=1",
)


def data_of(path: Path) -> dict[str, Any]:
    html = path.read_text("utf-8")
    start = html.index('id="data">') + len('id="data">')
    found: dict[str, Any] = json.loads(html[start : html.index("</script>", start)])
    return found


def write(tmp_path: Path, texts: list[str]) -> tuple[dict[str, Any], str]:
    comparison = fixtures.dont_fine_tune()
    rows = fixtures.rows(comparison, len(texts)).with_columns(pl.Series("input", texts))
    write_rows(comparison, rows, tmp_path / "rows.html")
    return data_of(tmp_path / "rows.html"), (tmp_path / "rows.html").read_text("utf-8")


def test_rows_carry_what_is_right_and_what_was_not_measured(tmp_path: Path) -> None:
    comparison = fixtures.dont_fine_tune()
    name = "probe@builtin:minilm"
    rows = fixtures.rows(comparison, 3).with_columns(
        pl.Series("target", ["a", "b", "c"]),
        pl.Series(f"{name}|output", ["a", "x", None]),
        pl.Series(f"{name}|failure", [None, None, None], dtype=pl.String),
        pl.Series(f"{name}|confidence", [0.9, float("nan"), None]),
    )
    write_rows(comparison, rows, tmp_path / "rows.html")
    data = data_of(tmp_path / "rows.html")
    place = data["candidates"].index("Quick classifier")
    assert data["answers"][place]["right"] == [1, 0, None]
    assert data["answers"][place]["confidence"] == [0.9, None, None]
    assert data["candidates"][data["first"]] == "Look-up"


def test_a_failure_is_wrong(tmp_path: Path) -> None:
    comparison = fixtures.dont_fine_tune()
    name = "probe@builtin:minilm"
    rows = fixtures.rows(comparison, 1).with_columns(
        pl.lit(None, dtype=pl.String).alias(f"{name}|output"),
        pl.lit("timeout").alias(f"{name}|failure"),
    )
    write_rows(comparison, rows, tmp_path / "rows.html")
    data = data_of(tmp_path / "rows.html")
    assert data["answers"][data["candidates"].index("Quick classifier")]["right"] == [0]


def test_personal_data_are_masked_before_anything_is_written(tmp_path: Path) -> None:
    data, html = write(tmp_path, list(fixtures.TEXTS))
    for secret in ("jo.bloggs", "7700 900123", "3704 0044", "4111 1111"):
        assert secret not in html
    assert "order 4023 9911" in " ".join(data["texts"])


def test_a_huge_cell_is_cut_with_a_note(tmp_path: Path) -> None:
    data, html = write(tmp_path, ["x" * 1_000_000, "short"])
    assert any(text.endswith("[cut: 1,000,000 characters in all]") for text in data["texts"])
    assert len(html) < 100_000


def test_an_address_across_the_cut_is_masked() -> None:
    text = shown("y " * (LONGEST // 2 - 4) + "jo.bloggs@example.org" + " z" * 400)
    assert "jo.b" not in text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_stay_data(tmp_path: Path, text: str) -> None:
    data, html = write(tmp_path, [text])
    assert_harmless(Read(html), scripts=2)
    written = data["texts"][data["inputs"][0]]
    assert written == shown(text)
    if "\x00" not in text:
        assert written == text


@given(st.lists(st.text(), min_size=1, max_size=5))
@settings(deadline=None, derandomize=True, max_examples=25)
def test_any_text_stays_data(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    data, html = write(tmp_path_factory.mktemp("rows"), texts)
    assert_harmless(Read(html), scripts=2)
    assert [data["texts"][place] for place in data["inputs"]] == [shown(text) for text in texts]


def test_the_page_says_what_it_is(tmp_path: Path) -> None:
    comparison = fixtures.dont_fine_tune()
    rows = fixtures.rows(comparison, 5)
    write_rows(comparison, rows, tmp_path / "rows.html")
    text = Read((tmp_path / "rows.html").read_text("utf-8")).text
    assert "It is not for sending on." in text
    assert "scripts are switched off" in text
    assert "examples kept aside" not in text
    write_rows(comparison, rows.with_columns(side=pl.lit("holdout")), tmp_path / "rows.html")
    text = Read((tmp_path / "rows.html").read_text("utf-8")).text
    assert "It also shows examples kept aside" in text


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    comparison = fixtures.dont_fine_tune()
    rows = fixtures.rows(comparison, 5).drop("probe@builtin:minilm|failure")
    with pytest.raises(ValueError, match=r"probe@builtin:minilm\|failure"):
        write_rows(comparison, rows, tmp_path / "rows.html")
    assert not (tmp_path / "rows.html").exists()
