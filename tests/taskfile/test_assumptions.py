from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from etude.records.task import Task
from etude.taskfile import TaskFile, read
from etude.taskfile.assumptions import QUIET, SENTENCES

MINIMAL = "task: triage\nkind: classify\ndata:\n  examples: data/a.csv\n"


def load(folder: Path, text: str) -> TaskFile:
    path = folder / "etude.yaml"
    path.write_text(text, encoding="utf-8")
    return read(path)


def sentences(folder: Path, text: str) -> dict[str, str]:
    return {item.field: item.sentence for item in load(folder, text).assumptions}


def fields(model: type[BaseModel], prefix: str) -> set[str]:
    """Every field with a default, as the sentences name it."""
    found = set()
    for name, info in model.model_fields.items():
        key = f"{prefix}{info.alias or name}"
        if not info.is_required():
            found.add(key)
        for inner in (info.annotation, *get_args(info.annotation)):
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                found |= fields(inner, f"{key}.")
    return found


def test_every_default_has_a_sentence_or_a_reason_for_none() -> None:
    every = {
        field.removeprefix("models.").removeprefix("judge.model.").removeprefix("improve.by.")
        for field in fields(Task, "")
    }
    # How a model is trained is chosen on dev and shown with the candidate.
    # What nobody said for the advice is unknown.
    every = {field for field in every if not field.startswith(("training", "advice"))}
    assert every == set(SENTENCES) | QUIET
    assert not set(SENTENCES) & QUIET


def test_what_was_not_written_is_told_with_what_to_change(tmp_path: Path) -> None:
    told = sentences(tmp_path, MINIMAL)
    assert told["economics.minutes_to_fix"] == (
        "2 minutes to fix an error; change economics.minutes_to_fix in etude.yaml"
    )
    assert told["economics.minutes_per_handover"].startswith("1 minute for a request")
    assert told["economics.requests_per_month"].startswith("1,000 requests a month")
    assert told["economics.hourly_rate"].startswith("a person's hour costs 30 EUR")
    assert told["models"].startswith("the models are builtin:minilm")
    assert told["ladder"].startswith("the ways that are tried: prompt, few_shot")


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ("economics: {minutes_to_fix: 2}", "economics.minutes_to_fix"),
        ("economics: {currency: EUR}", "economics.currency"),
        ("bar: {metric: accuracy}", "bar.metric"),
        ("stakes: normal", "stakes"),
        ("labels: [a, b]", "labels"),
        ("models: [builtin:minilm]", "models"),
    ],
)
def test_what_was_written_is_not_assumed_even_if_it_is_the_default(
    tmp_path: Path, more: str, field: str
) -> None:
    assert field in sentences(tmp_path, MINIMAL)
    assert field not in sentences(tmp_path, MINIMAL + more + "\n")


def test_a_holdout_of_ones_own_is_not_contradicted(tmp_path: Path) -> None:
    told = sentences(tmp_path, MINIMAL + "  holdout: data/t.csv\n  split: {dev: 0.1}\n")
    assert not [field for field in told if field.startswith("data.split")]


def test_the_half_of_a_split_that_was_not_written_is_told(tmp_path: Path) -> None:
    told = sentences(tmp_path, MINIMAL + "  split: {dev: 0.1}\n")
    assert told["data.split.holdout"].startswith("0.2 of the examples are kept aside")
    assert "data.split" not in told


def test_defaults_of_an_endpoint_are_told(tmp_path: Path) -> None:
    endpoint = "models: [a, {openai: {base_url: https://h/v1, model: m, price_in: 1}}]\n"
    found = load(tmp_path, MINIMAL + "economics: {currency: USD}\n" + endpoint)
    told = {item.field: item.sentence for item in found.assumptions}
    assert told["models[1].openai.price_out"].startswith("a million tokens answered costs 0 USD")
    assert "models[1].openai.price_in" not in told
    assert not [text for text in found.warnings if "count as free" in text]


def test_warnings_name_what_is_allowed_and_doubtful(tmp_path: Path) -> None:
    text = "labels: {a: x, b: , ' c ': z}\nmodels: [{openai: {base_url: http://h/v1, model: m}}]\n"
    told = "\n".join(load(tmp_path, MINIMAL + text).warnings)
    for words in (
        "spaces at its ends",
        "1 of 3 labels have no meaning",
        "unencrypted to h",
        "count as free",
        "no instructions",
    ):
        assert words in told


def test_a_local_endpoint_is_no_cause_for_warnings(tmp_path: Path) -> None:
    model = "models: [{openai: {base_url: 'http://127.0.0.1:1/v1', model: m}}]\n"
    assert load(tmp_path, MINIMAL + "instructions: choose\n" + model).warnings == ()


def test_sentences_are_plain() -> None:
    for text in SENTENCES.values():
        assert not re.search(r"[A-Z]{4,}|_", text.replace("{value}", "").replace("{currency}", ""))
