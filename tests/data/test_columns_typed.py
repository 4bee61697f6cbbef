"""Columns of text as the values that they were, where a file can hold them."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from etude.data.writers._columns import Columns, typed


def made(values: list[Any], lists: tuple[str, ...] = ()) -> tuple[pl.Series, list[str]]:
    columns = Columns()
    for value in values:
        columns.add({"a": value, "b": "x"})
    frame, coded = typed(columns.frame(), columns.kinds, lists)
    return frame["a"], coded


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([True, None, False], pl.Boolean),
        ([1, None, -(2**63)], pl.Int64),
        ([0.5, -1e-300], pl.Float64),
        ([0.5, 3, 2**53], pl.Float64),
        ([["x"], [], None], pl.List(pl.String)),
        (["1", "true"], pl.String),
    ],
)
def test_values_of_one_type_get_it(values: list[Any], kind: Any) -> None:
    column, coded = made(values)
    assert column.dtype == kind
    assert column.to_list() == values
    assert coded == []


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([2**64, 1], ["18446744073709551616", "1"]),
        ([0.5, 2**53 + 1], ["0.5", "9007199254740993"]),
        ([1, "1"], ["1", "1"]),
        ([True, 1], ["true", "1"]),
        ([["x", 1]], ['["x",1]']),
        ([{"k": "x"}], ['{"k":"x"}']),
    ],
)
def test_others_stay_as_they_were_written_and_are_named(
    values: list[Any], texts: list[str]
) -> None:
    column, coded = made(values)
    assert column.to_list() == texts
    assert coded == ["a"]


def test_messages_become_lists_where_all_that_they_hold_is_text() -> None:
    said = [{"role": "user", "content": "x", "weight": 0}]
    assert made([said], ("a",))[0].to_list() == [said]
    assert made([[{"role": "user", "content": ["x"]}]], ("a",))[1] == ["a"]
