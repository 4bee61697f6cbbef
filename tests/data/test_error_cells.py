"""Errors in the cells of a workbook: told, and no row of nothing else is lost."""

from __future__ import annotations

from pathlib import Path

import xlsxwriter  # type: ignore[import-untyped]

from etude.data.sources import read_table
from etude.data.sources._errors import error_cells


def book(path: Path) -> Path:
    with xlsxwriter.Workbook(str(path)) as made:
        for name in ("plain", "A & <B>"):
            sheet = made.add_worksheet(name)
            for row, cells in enumerate([("text", "label"), ("a", "x"), ("b", ""), ("", "")]):
                sheet.write_row(row, 0, cells)
            if name != "plain":
                sheet.write_formula("B3", "=1/0", None, "#DIV/0!")
                sheet.write_formula("A4", "=NA()", None, "#N/A")
    return path


def test_errors_are_told_and_a_row_of_nothing_else_is_listed(tmp_path: Path) -> None:
    path = book(tmp_path / "t.xlsx")
    table = read_table(f"{path}#A & <B>")
    assert table.rows == [{"text": "a", "label": "x"}, {"text": "b", "label": ""}]
    assert [(one.line, one.reason) for one in table.rejects] == [(4, "it holds nothing but errors")]
    assert "read as empty: B3, A4 (2 in all)" in table.notes[0]
    plain = read_table(f"{path}#plain")
    assert (len(plain), plain.rejects, plain.notes) == (2, (), ())


def test_what_is_no_such_workbook_holds_none(tmp_path: Path) -> None:
    path = book(tmp_path / "t.xlsx")
    assert error_cells(path, "A & <B>") == {3: ["B3"], 4: ["A4"]}
    assert error_cells(path, "no such sheet") == {}
    path.write_bytes(path.read_bytes()[:400])
    assert error_cells(path, "plain") == {}
