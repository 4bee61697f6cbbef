"""``check --training``: samples of what is learned, memory and time, before any training."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import etude
from etude.errors import UsageError
from etude.records.task import ModelRef
from etude.workflow.entrants import entrants
from tests._fakes import FakeEmbedder
from tests.models._causal_folders import write_causal

TASK = """
task: notes
kind: write
instructions: Say who wants what.
data: {{examples: notes.jsonl, input: [name, thing], target: text}}
checks: [{{type: starts-with, value: "{{{{name}}}} wants"}}]
models: [./model]
ladder: {ladder}
"""


def project(folder: Path, ladder: str) -> Path:
    write_causal(folder / "model")
    rows = [
        {
            "name": f"Name{i}",
            "thing": f"thing {i * 7 % 90}",
            "text": f"Name{i} wants thing {i * 7 % 90}.",
        }
        for i in range(60)
    ]
    (folder / "notes.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    (folder / "etude.yaml").write_text(TASK.format(ladder=ladder))
    return folder


def test_what_is_learned_and_what_is_masked_is_shown(tmp_path: Path) -> None:
    (planned,) = etude.open(project(tmp_path, "[prompt, finetune]")).planned_trainings()
    assert planned.candidate == "finetune@./model"
    sample = planned.looked.samples[0]
    assert "Say who wants what." in sample.prompt
    assert sample.target.startswith("Name")
    assert "wants" not in sample.prompt.split("thing:")[1]
    assert planned.looked.seconds
    assert "tokens to learn" in planned.sentence
    json.dumps(planned.to_json())


def test_a_ladder_without_training_says_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="trains a language model"):
        etude.open(project(tmp_path, "[prompt]")).planned_trainings()


@pytest.mark.parametrize("written", [True, False])
def test_how_to_train_is_said_to_be_unused_where_only_an_encoder_is(
    tmp_path: Path, written: bool
) -> None:
    rows = ["message,category", *(f"message {n},{'ab'[n % 2]}" for n in range(8))]
    (tmp_path / "rows.csv").write_text("\n".join(rows))
    task = "task: t\nkind: classify\nmodels: [fake]\nladder: [retrieval]\n"
    task += "data: {examples: rows.csv, input: message, target: category}\n"
    (tmp_path / "etude.yaml").write_text(task + ("training: {epochs: 3}\n" if written else ""))
    said: list[str] = []
    session = etude.open(tmp_path)._session
    entrants(session, [(ModelRef(name="fake"), FakeEmbedder())], said.append)
    assert any("section training of etude.yaml is not used" in line for line in said) == written
