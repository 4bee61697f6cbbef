"""``etude convert`` at the terminal."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from etude.data.overlay import row_hash
from etude.records.decision import Decision

from .conftest import Ran

Command = Callable[..., Ran]
ROW = {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "chats.jsonl"
    path.write_text(json.dumps(ROW) + "\nbroken\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return path


def test_a_file_outside_a_project(command: Command, source: Path) -> None:
    done = command("convert", "chats.jsonl", "--to", "sharegpt")
    assert done.code == 0, done.err
    assert done.out == "chats.sharegpt.jsonl\n"
    assert "was read as conversations (`messages`): it has `messages` with `role`" in done.err
    assert "1 of 2 rows were written, as ShareGPT." in done.err
    assert "chats.sharegpt.jsonl.rejects.csv" in done.err
    assert (source.parent / "chats.sharegpt.jsonl").exists()


def test_reasons_that_are_not_listed_are_counted(command: Command, source: Path) -> None:
    cut = [json.dumps(ROW)[:at] for at in range(2, 40)]
    wrong = ["[1]", "7", '{"messages": []}', '{"messages": 7}', '{"messages": [{"role": "x"}]}']
    source.write_text("\n".join([json.dumps(ROW), *cut, *wrong]), encoding="utf-8")
    done = command("convert", "chats.jsonl", "--to", "sharegpt")
    listed = done.err.split("rejects.csv:")[1]
    counts = [int(line.rsplit("(", 1)[1].rstrip(")")) for line in listed.strip().splitlines()]
    assert sum(counts) == len(cut) + len(wrong)
    assert "other reasons" in listed
    assert "char" not in listed
    source.write_text("\n".join([json.dumps(ROW), "7"]), encoding="utf-8")
    once = command("convert", "chats.jsonl", "--to", "sharegpt", "--force").err
    assert "1 row is not in it; it is listed in" in once


def test_json_and_quiet(command: Command, source: Path) -> None:
    done = command("convert", "chats.jsonl", "--to", "csv", "--json")
    assert done.json["rows"] == {"read": 2, "converted": 1, "written": 1, "rejected": 1}
    assert done.json["written_as"] == "a plain table"
    again = command("convert", "chats.jsonl", "--to", "csv", "--force", "--quiet")
    assert (again.code, again.err) == (0, "")


def test_wrong_use_is_told(command: Command, source: Path) -> None:
    done = command("convert", "chats.jsonl", "--to", "shargpt")
    assert done.code == 2
    assert "did you mean --to sharegpt?" in done.err
    named = command("convert", "chats.jsonl", "--to", "csv", "--from", "alpaca")
    assert named.code == 3
    assert "not one row can be written" in named.err
    assert command("convert", "--to", "csv").code == 2  # no file, and no project here


def test_decisions_about_a_projects_own_file_hold_where_it_is_named(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = [f"hello number {n},{'ab'[n % 2]},m{n}" for n in range(20)]
    for name in ("mails.csv", "others.csv"):
        Path(name).write_text("\n".join(["mail,queue,key", *rows]), encoding="utf-8")
    Path("etude.yaml").write_text(
        "task: mails\nkind: classify\nmodels: [some-model]\n"
        "data: {examples: mails.csv, input: mail, target: queue, id: key}\n"
    )
    of = row_hash("hello number 1", "b", None)
    left_out = Decision(row="m1", finding="x", action="drop", of=of, at="now")
    Path("decisions.jsonl").write_text(left_out.model_dump_json() + "\n", encoding="utf-8")
    done = command("convert", "mails.csv", "--to", "jsonl")
    assert done.code == 0, done.err
    assert "by your decisions (decisions.jsonl), of its rows: 1 left out" in done.err
    assert 'm1"' not in Path("mails.jsonl").read_text()
    assert "decisions" not in command("convert", "others.csv", "--to", "jsonl").err
    Path("etude.yaml").write_text("task: [")
    assert command("convert", "others.csv", "--to", "tsv").code == 0
