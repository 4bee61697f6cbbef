"""``convert`` into folders: texts, and datasets as Hugging Face ``datasets`` saves them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from etude.data.sources import read_table
from etude.errors import DataError, MissingDependency, UsageError

from .test_convert import ROWS, TOOL, chat, made, put, rows_of


def mails(folder: Path) -> Path:
    path = folder / "mails.csv"
    path.write_text(
        'mail,queue,n\n"hé,\r\nllo",a,1\nbye,b,2\nso,a,3\n,b,4\noh,b,5\n', "utf-8", newline=""
    )
    return path


def test_a_table_as_texts_and_back(tmp_path: Path) -> None:
    done = made(mails(tmp_path), "folder", inputs=("mail",), target="queue")
    assert done.target == tmp_path / "mails-texts"
    assert (done.target / "a" / "0001.txt").read_bytes() == "hé,\r\nllo".encode()
    assert (done.read, done.converted, done.rejected) == (5, 4, 1)
    assert done.rejects == tmp_path / "mails-texts.rejects.csv"
    assert done.notes[-1] == "the folder is laid out as a folder a label"
    assert done.lost[-1] == (
        "4 rows have columns beside the text and its answer (`n`), which a folder of texts can't "
        "hold: they are dropped"
    )
    back = made(done.target, "jsonl")
    assert back.target == tmp_path / "mails-texts.jsonl"
    assert rows_of(back.target)[0] == {"text": "hé,\r\nllo", "label": "a", "file": "a/0001.txt"}
    again = made(back.target, "folder", out=tmp_path / "again")
    assert read_table(again.target).sha256 == read_table(done.target).sha256


def test_conversations_as_texts_and_back(tmp_path: Path) -> None:
    long = chat("a", "b")["messages"] + chat("c", "d")["messages"]
    rows = [chat("Where is it?", "On its way."), {"messages": long}, ROWS[1]]
    done = made(put(tmp_path, rows), "folder")
    assert (done.target / "0001.target.txt").read_text() == "On its way."
    assert json.loads((done.target / "0002.txt").read_text()) == long[:-1]
    assert done.left_out[0].startswith("1 row has tools or calls of them, which a folder of texts")
    back = made(done.target, "openai", out=tmp_path / "back.jsonl", lossy=True)
    assert [row["messages"] for row in rows_of(back.target)] == [rows[0]["messages"], long]


def test_a_folder_is_replaced_only_where_asked_and_where_nothing_else_lies(tmp_path: Path) -> None:
    source = put(tmp_path, ROWS[:1])
    out = made(source, "folder").target
    with pytest.raises(UsageError, match="this folder is there already"):
        made(source, "folder")
    put(tmp_path, [chat("e", "f")])
    made(source, "folder", replace=True)
    assert sorted(path.name for path in out.iterdir()) == ["0001.target.txt", "0001.txt"]
    assert (out / "0001.txt").read_text() == "e"
    (out / "plan.docx").write_text("mine")
    with pytest.raises(UsageError, match="holds other files"):
        made(source, "folder", replace=True)
    assert (out / "plan.docx").read_text() == "mine"
    (out / "plan.docx").unlink()
    # Neither what is read nor what it lies in makes room.
    for read, to in ((out, out), (out, tmp_path), (source, tmp_path)):
        with pytest.raises(UsageError, match="never changed"):
            made(read, "folder", out=to, replace=True)
    (tmp_path / "notes").write_text("mine")
    with pytest.raises(UsageError, match="a file is where a folder"):
        made(out, "folder", out=tmp_path / "notes", replace=True)
    with pytest.raises(UsageError, match="a file's name, and this is a folder"):
        made(source, "folder", out=tmp_path / "a.jsonl")


def test_nothing_is_left_of_a_folder_that_fails(tmp_path: Path) -> None:
    source = put(tmp_path, [{"messages": [{"role": "assistant", "content": "b"}]}, ROWS[1]])
    with pytest.raises(DataError, match="what is asked is empty"):
        made(source, "folder")
    assert [path.name for path in tmp_path.iterdir()] == [source.name]


def test_the_list_of_what_was_left_out_is_never_written_over_unasked(tmp_path: Path) -> None:
    source = put(tmp_path, ROWS)
    listed = tmp_path / "chats.alpaca.jsonl.rejects.csv"
    listed.write_text("mine")
    with pytest.raises(UsageError, match="the list of rows that are left out is there already"):
        made(source, "alpaca")
    assert sorted(path.name for path in tmp_path.iterdir()) == [listed.name, source.name]
    assert listed.read_text() == "mine"
    assert made(source, "alpaca", replace=True).rejects == listed
    # Of a file that was replaced by one that lacks nothing no list stays behind.
    put(tmp_path, ROWS[:1])
    assert made(source, "alpaca", replace=True).rejects is None
    assert not listed.exists()
    mails(tmp_path).rename(listed)
    with pytest.raises(UsageError, match="never changed"):
        made(listed, "jsonl", out=tmp_path / "chats.alpaca.jsonl", replace=True)


def test_a_saved_dataset_and_back(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    rows = [{**row, "score": 0.5, "ok": True, "tags": ["x"]} for row in ROWS[:2]]
    done = made(put(tmp_path, rows), "openai", out=tmp_path / "saved")
    assert done.written_as == "OpenAI's `messages`, in a saved dataset"
    loaded = datasets.load_from_disk(str(done.target))
    assert loaded.features["messages"] == datasets.List(
        {"role": datasets.Value("string"), "content": datasets.Value("string")}
    )
    kinds = [loaded.features[name].dtype for name in ("n", "score", "ok")]
    assert kinds == ["int64", "float64", "bool"]
    assert loaded[0]["messages"] == rows[0]["messages"]
    back = made(done.target, "openai", out=tmp_path / "back.jsonl")
    assert rows_of(back.target) == rows
    assert rows[1]["tools"] == [TOOL]
    again = made(done.target, "openai", out=tmp_path / "again")
    files = [
        {path.name: path.read_bytes() for path in one.iterdir()}
        for one in (done.target, again.target)
    ]
    assert files[0] == files[1]
    assert made(mails(tmp_path), "dataset").target == tmp_path / "mails-dataset"
    assert read_table(tmp_path / "mails-dataset").rows == read_table(mails(tmp_path)).rows


def test_what_to_install_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "datasets", None)
    source = put(tmp_path, ROWS[:1])
    with pytest.raises(MissingDependency) as caught:
        made(source, "dataset")
    assert "pip install 'etude[datasets]'" in str(caught.value.hint)
    assert [path.name for path in tmp_path.iterdir()] == [source.name]
    with pytest.raises(UsageError, match="in nothing for a saved dataset"):
        made(source, "openai", out=tmp_path / "a.jsnl")
