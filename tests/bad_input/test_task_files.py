"""Task files with mistakes: each is named with its line, all at once, and no key is repeated."""

from __future__ import annotations

import json

import pytest

from etude.models import builtin
from etude.taskfile import model_rules
from tests.bad_input.conftest import TASK, Etude, Maker, as_csv, in_house_form, rows

GOOD = TASK.format(file="data.csv", labels="")
SECRET = "sk-proj-abcdefghijklmnopqrstuvwxyz123456"
ENDPOINT = "[{openai: {base_url: 'https://api.example.com/v1', model: m, api_key_env: %s}}]"
TWELVE = b"""\
task: 3
kind: clasify
instrctions: x
labels: 4
data: {exampels: d.csv, splt: x}
bar: {metric: acuracy, at_least: 90%, margin: -1, p95_ms: soon}
models: [builtin:minilmm]
ladder: [promt, probe]
economics: {horizon_months: many}
"""


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (GOOD.replace("data: {", "data:\n\texamples: data.csv\n#"), ["line 5", "tab"]),
        (GOOD + "kind: extract\n", ["line 8", "'kind' is written twice"]),
        (
            GOOD.replace("builtin:minilm", "builtin:minilmm"),
            ["line 6", "did you mean 'builtin:minil"],
        ),
        (GOOD.replace("retrieval", "retreival"), ["line 7", "did you mean 'retrieval'?"]),
        (GOOD.replace("[builtin:minilm]", ENDPOINT % SECRET), ["a secret key is written"]),
        ("", ["the file is empty"]),
        ("- a\n- b\n", ["found a list"]),
        ("\0\1", ["line 1"]),
    ],
)
def test_one_mistake(etude: Etude, project: Maker, text: str, parts: list[str]) -> None:
    folder = project(as_csv(rows()), yaml=text.encode())
    ended = etude(folder, "check")
    in_house_form(ended, 2, "etude.yaml", *parts)
    assert SECRET not in ended.words
    assert not (folder / ".etude").exists()


@pytest.mark.parametrize("data", [b"task: \xff\n", GOOD.encode("utf-16")])
def test_a_task_file_that_is_not_utf8(etude: Etude, project: Maker, data: bytes) -> None:
    in_house_form(etude(project(as_csv(rows()), yaml=data), "check"), 2, "UTF-8")


def test_every_mistake_at_once(etude: Etude, project: Maker) -> None:
    folder = project(as_csv(rows()), yaml=TWELVE)
    in_house_form(etude(folder, "check"), 2, "13 problems", "'builtin:minilm'", "'accuracy'")
    problems = json.loads(etude(folder, "check", "--json").out)["error"]["problems"]
    assert len(problems) == 13
    assert {problem["line"] for problem in problems} == {2, 3, 4, 5, 6, 7, 8, 9}


def test_the_rules_know_every_builtin_model() -> None:
    assert set(model_rules.BUILTINS) == set(builtin.BUILTINS)


def test_a_column_that_is_not_there(etude: Etude, project: Maker) -> None:
    folder = project(as_csv(rows()), yaml=GOOD.replace("target: label", "target: labl").encode())
    in_house_form(etude(folder, "check"), 3, "did you mean 'label' for 'labl'?")
