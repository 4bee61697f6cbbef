"""The page on checks: it shows every check, and every example on it does what it says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from etude.checks import Subject, check_types, compile_checks
from etude.checks._spec import Spec

PAGE = (Path(__file__).resolve().parents[2] / "docs/reference/checks.md").read_text("utf-8")
PARTS = dict(re.findall(r"^### `([\w-]+)`\n(.*?)(?=^##)", PAGE, re.M | re.S))
ROW = yaml.safe_load(re.findall(r"```yaml\n(title: .*?)```", PAGE, re.S)[0])


def test_every_type_is_on_the_page() -> None:
    assert set(PARTS) == set(check_types())


@pytest.mark.parametrize("key", sorted(PARTS))
def test_the_example_does_what_the_page_says(key: str, tmp_path: Path) -> None:
    part = PARTS[key]
    spec = yaml.safe_load(block(part, "yaml"))
    if "```python" in part:
        (tmp_path / "checks.py").write_text(block(part, "python"), encoding="utf-8")
    check = compile_checks([spec], tmp_path, list(ROW))[0]
    assert check.key == key
    try:
        passing, failing = example(part, "passes"), example(part, "fails")
        assert check.run(subject(passing[0])).passed
        found = check.run(subject(failing[0]))
        assert (found.passed, f"({found.reason})") == (False, failing[1].strip())
    finally:
        check.close()


def test_the_first_example_compiles(tmp_path: Path) -> None:
    (tmp_path / "checks.py").write_text(block(PARTS["python"], "python"), encoding="utf-8")
    specs: list[dict[str, Any]] = yaml.safe_load(block(PAGE, "yaml"))["checks"]
    assert len(compile_checks(specs, tmp_path, list(ROW))) == len(specs)


def test_every_condition_on_the_page_can_be_read() -> None:
    lines = [re.split(r"\s{3,}", line)[0] for line in block(PAGE, "text").splitlines()]
    specs = [{"type": "is-json", "when": line} for line in lines]
    assert len(compile_checks(specs, None)) == 5


def test_a_check_of_ones_own_works_as_it_stands() -> None:
    names: dict[str, Any] = {}
    code = re.findall(r"```python\n(.*?)```", PAGE, re.S)[-1]
    exec(compile(code, "page", "exec"), names)
    judge = names["CHECK"].compile(Spec({"value": "{{title}}"}))
    assert judge(subject("Bear")).passed
    assert judge(subject("Bear Bear")).reason == "has it 2 times"


def subject(answer: str) -> Subject:
    fields = {name: str(value) for name, value in ROW.items()}
    return Subject(answer.replace("⏎", "\n"), ROW["input"], ROW["target"], fields)


def block(text: str, language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", text, re.S)
    assert found is not None
    return found.group(1)


def example(part: str, verdict: str) -> tuple[str, str]:
    found = re.search(rf"^- {verdict}: `([^`]+)`(.*)$", part, re.M)
    assert found is not None
    return found.group(1), found.group(2)
