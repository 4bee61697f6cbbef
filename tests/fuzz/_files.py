"""Files for the fuzzing of readers: valid ones with odd contents, and bytes of valid ones changed.

``Changes`` are drawn apart from the bytes that they are made to, so that hypothesis can shrink them.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter  # type: ignore[import-untyped]
from hypothesis import strategies as st

Change = tuple[int, str, bytes]

CHANGES = st.lists(
    st.tuples(
        st.integers(0, 1 << 16),
        st.sampled_from(["put", "put", "put", "insert", "cut", "end"]),
        st.binary(min_size=1, max_size=4) | st.sampled_from([b"\0" * 8, b"\xff" * 8, b"\x7f"]),
    ),
    min_size=1,
    max_size=4,
)


def changed(data: bytes, changes: Sequence[Change]) -> bytes:
    """The bytes with some put in place of others, inserted, cut out, or broken off."""
    for at, how, new in changes:
        place = at % max(len(data), 1)
        if how == "put":
            data = data[:place] + new + data[place + len(new) :]
        elif how == "insert":
            data = data[:place] + new + data[place:]
        elif how == "cut":
            data = data[:place] + data[place + len(new) :]
        else:
            data = data[:place]
    return data


TEXTS = st.none() | st.text(max_size=6) | st.sampled_from(["", " ", "\0", "\ufeffa", "x" * 300])
MOMENTS = st.datetimes(dt.datetime(1700, 1, 1), dt.datetime(2200, 1, 1))
NAMES = st.sampled_from(["text", "label", "Text", "", " ", "a\nb", "messages", "é", "0"])


def _null(kind: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | kind


RECORD = pa.struct([("a", pa.float64()), ("b", pa.list_(pa.date32()))])
SAID = pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))
COLUMNS: list[tuple[Any, st.SearchStrategy[Any]]] = [
    (pa.string(), TEXTS),
    (pa.large_string(), TEXTS),
    (pa.string_view(), TEXTS),
    (pa.dictionary(pa.int32(), pa.string()), TEXTS),
    (pa.null(), st.none()),
    (pa.bool_(), _null(st.booleans())),
    (pa.int8(), _null(st.integers(-128, 127))),
    (pa.uint64(), _null(st.integers(0, 2**64 - 1))),
    (pa.int64(), _null(st.integers(-(2**63), 2**63 - 1))),
    (pa.float64(), _null(st.floats())),
    (pa.float16(), _null(st.floats(width=16))),
    (pa.decimal128(38, 10), _null(st.decimals("-1e9", "1e9", places=10))),
    (pa.decimal256(60, 2), _null(st.just(Decimal("1.25")))),
    (pa.date32(), _null(st.dates())),
    (pa.timestamp("ns"), _null(MOMENTS)),
    (pa.timestamp("us", tz="Asia/Tokyo"), _null(MOMENTS)),
    (pa.timestamp("s"), _null(MOMENTS)),
    (pa.duration("ms"), _null(st.timedeltas(dt.timedelta(-9), dt.timedelta(9)))),
    (pa.time64("us"), _null(st.times())),
    (pa.binary(), _null(st.binary(max_size=4))),
    (pa.binary(2), _null(st.binary(min_size=2, max_size=2))),
    (pa.list_(pa.string()), _null(st.lists(TEXTS, max_size=3))),
    (pa.list_(pa.binary()), _null(st.lists(st.binary(max_size=3), max_size=2))),
    (pa.list_(pa.int32(), 2), _null(st.lists(st.integers(0, 9), min_size=2, max_size=2))),
    (pa.list_(pa.timestamp("us")), _null(st.lists(MOMENTS, max_size=2))),
    (RECORD, _null(st.fixed_dictionaries({"a": st.floats(), "b": st.lists(st.dates())}))),
    (pa.struct([]), _null(st.just({}))),
    (pa.map_(pa.string(), pa.int64()), _null(st.lists(st.tuples(st.text(), st.integers(-9, 9))))),
    (SAID, _null(st.lists(st.fixed_dictionaries({"role": TEXTS, "content": TEXTS}), max_size=2))),
]  # fmt: skip


@st.composite
def arrow_tables(draw: st.DrawFn) -> pa.Table:
    """Columns of every type that people's files have, some of the same name."""
    rows = draw(st.integers(0, 4))
    chosen = draw(st.lists(st.sampled_from(COLUMNS), min_size=1, max_size=4))
    arrays = [
        pa.array(draw(st.lists(values, min_size=rows, max_size=rows)), kind)
        for kind, values in chosen
    ]
    unique = draw(st.integers(0, 9)) > 0
    names = draw(st.lists(NAMES, min_size=len(arrays), max_size=len(arrays), unique=unique))
    return pa.Table.from_arrays(arrays, names=names)


