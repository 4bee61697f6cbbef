"""serve.yaml: read, refused by name where it is wrong, and overruled by what is typed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from etude.errors import UsageError
from etude.serving.config import FILE, ServingConfig, read_config
from etude.serving.standing import check_models


def written(folder: Path, text: str) -> Path:
    (folder / FILE).write_text(text)
    return folder


def test_nothing_said_is_loopback_without_text(tmp_path: Path) -> None:
    found = read_config(tmp_path)
    assert found == ServingConfig()
    assert found.is_loopback
    assert not found.recording.text
    assert not found.trace_text


def test_a_file_and_flags_before_it(tmp_path: Path) -> None:
    said = "port: 9000\nmodels: {fast: builtin:starter}\ntuning:\n  models: {a: builtin:minilm}\n"
    flags = {
        ("port",): 9001,
        ("host",): None,
        ("tuning", "models", "gpt-4.1-mini"): "builtin:starter",
        ("recording", "text"): True,
    }
    found = read_config(written(tmp_path, said), flags)
    assert found.port == 9001
    assert found.host == "127.0.0.1"
    assert found.models["fast"].name == "builtin:starter"
    assert found.tuning.models == {"a": "builtin:minilm", "gpt-4.1-mini": "builtin:starter"}
    assert found.recording.text


def test_an_endpoint_may_stand_behind_a_name(tmp_path: Path) -> None:
    said = (
        "models:\n  big:\n    openai: {base_url: 'http://localhost:1/v1', model: m, "
        "api_key_env: KEY}\n"
    )
    model = read_config(written(tmp_path, said)).models["big"]
    assert model.name == "m"
    assert model.openai is not None
    assert model.openai.base_url == "http://localhost:1/v1"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("prot: 1", "prot: there is no such setting (did you mean port?)"),
        ("limits: {wating: 3}", "limits.wating: there is no such setting (did you mean waiting?)"),
        ("port: many", "port: Input should be a valid integer"),
        ("port: 70000", "less than or equal to 65535"),
        ("recording: {days: 0}", "recording.days: Input should be greater than 0"),
        ("tuning: {organization: 'A B'}", "tuning.organization"),
        ("engine: llama", "engine: Input should be 'transformers' or 'vllm'"),
        ("- a", "holds no settings"),
        ("a: [", "can't be read"),
        ("models: {a: 3}", "models.a"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, said: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_config(written(tmp_path, said))
    assert words in str(caught.value)
    assert FILE in str(caught.value)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("base_url: 'https://bob:hunter2x@h/v1'", "a user or password is written in the address"),
        ("base_url: 'https://h/v1?api_key=hunter2x'", "a key is written in the address"),
        ("base_url: 'https://h/v1', api_key_env: hunter2x-1", "not the name of a variable"),
    ],
)
def test_a_key_in_the_file_is_refused_and_not_repeated(
    tmp_path: Path, more: str, words: str
) -> None:
    with pytest.raises(UsageError) as caught:
        read_config(written(tmp_path, f"models: {{big: {{openai: {{model: m, {more}}}}}}}"))
    assert words in str(caught.value)
    assert "api_key_env: the NAME of an environment variable" in str(caught.value)
    assert "hunter2x" not in str(caught.value)


FAR = {"openai": {"base_url": "https://a.example/v1", "model": "m"}}


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"models": {"fast": "/no/such/folder"}}, "there is no folder /no/such/folder"),
        ({"models": {"fast": "./none"}}, "--model fast=…"),
        ({"models": {"fast": "empty"}}, "there is no model in the folder empty"),
        ({"models": {"fast": "builtin:startr"}}, "did you mean builtin:starter?"),
        ({"tuning": {"models": {"gpt-4.1-mini": "~/none"}}}, "--tune gpt-4.1-mini=…"),
        ({"models": {"far": FAR}, "tuning": {"models": {"a": "far"}}}, "can't be trained here"),
    ],
)
def test_a_model_that_cannot_be_is_told_at_the_start(
    tmp_path: Path, said: dict[str, Any], words: str
) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError) as caught:
        check_models(tmp_path, ServingConfig.model_validate(said))
    assert words in str(caught.value)


def test_models_that_may_be_are_let_through(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "config.json").write_text("{}")
    models = {"a": "mine", "b": "builtin:starter", "c": "acme/small", "d": str(tmp_path / "mine")}
    tuning = {"models": {"gpt-4.1-mini": "a"}}
    check_models(tmp_path, ServingConfig.model_validate({"models": models, "tuning": tuning}))


def test_a_flag_hides_no_fault_of_the_file(tmp_path: Path) -> None:
    assert (
        read_config(written(tmp_path, "models:\n"), {("models", "a"): "b"}).models["a"].name == "b"
    )
    with pytest.raises(UsageError, match="tuning: Input should be"):
        read_config(written(tmp_path, "tuning: fast"), {("tuning", "workers"): 2})


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.2", "example.org"])
def test_other_addresses_are_not_this_machine_alone(host: str) -> None:
    assert not ServingConfig(host=host).is_loopback


def places(section: type[BaseModel], before: str = "") -> list[str]:
    found = []
    for name, field in section.model_fields.items():
        inside = field.annotation
        if isinstance(inside, type) and issubclass(inside, BaseModel):
            found += places(inside, f"{before}{name}.")
        else:
            found.append(before + name)
    return found


def test_every_setting_is_described() -> None:
    page = Path(__file__).resolve().parents[2] / "docs" / "reference" / "server.md"
    text = page.read_text("utf-8")
    assert [place for place in places(ServingConfig) if f"`{place}`" not in text] == []
