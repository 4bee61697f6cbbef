"""Readers: what goes in comes out, with the line it stood on; what can't be used is listed."""

from __future__ import annotations

import csv as csv_module
import gzip
import hashlib
import io
import json
import os
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
import zstandard
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from etude.data.sources import CELL_LIMIT, SOURCES, _packed, read_table
from etude.data.sources._text import inspect
from etude.errors import DataError, MissingDependency
from etude.jsonshape import DEEPEST

PROPERTY = settings(
    deadline=None,
    derandomize=True,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def put(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def rejected(path: Path) -> list[tuple[int, str]]:
    return [(reject.line, reject.reason) for reject in read_table(path).rejects]


def test_every_shape_is_found_without_naming_it_anywhere() -> None:
    assert SOURCES.names() == ["csv", "json", "jsonl", "parquet", "xlsx"]
    for name in SOURCES.names():
        assert SOURCES.load(name).key == name


CELLS = st.text(
    st.characters(codec="utf-8", exclude_characters="\0\ufeff", exclude_categories=("Cs",)),
    max_size=12,
)
WESTERN = st.lists(
    st.sampled_from(
        ["the", "card", "für", "naïve", "“oh”,", "mañana;", "it’s", "5€", "|", "señor", "Straße"]
    ),
    max_size=8,
).map(" ".join)


@st.composite
def tables(draw: st.DrawFn, cells: st.SearchStrategy[str]) -> list[list[str]]:
    width = draw(st.integers(2, 4))
    row = st.lists(cells, min_size=width, max_size=width).filter(any)
    return draw(st.lists(row, min_size=1, max_size=8))


def written(rows: list[list[str]], delimiter: str, quoting: int, end: str) -> str:
    text = io.StringIO()
    if any("\r" in cell for row in rows for cell in row):
        quoting = csv_module.QUOTE_ALL  # the writer leaves a lone \r unquoted: two lines to all
    writer = csv_module.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=end)
    writer.writerow(["text", "label", "third", "fourth"][: len(rows[0])])
    writer.writerows(rows)
    return text.getvalue()


def lines_of(text: str) -> int:
    """Physical lines, as an editor counts them."""
    return len(io.StringIO(text, newline="").readlines())


@PROPERTY
@given(
    rows=tables(CELLS),
    delimiter=st.sampled_from(",;\t|"),
    quoting=st.sampled_from([csv_module.QUOTE_MINIMAL, csv_module.QUOTE_ALL]),
    end=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]),
)
@example([['say "hi"', "a\nb"], ["x", "y"]], ",", csv_module.QUOTE_MINIMAL, "\r\n", "utf-8")
@example([["back\\", "a"], ['\\"', "b"]], ",", csv_module.QUOTE_ALL, "\n", "utf-8")
@example([["", "\x1e", "\n", ""]], ",", csv_module.QUOTE_MINIMAL, "\n", "utf-8")
def test_any_table_comes_back(
    tmp_path: Path, rows: list[list[str]], delimiter: str, quoting: int, end: str, encoding: str
) -> None:
    text = written(rows, delimiter, quoting, end)
    table = read_table(put(tmp_path, "t.csv", text.encode(encoding)))
    assert [list(row) for row in table.frame.iter_rows()] == rows
    assert table.rejects == ()
    assert table.delimiter == delimiter
    starts = [
        lines_of(written(rows[:i], delimiter, quoting, end)) + 1 if i else 2
        for i in range(len(rows))
    ]
    assert table.lines.tolist() == starts


@PROPERTY
@given(rows=tables(WESTERN), encoding=st.sampled_from(["cp1252", "utf-8", "utf-16"]))
def test_western_text_comes_back_from_the_spreadsheets_encoding(
    tmp_path: Path, rows: list[list[str]], encoding: str
) -> None:
    text = written(rows, ",", csv_module.QUOTE_MINIMAL, "\n")
    table = read_table(put(tmp_path, "t.csv", text.encode(encoding)))
    assert [list(row) for row in table.frame.iter_rows()] == rows


