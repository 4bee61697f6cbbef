"""``etude convert`` at the terminal."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

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
