"""``convert``: any shape in, any shape out, and nothing lost that is not named."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import etude
from etude.data.overlay import row_hash
from etude.data.sources import read_table
from etude.errors import DataError, UnknownName, UsageError
from etude.project import Converted, ConvertOptions, convert_file
from etude.records.decision import Decision
from etude.workflow import decisions


def chat(asked: str, answer: str, **more: Any) -> dict[str, Any]:
    said = [{"role": "user", "content": asked}, {"role": "assistant", "content": answer}]
    return {"messages": said, **more}


TOOL = {"type": "function", "function": {"name": "find", "parameters": {}}}
ROWS = [chat("a", "b", n=1), chat("c", "d", n=2, tools=[TOOL]), {"messages": "x", "n": 3}]


def put(folder: Path, rows: list[Any], name: str = "chats.jsonl") -> Path:
    path = folder / name
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def made(source: Path, to: str, **options: Any) -> Converted:
    return convert_file(source, ConvertOptions(to, **options))


def rows_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_what_can_not_go_along_is_counted_named_and_listed(tmp_path: Path) -> None:
    done = made(put(tmp_path, ROWS), "alpaca")
    assert done.target == tmp_path / "chats.alpaca.jsonl"
    assert rows_of(done.target) == [{"instruction": "a", "input": "", "output": "b", "n": 1}]
    assert (done.read, done.converted, done.rejected) == (3, 1, 2)
    assert done.reason == "it has `messages` with `role` and `content`"
    assert done.left_out[0].startswith("1 row has tools or calls of them, which Alpaca can't hold")
    assert done.rejects is not None
    listed = pl.read_csv(done.rejects)
    assert listed["line"].to_list() == [2, 3]
    assert "(data_type)" in listed["reason"][1]


def test_lossy_writes_what_is_left_and_says_so(tmp_path: Path) -> None:
    done = made(put(tmp_path, ROWS), "alpaca", lossy=True)
    assert [row["n"] for row in rows_of(done.target)] == [1, 2]
    assert done.lost == (
        "1 row has tools or calls of them, which Alpaca can't hold: tools, calls and their results "
        "are dropped",
    )
    assert done.left_out == ()


@pytest.mark.parametrize("to", ["openai", "sharegpt", "gemini", "trl", "csv", "parquet", "xlsx"])
def test_there_and_back(to: str, tmp_path: Path) -> None:
    source = put(tmp_path, ROWS[:2])
    there = made(source, to)
    assert there.rejects is None
    back = made(there.target, "openai", out=tmp_path / "back.jsonl")
    again = [{**row, "n": int(row["n"])} for row in rows_of(back.target)]
    assert again == ROWS[:2]


def test_trl_is_the_shape_that_fits_the_answers(tmp_path: Path) -> None:
    pairs = put(tmp_path, [{"prompt": "a", "chosen": "b", "rejected": "c"}], "pairs.jsonl")
    assert set(rows_of(made(pairs, "trl").target)[0]) == {"prompt", "chosen", "rejected"}
    kto = made(pairs, "kto")
    assert [row["label"] for row in rows_of(kto.target)] == [True, False]
    assert (kto.converted, kto.rows) == (1, 2)
    assert "label" in rows_of(made(kto.target, "trl", out=tmp_path / "b.jsonl").target)[0]
    assert set(rows_of(made(put(tmp_path, ROWS[:1]), "trl").target)[0]) == {
        "prompt",
        "completion",
        "n",
    }


def test_a_plain_table_keeps_its_columns_in_another_kind_of_file(tmp_path: Path) -> None:
    source = tmp_path / "mails.csv"
    source.write_text("mail,queue,n\nhello,a,1\nbye,b,2\n", encoding="utf-8")
    done = made(source, "parquet")
    assert read_table(done.target).rows == read_table(source).rows
    named = made(source, "openai", inputs=("mail",), target="queue")
    assert rows_of(named.target)[0] == {**chat("hello", "a"), "n": "1"}
    with pytest.raises(DataError, match="the target"):
        made(source, "sharegpt")


def test_names_that_are_taken_and_files_that_are_there(tmp_path: Path) -> None:
    source = put(tmp_path, [{**ROWS[0], "output": "own"}])
    done = made(source, "alpaca")
    assert rows_of(done.target)[0]["output_2"] == "own"
    assert "output → output_2" in done.notes[-1]
    with pytest.raises(UsageError, match="there already"):
        made(source, "alpaca")
    assert made(source, "alpaca", replace=True).target == done.target
    with pytest.raises(UsageError, match="never changed"):
        made(source, "openai", out=source, replace=True)
    with pytest.raises(UsageError, match="not a name for such a file"):
        made(source, "csv", out=tmp_path / "a.jsonl")
    with pytest.raises(UnknownName) as caught:
        made(source, "opeanai")
    assert caught.value.hint == "did you mean --to openai?"
    with pytest.raises(UnknownName):
        made(source, "openai", shape="nothing")


def test_pictures_that_stay_behind_are_named(tmp_path: Path) -> None:
    rows = []
    for url in ("a.png", "/pics/a.png", "https://example.org/a.png", "data:image/png;base64,aa"):
        row = chat("What?", "A dot.")
        row["messages"][0]["content"] = [{"type": "image_url", "image_url": {"url": url}}]
        rows.append(row)
    source = put(tmp_path, rows)
    assert made(source, "sharegpt").notes == ()
    (tmp_path / "sub").mkdir()
    (note,) = made(source, "sharegpt", out=tmp_path / "sub" / "x.jsonl").notes
    assert note.startswith("1 row names pictures by their paths")
    assert made(source, "trl", out=tmp_path / "sub" / "y.jsonl", lossy=True).beside == 1


def test_nothing_is_left_behind_where_nothing_can_be_written(tmp_path: Path) -> None:
    source = put(tmp_path, [ROWS[0]])
    with pytest.raises(DataError, match="not one row can be written as OpenAI's preferences"):
        made(source, "preference")
    assert [path.name for path in tmp_path.iterdir()] == [source.name]


def test_packed_files_come_out_packed(tmp_path: Path) -> None:
    source = put(tmp_path, ROWS[:1])
    for ending in ("gz", "zst"):
        done = made(source, "sharegpt", out=tmp_path / f"out.jsonl.{ending}")
        assert read_table(done.target).columns == ("conversations", "n")
        back = made(done.target, "openai", out=tmp_path / f"{ending}.jsonl")
        assert rows_of(back.target) == ROWS[:1]


@pytest.mark.parametrize("ending", [".csv.gz", ".csv.zst", ".tsv.gz"])
def test_tables_come_out_packed_too(tmp_path: Path, ending: str) -> None:
    source = tmp_path / "mails.csv"
    source.write_text('mail,queue\n"hé,\nllo",a\nbye,b\n', encoding="utf-8")
    done = made(source, ending.split(".")[1], out=tmp_path / f"out{ending}")
    assert done.target.read_bytes()[:2] in (b"\x1f\x8b", b"\x28\xb5")
    assert read_table(done.target).rows == read_table(source).rows
    with pytest.raises(UsageError, match="not a name for such a file"):
        made(source, "parquet", out=tmp_path / "out.parquet.gz")


def test_a_project_converts_its_own_examples(tmp_path: Path) -> None:
    (tmp_path / "mails.csv").write_text("mail,queue\nhello,a\nbye,b\n", encoding="utf-8")
    (tmp_path / "etude.yaml").write_text(
        "task: mails\nkind: classify\ndata: {examples: mails.csv, input: mail, target: queue}\n"
    )
    done = etude.open(tmp_path).convert(ConvertOptions("openai"))
    assert done.target == tmp_path / "mails.openai.jsonl"
    assert rows_of(done.target) == [chat("hello", "a"), chat("bye", "b")]


def test_rows_are_not_held_as_objects(tmp_path: Path) -> None:
    source = put(tmp_path, [chat("question " * 20, "answer " * 20, n=n) for n in range(4_000)])
    tracemalloc.start()
    done = made(source, "sharegpt")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert done.converted == 4_000
    # The rows in Python objects would take five times as much; the file alone is 1.6 MB.
    assert peak < 40_000_000


def test_compare_refuses_tools_by_name_and_check_reads_them(tmp_path: Path) -> None:
    rows = [chat(f"question {n}", f"answer {n}", tools=[TOOL]) for n in range(30)]
    put(tmp_path, rows, "chats.jsonl")
    (tmp_path / "etude.yaml").write_text(
        "task: desk\nkind: chat\nbar: {metric: exact}\ndata: {examples: chats.jsonl}\n"
    )
    project = etude.open(tmp_path)
    assert project.convert(ConvertOptions("sharegpt")).converted == 30
    with pytest.raises(DataError, match="30 examples have tools or calls: no model can be asked"):
        project.compare()


def test_decisions_are_applied_to_a_projects_own_examples_and_said(tmp_path: Path) -> None:
    rows = [f"hello number {n},{'ab'[n % 2]},m{n}" for n in range(20)]
    (tmp_path / "mails.csv").write_text("\n".join(["mail,queue,key", *rows, ",a,m20"]), "utf-8")
    (tmp_path / "etude.yaml").write_text(
        "task: mails\nkind: classify\nmodels: [some-model]\n"
        "data: {examples: mails.csv, input: mail, target: queue, id: key}\n"
    )
    project = etude.open(tmp_path)
    session = project.to_review().session
    of = {n: row_hash(f"hello number {n}", "ab"[n % 2], None) for n in range(20)}
    decided = [
        Decision(row="m1", finding="x", action="drop", of=of[1], at="now"),
        Decision(row="m2", finding="x", action="relabel", value="b", of=of[2], at="now"),
    ]
    decisions.add(session, decided)
    done = project.convert(ConvertOptions("openai"))
    assert (
        done.notes[0] == "by your decisions (decisions.jsonl), of its rows: 1 left out, 1 changed"
    )
    written = {row["key"]: row["messages"] for row in rows_of(done.target)}
    assert "m1" not in written
    assert written["m2"] == chat("hello number 2", "b")["messages"]
    assert (done.read, done.rejected) == (20, 1)  # a row that can't be used is listed as before
    # So it is where it is named; another file is read as it is.
    same = project.convert(ConvertOptions("jsonl"), str(tmp_path / "mails.csv"))
    assert same.read == 20
    (tmp_path / "copy.csv").write_bytes((tmp_path / "mails.csv").read_bytes())
    assert project.convert(ConvertOptions("jsonl"), str(tmp_path / "copy.csv")).read == 21
    with pytest.raises(UsageError, match="never changed"):
        project.convert(ConvertOptions("jsonl", out=tmp_path / "decisions.jsonl", replace=True))