def test_of_a_few_odd_bytes_no_code_page_is_guessed(tmp_path: Path) -> None:
    lines = [
        b'{"text": "a", "label": "b"}',
        b"\xff\xfe garbage",
        b'{"text": "caf\xe9", "label": "b"}',
    ]
    table = read_table(put(tmp_path, "t.jsonl", b"\n".join(lines)))
    assert (table.encoding, len(table.frame)) == ("utf-8", 1)
    assert [one.line for one in table.rejects] == [2, 3]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1251", "Где моя карта? Я заказал её на прошлой неделе"),
        ("shift_jis", "カードはどこですか。先週注文しました"),
        ("gb18030", "我的卡在哪里？我上周订的"),
        ("cp1250", "Gdzie jest moja karta? Zażółć gęślą jaźń"),
        ("latin-1", "Wo ist meine Bestellung für Köln?"),
        ("utf-16-le", "where is my card"),
        ("utf-16-be", "where is my card"),
    ],
)
def test_encodings_that_no_mark_announces(tmp_path: Path, encoding: str, text: str) -> None:
    path = put(tmp_path, "t.csv", f"text,label\n{text},card\nother,lost\n".encode(encoding))
    assert read_table(path).frame["text"].to_list() == [text, "other"]


@PROPERTY
@given(
    data=st.one_of(
        st.binary(max_size=400),
        st.text(max_size=200).map(str.encode),
        st.text('",;\n\t\\a{}[]:0', max_size=200).map(str.encode),
    ),
    name=st.sampled_from(["x.csv", "x.tsv", "x.jsonl", "x.json", "x.xlsx", "x.parquet", "x.dat"]),
)
def test_no_bytes_crash_a_reader(tmp_path: Path, data: bytes, name: str) -> None:
    magic = {"x.xlsx": b"PK\x03\x04", "x.parquet": b"PAR1"}.get(name, b"")
    path = put(tmp_path, name, magic + data)
    try:
        table = read_table(path)
    except DataError as error:
        refused = error
    else:
        refused = None
    if refused is not None:
        assert refused.where
        assert refused.expected
        return
    lines = lines_of(data.decode("latin-1"))
    assert all(1 <= reject.line <= lines for reject in table.rejects)
    assert len(table.lines) == len(table.frame)


def test_rejects_carry_their_line_and_the_rest_is_kept(tmp_path: Path) -> None:
    path = put(
        tmp_path,
        "t.csv",
        b'text,label\nfine,a\n"two\nlines",a\ntoo,many,cells\nshort\nnul\0,a\n'
        b"caf\xc3\xa9 na\xc3\xafve,b\nbroken \xff,b\n\n,\nlast,b\n",
    )
    table = read_table(path)
    assert rejected(path) == [
        (5, "it has 3 cells where there are 2 columns"),
        (6, "it has 1 cell where there are 2 columns"),
        (7, "it holds a NUL character"),
        (9, "it holds bytes that are not in the file's encoding"),
    ]
    assert table.lines.tolist() == [2, 3, 8, 12]
    assert table.frame["text"].to_list() == ["fine", "two\nlines", "café naïve", "last"]
    assert table.rejects[0].text == "too,many,cells"


def test_one_stray_quotation_mark_costs_one_row(tmp_path: Path) -> None:
    rows = "".join(f'"message {i}, polite",label{i % 3}\n' for i in range(50))
    path = put(tmp_path, "t.csv", f'text,label\n{rows}"never closed,label1\n{rows}')
    table = read_table(path)
    assert [reject.line for reject in table.rejects] == [52]
    assert "quotation marks" in table.rejects[0].reason
    assert len(table) == 100
    assert table.lines.tolist()[50] == 53


