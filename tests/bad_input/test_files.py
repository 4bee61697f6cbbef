"""Files of examples that are not what they should be, as ``etude check`` meets them."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from openpyxl import Workbook
from openpyxl.chart import BarChart

from tests.bad_input.conftest import Ended, Etude, Maker, as_csv, in_house_form, rows


def rejects(folder: Path) -> list[dict[str, str]]:
    [path] = folder.glob(".etude/versions/*/rejects.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def zipped() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("data.csv", "text,label\n")
    return made.getvalue()


def parquet(**columns: list[str]) -> bytes:
    made = io.BytesIO()
    pl.DataFrame(columns).write_parquet(made)
    return made.getvalue()


READ = ("check", "--quick")
"""Reading alone. That a model then looks at any texts and labels is seen with the oddest labels."""

ENCRYPTED = (
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    + b"\0" * 600
    + "EncryptedPackage".encode("utf-16-le")
    + b"\0" * 600
)


@pytest.mark.parametrize(
    ("file", "data", "said"),
    [
        ("a.csv", b"", "the file is empty"),
        ("a.csv", b"text,label\n", "the file holds no rows"),
        (
            "a.csv",
            as_csv([(f"text {i} here", "one") for i in range(12)]),
            "nothing to choose between",
        ),
        (
            "a.csv",
            as_csv([("the same", "one"), ("the same", "two")] * 20),
            "only 1 that are indepen",
        ),
        ("a.csv", b"text,text,label\na,b,c\nd,e,f\n", "columns 1 and 2"),
        ("a.csv", b"<!DOCTYPE html><html><body>Sign in</body></html>", "web page"),
        ("a.csv", zipped(), "zip archive"),
        ("a.csv", bytes(range(256)) * 20, "not text"),
        ("a.xlsx", zipped(), "can't be read"),
        ("a.xlsx", as_csv(rows()), "not an Excel workbook"),
        ("a.xlsx", ENCRYPTED, "protected by a password"),
        ("a.parquet", parquet(text=["a"] * 9, label=["b"] * 9)[:-9], "the file is damaged"),
        ("a.parquet", as_csv(rows()), "not a Parquet file"),
        ("a.jsonl", b"[1, 2, 3]", "no row of the file can be read"),
        ("a.json", b'{"text": "one"', "line 1"),
    ],
)
def test_a_file_that_can_not_be_used(
    etude: Etude, project: Maker, file: str, data: bytes, said: str
) -> None:
    folder = project(data, file)
    ended = etude(folder, "check")
    in_house_form(ended, 3, said, file)
    assert list(folder.glob(".etude/versions/*")) == []
    as_json = etude(folder, "check", "--json")
    assert json.loads(as_json.out)["error"]["kind"] == "DataError"


def test_a_folder_in_place_of_the_file(etude: Etude, project: Maker) -> None:
    folder = project()
    (folder / "data.csv").mkdir()
    in_house_form(etude(folder, "check"), 3, "this is a folder")


def test_a_file_that_is_not_there(etude: Etude, project: Maker) -> None:
    folder = project()
    (folder / "date.csv").write_bytes(as_csv(rows()))
    in_house_form(etude(folder, "check"), 3, "no such file", "did you mean 'date.csv'")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (("x" * 5_000_000).encode() + b",lost\n", "5,000,000 characters"),
        (b"te\0xt,lost\n", "NUL"),
        (b"hello there,lots\n", "the nearest is 'lost'"),
        ("\u200b \u200d,lost\n".encode(), "the input is empty"),
        (b"  ,lost\n", "the input is empty"),
        (b"a text,   \n", "the target is empty"),
        (b"one,two,three\n", "cells"),
    ],
)
def test_a_row_that_can_not_be_used_is_listed(
    etude: Etude, project: Maker, line: bytes, reason: str
) -> None:
    folder = project(as_csv(rows()) + line, labels="labels: {lost: is gone, refund: money}\n")
    ended = etude(folder, *READ)
    assert ended.code == 0
    [reject] = rejects(folder)
    assert reject["line"] == "14"
    assert reason in reject["reason"]
    assert reason in ended.words
    assert etude(folder, *READ, "--strict").code == 1


def test_broken_lines_of_json_lines_are_listed(etude: Etude, project: Maker) -> None:
    lines = [json.dumps({"text": text, "label": label}) for text, label in rows()]
    lines += ['{"text": "bro', '{"text": {"a": [1, 2]}, "label": "lost"}', "[1, 2]"]
    folder = project("\n".join(lines).encode(), "data.jsonl")
    assert etude(folder, *READ).code == 0
    assert [reject["line"] for reject in rejects(folder)] == ["13", "15"]
    [examples] = folder.glob(".etude/versions/*/examples.parquet")
    assert '{"a":[1,2]}' in pl.read_parquet(examples)["input"].to_list()


def test_a_spreadsheet_runs_no_rejected_text(etude: Etude, project: Maker) -> None:
    texts = ["=1+1", "+1", "-1", "@SUM(A1)", "'quoted", "plain"]
    folder = project(as_csv(rows() + [(text, "") for text in texts]))
    assert etude(folder, *READ).code == 0
    found = [reject["text"] for reject in rejects(folder)]
    assert found == ["'=1+1", "'+1", "'-1", "'@SUM(A1)", "''quoted", "plain"]
    from etude.data import stored

    [version] = folder.glob(".etude/versions/*")
    assert [reject.text for reject in stored.read(version).rejects] == texts


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.decode().encode("utf-16"),
        lambda data: data.decode().encode("utf-8-sig"),
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: data.replace(b"\n", b"\r"),
        lambda data: data.replace(b",", b";"),
    ],
)
def test_other_ways_to_write_the_same_rows(
    etude: Etude, project: Maker, change: Callable[[bytes], bytes]
) -> None:
    folder = project(change(as_csv(rows())))
    ended = etude(folder, *READ, "--json")
    dataset = json.loads(ended.out)["dataset"]
    assert (dataset["rows"], dataset["labels"]) == (12, {"lost": 6, "refund": 6})


def test_semicolons_with_decimal_commas(etude: Etude, project: Maker) -> None:
    content = [(f"the price is {i},50 today", label) for i, (_, label) in enumerate(rows())]
    folder = project(as_csv(content, ";"))
    assert etude(folder, *READ).code == 0
    [examples] = folder.glob(".etude/versions/*/examples.parquet")
    assert "the price is 3,50 today" in pl.read_parquet(examples)["input"].to_list()


def test_an_encoding_that_was_guessed_is_said(etude: Etude, project: Maker) -> None:
    folder = project(as_csv(rows()) + "café crème,lost\n".encode("cp1252"))
    ended = etude(folder, *READ)
    assert ended.code == 0
    assert "read as cp1252, which is a guess" in ended.words


def sheets(path: Path, first: str) -> None:
    book = Workbook()
    book.active.title = "Rows"
    for row in [("text", "label"), *rows()]:
        book.active.append(row)
    if first == "chart":
        book.create_chartsheet("First", 0).add_chart(BarChart())
    elif first == "empty":
        book.create_sheet("First", 0)
    else:
        book.create_sheet("Others").append(("x", "y"))
    book.save(path)


@pytest.mark.parametrize("first", ["chart", "empty"])
def test_a_workbook_whose_first_sheet_has_no_rows(etude: Etude, project: Maker, first: str) -> None:
    folder = project(None, "book.xlsx")
    sheets(folder / "book.xlsx", first)
    in_house_form(etude(folder, *READ), 3, "sheet is empty", "book.xlsx#Rows")


def test_a_workbook_with_two_sheets_says_which_is_read(etude: Etude, project: Maker) -> None:
    folder = project(None, "book.xlsx")
    sheets(folder / "book.xlsx", "rows")
    assert "the first sheet alone is read, not 'Others'" in etude(folder, *READ).words


def found(ended: Ended) -> set[str]:
    return {finding["code"] for finding in json.loads(ended.out)["dataset"]["findings"]}


def test_labels_with_few_examples_or_none(etude: Etude, project: Maker) -> None:
    folder = project(
        as_csv([*rows(), ("who are you people", "other")]),
        labels="labels: {lost: is gone, refund: money, other: the rest, never: unused}\n",
    )
    codes = found(etude(folder, *READ, "--json"))
    assert {"label_without_examples", "single_example_label"} <= codes


@pytest.mark.parametrize("label", ["L" * 3000, '"a, b"', '"two\nlines"', "😀", "مرحبا", "=A1"])
def test_odd_labels(etude: Etude, project: Maker, label: str) -> None:
    folder = project(
        as_csv([(text, label if i % 2 else "lost") for i, (text, _) in enumerate(rows())])
    )
    ended = etude(folder, "check")
    assert ended.code == 0
    assert max(map(len, ended.out.splitlines())) < 120
    dataset = json.loads(etude(folder, *READ, "--json").out)["dataset"]
    assert set(dataset["labels"]) == {label.strip('"'), "lost"}


@pytest.mark.parametrize(("count", "options"), [(200, ("--quick",)), (60, ())])
def test_many_labels_of_two_examples(
    etude: Etude, project: Maker, count: int, options: tuple[str, ...]
) -> None:
    words = [
        f"{a}{b}"
        for a in "bcdfghjklmnprstvwxyz"
        for b in ("ando", "erim", "ilux", "opra", "ubek", "yron", "atel", "ezin", "iphe", "orsk")
    ][:count]
    texts = [
        (f"the {word} {words[-1 - i]} {n} {words[(i * 7 + n) % count]}", word)
        for i, word in enumerate(words)
        for n in (3, 8)
    ]
    ended = etude(project(as_csv(texts)), "check", *options)
    assert ended.code == 0
    assert f"{count} labels" in ended.words
