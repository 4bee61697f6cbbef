"""``new`` asks a person and takes defaults elsewhere; ``doctor`` answers even without torch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from etude.cli import _asking
from etude.taskfile import read
from etude.workflow import doctor

from .conftest import Ran, process


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Somebody at the terminal who types these lines."""

    def types(*lines: str) -> list[str]:
        asked: list[str] = []
        typed: Iterator[str] = iter(lines)

        def prompt(text: str, default: str, show_default: bool, err: bool) -> str:
            assert err
            asked.append(text)
            try:
                return next(typed) or default
            except StopIteration:
                raise KeyboardInterrupt from None

        monkeypatch.setattr(_asking, "interactive", lambda: True)
        monkeypatch.setattr("typer.prompt", prompt)
        return asked

    return types


def test_defaults_where_nobody_is_asked(here: Path, command: Callable[..., Ran]) -> None:
    done = command("new", "plants")
    assert done.code == 0
    task = read(here / "plants" / "etude.yaml").task
    assert task.bar.at_least == 0.9
    assert task.economics.requests_per_month == 1000
    assert "cd plants && etude run" in done.out
    assert "etude.yaml" in done.out


def test_options_are_the_answers(here: Path, command: Callable[..., Ran]) -> None:
    done = command(
        "new",
        "plants",
        "--at-least",
        "85%",
        "--volume",
        "20,000",
        "--minutes",
        "3",
        "--rate",
        "42.5",
        "--currency",
        "USD",
    )
    assert done.code == 0
    task = read(here / "plants" / "etude.yaml").task
    assert task.bar.at_least == 0.85
    assert task.economics.requests_per_month == 20000
    assert (task.economics.minutes_to_fix, task.economics.hourly_rate) == (3, 42.5)
    assert task.economics.currency == "USD"


def test_a_person_is_asked_and_may_err(
    here: Path, command: Callable[..., Ran], person: Callable[..., list[str]]
) -> None:
    asked = person("lots", "80", "", "1.5", "")
    done = command("new", "plants")
    assert done.code == 0
    assert len(asked) == 5  # the first was asked again
    assert "found 'lots'" in done.err
    assert "message" in done.err  # the column that was guessed
    made = read(here / "plants" / "etude.yaml")
    economics, assumed = made.task.economics, {one.field for one in made.assumptions}
    assert (economics.requests_per_month, economics.minutes_to_fix) == (1000, 1.5)
    assert "economics.requests_per_month" in assumed
    assert "economics.minutes_to_fix" not in assumed
    assert read(here / "plants" / "etude.yaml").task.bar.at_least == 0.8


def test_only_what_is_open_is_asked(
    here: Path, command: Callable[..., Ran], person: Callable[..., list[str]]
) -> None:
    asked = person("", "")
    assert command("new", "plants", "--at-least", "0.8", "--rate", "20").code == 0
    assert len(asked) == 2


def test_nothing_is_asked_in_vain_or_with_yes(
    here: Path, command: Callable[..., Ran], person: Callable[..., list[str]]
) -> None:
    asked = person()
    (here / "used").mkdir()
    (here / "used" / "file").write_text("x")
    assert command("new", "used").code == 2
    assert command("new", "x", "--kind", "poetry").code == 2
    assert command("new", "fine", "--yes").code == 0
    assert command("new", "fine2", "--json").json["task"] == "fine2"
    assert asked == []


def test_stopped_while_asked_leaves_nothing(
    here: Path, command: Callable[..., Ran], person: Callable[..., list[str]]
) -> None:
    person("80")
    assert command("new", "plants").code == 130
    assert list(here.iterdir()) == []


def test_wrong_numbers_name_the_option(here: Path, command: Callable[..., Ran]) -> None:
    done = command("new", "plants", "--at-least", "120")
    assert done.code == 2
    assert "--at-least" in done.err
    assert list(here.iterdir()) == []


def test_own_examples(here: Path, command: Callable[..., Ran]) -> None:
    rows = "".join(f"I want a refund {i},refund\nwhere is my card {i},card\n" for i in range(30))
    (here / "mails.csv").write_text("text,category\n" + rows)
    done = command("new", "mine", "--from", "mails.csv", "--json")
    assert done.code == 0
    assert done.json["schema"] == 1
    assert any(path.endswith("mails.csv") for path in done.json["files"])
    missing = command("new", "other", "--from", "mails.csv", "--target", "categroy")
    assert missing.code == 3
    assert "category" in missing.err


def test_doctor_says_what_is_there(here: Path, command: Callable[..., Ran]) -> None:
    done = command("doctor")
    assert done.code == 0
    for told in ("torch", "builtin:minilm", "etude new NAME --from FILE", "cores"):
        assert told in done.out, told
    told = command("doctor", "--json").json
    assert told["schema"] == 1
    assert told["can_run"] is True
    assert told["missing"] == []


def test_doctor_brings_no_torch(tmp_path: Path) -> None:
    program = (
        "import sys; from etude.cli.main import run; code = run(['doctor']); "
        "print(code, 'torch' in sys.modules, file=sys.stderr)"
    )
    assert process(cwd=tmp_path, program=program).err.strip().splitlines()[-1] == "0 False"


def test_doctor_names_what_is_missing(
    here: Path, command: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = doctor._version
    monkeypatch.setattr(doctor, "_version", lambda name: None if name == "torch" else found(name))
    done = command("doctor")
    assert done.code == 4
    assert "pip install torch" in done.out
    told = command("doctor", "--json")
    assert told.code == 4
    assert told.json["can_run"] is False


def test_doctor_finds_a_model_that_was_changed(
    here: Path, command: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = here / "model"
    folder.mkdir()
    for name in ("model.safetensors", "tokenizer.json", "config.json"):
        (folder / name).write_text("other bytes")
    monkeypatch.setenv("ETUDE_MINILM", str(folder))
    done = command("doctor")
    assert done.code == 4
    assert "sha256" in done.out


def test_doctor_looks_at_the_models_of_the_task(
    here: Path, command: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_SUCH_KEY", raising=False)
    assert command("new", "plants").code == 0
    path = here / "plants" / "etude.yaml"
    endpoint = (
        "{openai: {base_url: 'https://llm.example.org/v1', model: small-1, "
        "api_key_env: NO_SUCH_KEY}}"
    )
    text = path.read_text()
    assert "models: [builtin:minilm]" in text
    path.write_text(text.replace("[builtin:minilm]", f"[builtin:minilm, {endpoint}]"))
    done = command("doctor", "--project", "plants")
    assert done.code == 0  # the builtin one can run
    assert "NO_SUCH_KEY" in done.out
    assert "etude run --project plants" in done.out
