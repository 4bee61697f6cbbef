"""``judge``: every mistake is told at its line, and a judge of the candidates' family is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from etude.errors import TaskError
from etude.taskfile import read
from etude.taskfile.judge_rules import family

HEAD = "task: t\nkind: write\ninstructions: x\ndata: {examples: a.csv}\nmodels: [%s]\n"
ENDPOINT = "{openai: {base_url: 'https://h.example/v1', model: %s}}"
JUDGE = 'bar: {metric: judge}\njudge: {model: %s, criteria: {kind: "Is it kind?"}}\n'


def told(folder: Path, text: str) -> dict[str, str]:
    path = folder / "etude.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TaskError) as caught:
        read(path)
    return {problem.field: str(problem) for problem in caught.value.problems}


def test_a_judge_is_read(tmp_path: Path) -> None:
    path = tmp_path / "etude.yaml"
    path.write_text(HEAD % "org/Qwen2.5-7B" + JUDGE % (ENDPOINT % "gpt-9"), encoding="utf-8")
    found = read(path)
    assert found.task.judge is not None
    assert found.task.judge.model.name == "openai:gpt-9"
    assert found.task.judge.criteria == {"kind": "Is it kind?"}
    assert found.task.counted == "chrf"
    assert ["count as free" in one for one in found.warnings] == [True]
    assumed = [one.field for one in found.assumptions if one.field.startswith("judge")]
    assert "judge.model.openai.spend_limit" in assumed


@pytest.mark.parametrize(
    ("more", "field", "words"),
    [
        ("bar: {metric: judge}", "judge", "is missing"),
        (JUDGE % "m", "judge.model", "would judge"),
        (JUDGE % "builtin:minilm", "judge.model", "reads and does not answer"),
        (JUDGE % "builtin:minilmm", "judge.model", "no builtin"),
        ("judge: {model: x, criteria: {}}", "judge.criteria", "no question"),
        ("judge: {model: x, criteria: {a: Be kind}}", "judge.criteria.a", "end it with ?"),
        ("judge: {model: x, criteria: {a: }}", "judge.criteria.a", "found nothing"),
        ("judge: {model: x, criteria: [a]}", "judge.criteria", "a name and a question"),
        ("judge: {model: x}", "judge.criteria", "is missing"),
        ("judge: {criteria: {a: 'Is it?'}}", "judge.model", "is missing"),
        ("judge: {model: x, criteria: {a: 'Is it?'}, modl: y}", "judge.modl", "unknown key"),
        (JUDGE % (ENDPOINT % "z, api_key: x"), "judge.model.openai.api_key", "does not belong"),
        (JUDGE % "{openai: {base_url: here, model: z}}", "judge.model.openai.base_url", "address"),
    ],
)
def test_a_wrong_judge(tmp_path: Path, more: str, field: str, words: str) -> None:
    found = told(tmp_path, HEAD % "m" + more)
    assert words in found[field]
    assert found[field].startswith("line ")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("openai:gpt-4o-mini", "gpt"),
        ("Qwen/Qwen2.5-7B-Instruct", "qwen"),
        ("models/llama-3/", "llama"),
        ("builtin:starter", "starter"),
        ("4everland", "4everland"),
    ],
)
def test_families(name: str, expected: str) -> None:
    assert family(name) == expected


def test_a_judge_of_the_same_family_is_named(tmp_path: Path) -> None:
    path = tmp_path / "etude.yaml"
    path.write_text(HEAD % "org/Qwen2.5-7B" + JUDGE % "other/qwen3-32b", encoding="utf-8")
    (warning,) = read(path).warnings
    assert "other/qwen3-32b seems to be of the same family as org/Qwen2.5-7B" in warning