def test_an_unclosed_mark_at_the_end_costs_one_row(tmp_path: Path) -> None:
    path = put(tmp_path, "t.csv", 'text,label\n"a, b",x\n"c, d",x\n"open,x\nplain,y\n')
    table = read_table(path)
    assert [reject.line for reject in table.rejects] == [4]
    assert table.frame["text"].to_list() == ["a, b", "c, d", "plain"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sep=;\ntext;label\na;b\n", [("a", "b")]),
        (
            'text,label\n"he said \\"hi\\", ok",x\nfoo,y\n',
            [('he said "hi", ok', "x"), ("foo", "y")],
        ),
        ('"text", "label"\n"a, b", "x"\n', [("a, b", "x")]),
        ("text,label,,\na,b,,\nc,d,,\n", [("a", "b"), ("c", "d")]),
        ("text;label\nhello, you;x\nbye, you;y\n", [("hello, you", "x"), ("bye, you", "y")]),
        ("text,label\rfoo,a\rbar,b\r", [("foo", "a"), ("bar", "b")]),
        ('text\tlabel\n"Hello" he said\tx\nbye\ty\n', [('"Hello" he said', "x"), ("bye", "y")]),
    ],
)
def test_dialects_that_people_have(
    tmp_path: Path, text: str, expected: list[tuple[str, str]]
) -> None:
    table = read_table(put(tmp_path, "t.csv", text))
    assert table.columns == ("text", "label")
    assert table.frame.rows() == expected
    assert table.rejects == ()


def test_two_columns_without_a_header_are_input_and_target(tmp_path: Path) -> None:
    path = put(tmp_path, "t.tsv", "where is my card, please\tcard\nit is lost\tlost\nhelp\tcard\n")
    table = read_table(path)
    assert table.columns == ("input", "target")
    assert table.lines.tolist() == [1, 2, 3]
    assert "no header" in table.notes[0]


def test_prose_without_columns_is_one_column(tmp_path: Path) -> None:
    table = read_table(put(tmp_path, "t.txt", "Hello, how are you?\nFine, thanks, and you?\nOh.\n"))
    assert table.columns == ("input",)
    assert len(table) == 3


def test_two_columns_of_one_name_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"'text' is the name of columns 1 and 3") as caught:
        read_table(put(tmp_path, "t.csv", "text,label,text\na,b,c\n"))
    assert "line 1" in str(caught.value.where)


def test_a_huge_cell_is_read_and_rejected_above_the_limit(tmp_path: Path) -> None:
    allowed, huge = "y" * CELL_LIMIT, "x" * 5_000_000
    csv_module.field_size_limit(before := 131_072)
    table = read_table(put(tmp_path, "t.csv", f"text,label\n{allowed},a\n{huge},b\nok,c\n"))
    assert csv_module.field_size_limit() == before
    assert table.frame["label"].to_list() == ["a", "c"]
    assert [(r.line, len(r.text)) for r in table.rejects] == [(3, 500)]
    assert "5,000,000 characters; the most is 1,000,000" in table.rejects[0].reason


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("a.csv", b"", "the file is empty"),
        ("a.csv", b"\n \n", "the file is empty"),
        ("a.csv", b"text,label\n", "holds no rows"),
        ("a.csv", b"PK\x03\x04rest", "zip archive"),
        ("a.csv", b"<!DOCTYPE html><html></html>", "web page"),
        ("a.tsv", b"%PDF-1.4", "PDF"),
        ("a.csv", b'{"text": "a", "label": "b"}\n', "JSON Lines"),
        ("a.csv", bytes(range(256)) * 4, "not text"),
        ("a.jsonl", b"text,label\na,b\n", "no row of the file can be read"),
        ("a.json", b'[{"text": "a"', "not valid JSON"),
        ("a.json", b'["text", 1', "not a list of objects|not closed|not valid"),
        ("a.xlsx", b"text,label\n", "not an Excel workbook"),
        ("a.xlsx", b"PK\x03\x04 but no workbook", "can't be read"),
        ("a.parquet", b"text", "not a Parquet file"),
        ("a.parquet", b"PAR1 and no more", "damaged"),
    ],
)
def test_files_that_are_not_what_they_should_be(
    tmp_path: Path, name: str, content: bytes, found: str
) -> None:
    with pytest.raises(DataError, match=found) as caught:
        read_table(name, put(tmp_path, name, content).parent)
    assert str(caught.value.where).startswith(name)
    assert caught.value.expected