def parquet(table: pa.Table) -> bytes:
    """The table as Parquet."""
    file = io.BytesIO()
    pq.write_table(table, file)
    return file.getvalue()


def stream(table: pa.Table) -> bytes:
    """The table as an Arrow stream, as in saved datasets."""
    file = io.BytesIO()
    with pa.ipc.new_stream(file, table.schema) as writer:
        writer.write_table(table)
    return file.getvalue()


def saved(folder: Path, data: bytes, state: bytes | None = None, info: bytes = b"{}") -> Path:
    """A saved dataset whose one file has these bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "data.arrow").write_bytes(data)
    named = json.dumps({"_data_files": [{"filename": "data.arrow"}]}).encode()
    (folder / "state.json").write_bytes(named if state is None else state)
    (folder / "dataset_info.json").write_bytes(info)
    return folder


PLAIN = pa.table({"text": ["hello", "bye", None] * 3, "label": ["a", "b", "a"] * 3, "n": range(9)})

CELLS = (
    st.none()
    | st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=6)
    | st.sampled_from(["text", "label", "=1+1", "", " ", "x" * 300])
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.datetimes(dt.datetime(1901, 1, 1), dt.datetime(2200, 1, 1))
    | st.sampled_from(
        [("formula", "text"), ("formula", 7), ("formula", ""), ("formula", "#DIV/0!")]
    )
)
GRIDS = st.lists(st.lists(CELLS, max_size=4), max_size=6)
SHEETS = st.lists(GRIDS, min_size=1, max_size=3)


def workbook(sheets: Sequence[Sequence[Sequence[Any]]], merged: bool, chart: bool) -> bytes:
    """A workbook with these cells; a formula is a tuple with its value."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False}) as book:
        date = book.add_format({"num_format": "yyyy-mm-dd"})
        if chart:
            drawn = book.add_chart({"type": "line"})
            drawn.add_series({"values": "=Sheet1!$A$1:$A$2"})
            book.add_chartsheet("Chart").set_chart(drawn)
        for grid in sheets:
            sheet = book.add_worksheet()
            for row, cells in enumerate(grid):
                for column, cell in enumerate(cells):
                    _put(sheet, row, column, cell, date)
            if merged:
                sheet.merge_range(len(grid) + 1, 0, len(grid) + 2, 1, "merged")
    return file.getvalue()


def _put(sheet: Any, row: int, column: int, cell: Any, date: Any) -> None:
    if isinstance(cell, tuple):
        sheet.write_formula(row, column, "=A1", None, cell[1])
    elif isinstance(cell, str):
        sheet.write_string(row, column, cell)
    elif isinstance(cell, dt.datetime):
        sheet.write_datetime(row, column, cell, date)
    elif cell is not None:
        sheet.write(row, column, cell)


def inside(data: bytes, part: int, change: Callable[[bytes], bytes]) -> bytes:
    """A zip archive with one of its files changed: its sums still agree."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w") as new:
        names = old.namelist()
        for name in names:
            content = old.read(name)
            new.writestr(name, change(content) if name == names[part % len(names)] else content)
    return file.getvalue()


ASKED = [
    "a.txt",
    "b.md",
    "A.TXT",
    "x-1.txt",
    "x-2.txt",
    "x (3).text",
    "é.txt",
    "-1.txt",
    "\udcff.txt",
]
OTHERS = ["a.target.txt", "b.ideal.md", "a.target.target.txt", "a.b..txt", "c.png", ".hidden.txt"]
PARTS = st.sampled_from([*ASKED, *OTHERS])
PATHS = st.lists(st.sampled_from(["x", "y", ".z", "a.txt"]), max_size=2).flatmap(
    lambda folders: PARTS.map(lambda name: "/".join([*folders, name]))
)
FOLDERS = st.dictionaries(
    PATHS,
    st.binary(max_size=20)
    | st.text(max_size=10).map(lambda text: text.encode("utf-8", "surrogatepass"))
    | st.sampled_from([b"", b"hello", "é".encode("cp1252"), "é".encode("utf-16"), b"a\0b"]),
    max_size=6,
)
