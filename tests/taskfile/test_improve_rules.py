"""``improve``: who rewrites, and a budget that can be held; every mistake at its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from etude.errors import TaskError
from etude.taskfile import read

HEAD = "task: t\nkind: write\ninstructions: x\ndata: {examples: a.csv}\nbar: {metric: chrf}\n"
ENDPOINT = "{openai: {base_url: 'https://h.example/v1', model: %s}}"
MODELS = f"models: [{ENDPOINT % 'small'}, {ENDPOINT % 'big, price_in: 1'}]\n"


def told(folder: Path, text: str) -> dict[str, str]:
    path = folder / "etude.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TaskError) as caught:
        read(path)
    return {problem.field: str(problem) for problem in caught.value.problems}


def test_it_is_read_and_a_name_stands_for_a_model_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "etude.yaml"
    path.write_text(HEAD + MODELS + "improve: {requests: 400, money: 2, by: 'openai:big'}\n")
    found = read(path).task.improve
    assert found is not None
    assert (found.requests, found.money) == (400, 2.0)
    assert found.by == read(path).task.models[1]
    path.write_text(HEAD + MODELS + f"improve: {{requests: 400, by: {ENDPOINT % 'third'}}}\n")
    task = read(path)
    assert task.task.improve is not None
    assert task.task.improve.by is not None
    assert task.task.improve.by.name == "openai:third"
    assumed = {one.field: one.sentence for one in task.assumptions}
    assert "no limit" in assumed["improve.money"]
    assert "improve.by.openai.spend_limit" in assumed
    assert any("openai:third: no prices" in one for one in task.warnings)


@pytest.mark.parametrize(
    ("models", "more", "field", "words"),
    [
        (MODELS, "{requests: 5}", "improve.requests", "at least 50"),
        (MODELS, "{money: 2}", "improve.requests", "is missing"),
        (MODELS, "{requests: 100, money: 0}", "improve.money", "above 0"),
        (MODELS, "{requests: 100, by: gpt}", "improve.by", "no endpoint of this file"),
        (MODELS, "{requests: 100, rounds: 3}", "improve.rounds", "unknown key"),
        (
            MODELS,
            "{requests: 100, by: {openai: {model: x}}}",
            "improve.by.openai.base_url",
            "missing",
        ),
        (
            MODELS.replace("price_in", "timeout_s"),
            "{requests: 90, money: 1}",
            "improve.money",
            "price",
        ),
        ("models: [org/small]\n", "{requests: 100}", "improve", "no endpoint is among the models"),
        (MODELS, "400", "improve", "a section"),
    ],
)
def test_a_wrong_one(tmp_path: Path, models: str, more: str, field: str, words: str) -> None:
    found = told(tmp_path, HEAD + models + f"improve: {more}\n")
    assert words in found[field]
    assert found[field].startswith("line ")