def test_folders_and_missing_files(tmp_path: Path) -> None:
    put(tmp_path, "messages.csv", "text,label\na,b\n")
    with pytest.raises(DataError, match="folder"):
        read_table(tmp_path)
    with pytest.raises(DataError, match="no such file") as caught:
        read_table("mesages.csv", tmp_path)
    assert caught.value.hint == "did you mean 'messages.csv'?"
    with pytest.raises(DataError, match="no such file"):
        read_table("nowhere/messages.csv", tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_no_permission(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", "text,label\na,b\n")
    path.chmod(0)
    with pytest.raises(DataError, match="can't be read"):
        read_table(path)


def test_a_file_that_may_not_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(tmp_path, "a.csv", "text,label\na,b\n")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(DataError, match="Permission denied") as caught:
        read_table(path)
    assert caught.value.hint == "check its permissions"


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | CELLS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(CELLS, inner, max_size=2),
    max_leaves=4,
)


@PROPERTY
@given(
    st.lists(st.dictionaries(CELLS, JSON_VALUES, min_size=1, max_size=4), min_size=1, max_size=6)
)
def test_json_lines_come_back(tmp_path: Path, objects: list[dict[str, object]]) -> None:
    text = "\n\n".join(json.dumps(o, ensure_ascii=i % 2 == 0) for i, o in enumerate(objects))
    table = read_table(put(tmp_path, "t.jsonl", text))
    assert table.lines.tolist() == [1 + 2 * i for i in range(len(objects))]
    for row, value in zip(table.frame.iter_rows(named=True), objects, strict=True):
        for key, cell in row.items():
            wanted = value.get(key)
            if wanted is None or isinstance(wanted, str):
                assert cell == wanted
            else:
                assert json.loads(cell) == wanted
    listed = read_table(put(tmp_path, "t.json", json.dumps(objects, indent=1)))
    assert listed.frame.equals(table.frame)


def test_bad_json_lines_are_listed(tmp_path: Path) -> None:
    deep = "[" * 100_000
    path = put(
        tmp_path,
        "t.jsonl",
        "\n".join(
            [
                '{"text": "a", "label": "b"}',
                "",
                "{broken",
                "[1]",
                '{"a": 1, "a": 2}',
                '{"text": "\\ud83d"}',
                "{}",
                deep,
                '{"text": "z", "label": "b"}',
            ]
        ),
    )
    assert read_table(path).lines.tolist() == [1, 9]
    assert [line for line, _ in rejected(path)] == [3, 4, 5, 6, 7, 8]


def test_values_nested_around_any_edge_are_read_or_listed(tmp_path: Path) -> None:
    """What one step can read another may not: the depth is limited long before Python's own limit."""
    edge = sys.getrecursionlimit()
    depths = [*range(DEEPEST - 3, DEEPEST + 4), *range(edge - 70, edge + 4)]
    rows = [{"text": "a", "label": "b"}, {"text": "a", "more": "DEEP"}]
    lines = [json.dumps(rows[0])]
    lines += [json.dumps(rows[1]).replace('"DEEP"', "[" * n + "]" * n) for n in depths]
    path = put(tmp_path, "t.jsonl", "\n".join(lines))
    listed = dict(rejected(path))
    assert len(read_table(path)) + len(listed) == len(lines)
    assert set(listed.values()) == {"its values are nested too deeply"}
    assert [
        n for n, line in zip(depths, range(2, len(lines) + 1), strict=True) if line in listed
    ] == [n for n in depths if n > DEEPEST]


def test_items_of_a_json_list_have_lines(tmp_path: Path) -> None:
    path = put(tmp_path, "t.json", '[\n {"text": "a"},\n {"text": "b",\n  "n": 1}, 3\n]\n')
    table = read_table(path)
    assert table.lines.tolist() == [2, 3]
    assert [line for line, _ in rejected(path)] == [4]


def test_a_workbook_by_sheet(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("First")
    sheet.write_row(2, 0, ["text", "label", "when", "sum"])
    sheet.write_row(3, 0, ["hello", "a"])
    sheet.write_datetime(3, 2, date(2024, 3, 1), book.add_format({"num_format": "yyyy-mm-dd"}))
    sheet.write_formula(3, 3, "=1+1", None, 2)
    sheet.write_row(5, 0, ["two\nlines", "b"])
    book.add_worksheet("Second").write_column(0, 0, ["text", "only"])
    book.add_worksheet("Empty")
    book.close()
    table = read_table(path)
    assert table.columns == ("text", "label", "when", "sum")
    assert table.lines.tolist() == [4, 6]
    assert table.frame.rows()[0] == ("hello", "a", "2024-03-01 00:00:00", "2")
    assert table.frame["text"][1] == "two\nlines"
    assert read_table(f"{path}#Second").frame["text"].to_list() == ["only"]
    with pytest.raises(DataError, match="no sheet 'Secnd'") as caught:
        read_table(f"{path}#Secnd")
    assert "Second" in str(caught.value.hint)
    with pytest.raises(DataError, match="sheet is empty"):
        read_table(f"{path}#Empty")


def test_parquet_of_any_type(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pl.DataFrame(
        {
            "text": ["a", None],
            "n": [1, 2],
            "on": [True, False],
            "when": [date(2024, 3, 1), None],
            "tags": [["x", "y"], []],
            "raw": [b"1", b"2"],
            "kind": pl.Series(["k", "k"], dtype=pl.Categorical),
        }
    ).write_parquet(path)
    table = read_table(path)
    assert table.frame.rows() == [
        ("a", "1", "true", "2024-03-01", '["x","y"]', "k"),
        (None, "2", "false", None, "[]", "k"),
    ]
    assert table.lines.tolist() == [1, 2]
    assert "raw" in table.notes[0]


def test_the_source_record(tmp_path: Path) -> None:
    put(tmp_path, "data.csv", "text;label\na;b\nc\n")
    record = read_table("data.csv", tmp_path).source()
    assert (record.path, record.delimiter, record.encoding) == ("data.csv", ";", "utf-8")
    assert (record.rows, record.rejected, record.bytes) == (2, 1, 17)
    assert len(record.sha256) == 64


# Packed files, folders.

ROWS = [{"text": f"text {i}", "label": "ab"[i % 2]} for i in range(4)]
LINES = "".join(json.dumps(row) + "\n" for row in ROWS).encode()
COMMAS = ("text,label\n" + "".join(f"{r['text']},{r['label']}\n" for r in ROWS)).encode()


@pytest.mark.parametrize("packing", ["gz", "zst"])
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.jsonl", LINES),
        ("t.csv", COMMAS),
        ("t.tsv", COMMAS.replace(b",", b"\t")),
        ("t.json", json.dumps(ROWS).encode()),
        ("t", LINES),
    ],
)
def test_packed_files_are_read_as_the_files_in_them(
    tmp_path: Path, packing: str, name: str, content: bytes
) -> None:
    packed = packed_as(packing, content)
    table = read_table(f"{name}.{packing}", put(tmp_path, f"{name}.{packing}", packed).parent)
    assert table.rows == ROWS
    assert (table.path, table.bytes) == (f"{name}.{packing}", len(packed))
    assert table.sha256 == hashlib.sha256(packed).hexdigest()


def packed_as(packing: str, content: bytes) -> bytes:
    return gzip.compress(content) if packing == "gz" else zstandard.compress(content)


@pytest.mark.parametrize("packing", ["gz", "zst"])
def test_damaged_packed_files_are_told(tmp_path: Path, packing: str) -> None:
    packed = packed_as(packing, LINES * 200)
    for content in (packed[: len(packed) // 2], packed[:20] + b"\xff" * 20 + packed[40:]):
        with pytest.raises(DataError, match="damaged or cut short"):
            read_table(put(tmp_path, f"t.jsonl.{packing}", content))
    with pytest.raises(DataError, match="packed twice"):
        read_table(put(tmp_path, f"t.jsonl.{packing}", packed_as(packing, packed)))
    with pytest.raises(DataError, match="the file is empty"):
        read_table(put(tmp_path, f"t.jsonl.{packing}", packed_as(packing, b"")))


@pytest.mark.parametrize("packing", ["gz", "zst"])
def test_what_unpacks_to_more_than_the_limit_is_refused(
    tmp_path: Path, packing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = packed_as(packing, b"a" * (8 << 20))
    assert len(bomb) < 10_000
    monkeypatch.setattr(_packed, "UNPACKED_LIMIT", 4 << 20)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    path = put(tmp_path, f"t.csv.{packing}", bomb)
    with pytest.raises(DataError, match="unpacks to more than"):
        read_table(path)
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


def test_zstandard_that_is_not_installed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "zstandard", None)
    with pytest.raises(MissingDependency) as caught:
        read_table(put(tmp_path, "t.jsonl.zst", packed_as("zst", LINES)))
    assert "pip install zstandard" in str(caught.value.hint)


def texts(folder: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def test_a_folder_a_label(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"refund/1.txt": "Money back", "lost/x/2.md": "It is gone\n"}
    table = read_table(texts(tmp_path / "t", {**files, ".hidden": "x", "lost/a.png": b"\x89PNG"}))
    assert table.rows == [
        {"text": "It is gone\n", "label": "lost", "file": "lost/x/2.md"},
        {"text": "Money back", "label": "refund", "file": "refund/1.txt"},
    ]
    assert table.lines.tolist() == [1, 2]
    assert table.notes[0] == "the folder was read as a folder a label"
    assert ".png (1)" in table.notes[1]


def test_texts_beside_their_answers(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "a.txt": "Hi",
        "a.target.txt": "Hello",
        "b.txt": "no answer",
        "a.ideal.txt": "Good day",
        "c.target.txt": "no text",
        "d.txt": b"nul \0",
        "d.target.txt": "x",
    }
    table = read_table(texts(tmp_path / "t", files))
    assert table.rows == [{"input": "Hi", "target": "Hello", "file": "a.txt"}]
    assert [(r.line, r.reason) for r in table.rejects] == [
        (2, "b.txt has no answer beside it"),
        (3, "d.txt: it holds a NUL character"),
        (4, "a.ideal.txt is a second answer to its text"),
        (5, "c.target.txt is an answer without its text"),
    ]


def test_texts_named_after_their_labels(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"refund-1.txt": "a", "refund-2.txt": "b", "lost (1).txt": "c"}
    table = read_table(texts(tmp_path / "t", files))
    assert [row["label"] for row in table.rows] == ["lost", "refund", "refund"]
    with pytest.raises(DataError, match="nothing says what the right answer") as caught:
        read_table(texts(tmp_path / "u", {"one.txt": "a", "two.txt": "b"}))
    assert "refund-1.txt" in str(caught.value.expected)


def test_the_hash_of_a_folder_is_that_of_its_names_and_texts(tmp_path: Path) -> None:
    one = read_table(texts(tmp_path / "a", {"x/1.txt": "a", "y/2.txt": "b"}))
    same = read_table(texts(tmp_path / "b", {"y/2.txt": "b", "x/1.txt": "a"}))
    other = read_table(texts(tmp_path / "c", {"x/1.txt": "b", "y/2.txt": "a"}))
    assert one.sha256 == same.sha256 != other.sha256
    assert one.bytes == 2


def saved(folder: Path, frame: pl.DataFrame, features: object = None) -> Path:
    """A dataset as ``save_to_disk`` of Hugging Face datasets 5.2 leaves it."""
    folder.mkdir(parents=True)
    half = len(frame) // 2
    names = ["data-00000-of-00002.arrow", "data-00001-of-00002.arrow"]
    for name, part in zip(names, (frame[:half], frame[half:]), strict=True):
        part.write_ipc_stream(folder / name)
    state = {"_data_files": [{"filename": name} for name in names], "_fingerprint": "x"}
    (folder / "state.json").write_text(json.dumps(state))
    (folder / "dataset_info.json").write_text(json.dumps({"features": features or {}}))
    return folder


FRAME = pl.DataFrame(
    {
        "text": ["a", "b", "c"],
        "label": [0, 1, 1],
        "messages": [[{"role": "user", "content": "x"}]] * 3,
    }
)
FEATURES = {"label": {"names": ["no", "yes"], "_type": "ClassLabel"}, "text": {"dtype": "string"}}


def test_a_saved_dataset(tmp_path: Path) -> None:
    table = read_table(saved(tmp_path / "d", FRAME, FEATURES))
    assert table.rows[2] == {
        "text": "c",
        "label": "yes",
        "messages": '[{"role":"user","content":"x"}]',
    }
    assert table.lines.tolist() == [1, 2, 3]
    assert table.coded == {"messages"}
    assert "names of their labels" in table.notes[0]


def test_the_splits_of_a_saved_dataset(tmp_path: Path) -> None:
    folder = tmp_path / "d"
    saved(folder / "train", FRAME)
    saved(folder / "test", FRAME[:2])
    (folder / "dataset_dict.json").write_text('{"splits": ["train", "test"]}')
    table = read_table(folder)
    assert len(table) == 3
    assert "not 'test'" in table.notes[0]
    assert len(read_table(f"{folder}#test")) == 2
    with pytest.raises(DataError, match="no split 'tset'") as caught:
        read_table(f"{folder}#tset")
    assert "#test" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("state.json", b"{", "no JSON"),
        ("state.json", b'{"_data_files": []}', "names no data file"),
        ("state.json", b'{"_data_files": [{"filename": "../x"}]}', "not in the folder"),
        ("state.json", b'{"_data_files": [{"filename": "gone.arrow"}]}', "is missing"),
        ("data-00001-of-00002.arrow", b"ARROW1 and nonsense", "damaged"),
        ("data-00001-of-00002.arrow", b"", "damaged"),
    ],
)
def test_a_damaged_saved_dataset(tmp_path: Path, name: str, content: bytes, found: str) -> None:
    folder = saved(tmp_path / "d", FRAME)
    put(folder, name, content)
    with pytest.raises(DataError, match=found):
        read_table(folder)


def test_the_real_library_writes_what_is_read(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    made = datasets.Dataset.from_dict({"text": ["a", "b"], "label": ["x", "y"]})
    datasets.DatasetDict(train=made, test=made).save_to_disk(str(tmp_path / "d"))
    assert read_table(tmp_path / "d").rows == [
        {"text": "a", "label": "x"},
        {"text": "b", "label": "y"},
    ]


def test_durations_are_read_and_types_that_are_not_are_told(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pl.DataFrame({"text": ["a"], "took": [timedelta(seconds=90)]}).write_parquet(path)
    assert read_table(path).rows == [{"text": "a", "took": "PT1M30S"}]
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    views = arrow.array([[1]], arrow.list_view(arrow.int8()))
    parquet.write_table(arrow.table({"text": ["a"], "views": views}), path)
    with pytest.raises(DataError, match="of a type that can't be read"):
        read_table(path)


def test_which_columns_held_no_text(tmp_path: Path) -> None:
    rows = [{"a": 1, "b": "1", "c": 1, "d": None}, {"a": [2], "b": None, "c": "x", "d": True}]
    table = read_table(put(tmp_path, "t.jsonl", "".join(json.dumps(r) + "\n" for r in rows)))
    assert table.coded == {"a", "d"}


@pytest.mark.parametrize("mark", [b"\xfe\xff", b"\xff\xfe"])
def test_a_mark_in_the_middle_is_no_mark(tmp_path: Path, mark: bytes) -> None:
    """The bytes of UTF-16's mark, first in the lines that are looked at but not first in the file."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"a": 1}\n' + mark + b'\n{"a": 2}\n')
    assert inspect(path, "a.jsonl").encoding == "utf-8"
    table = read_table(path)
    assert (len(table), [reject.line for reject in table.rejects]) == (2, [2])
