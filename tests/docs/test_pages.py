"""Pages link to files that are there, name commands that exist, and describe every field."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from etude import records
from etude.records import task as task_records
from etude.taskfile import read

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")]
VERBS = {"new", "check", "compare", "run", "report", "predict", "doctor"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_verbs_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for verb in re.findall(r"(?:^\s{4}|\$ |`)etude ([a-z]+)", text, re.MULTILINE):
        assert verb in VERBS, f"{page.name}: etude {verb}"


def test_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for page in PAGES:
        for target in re.findall(r"(?:^\s{4}|`)make ([a-z]+)", page.read_text(), re.MULTILINE):
            assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"{page.name}: make {target}"


def test_benchmarks_and_files_that_are_named_exist() -> None:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for name in re.findall(r"\b((?:benchmarks|scripts|tests|src)/[\w/]+\.py)\b", text):
            assert (ROOT / name).exists(), f"{page.name}: {name}"


def fields(model: type[BaseModel]) -> list[str]:
    return [info.alias or name for name, info in model.model_fields.items()]


@pytest.mark.parametrize(
    "model",
    [
        task_records.Task,
        task_records.Data,
        task_records.Bar,
        task_records.Economics,
        task_records.OpenAIModel,
    ],
)
def test_every_field_of_the_task_file_is_described(model: type[BaseModel]) -> None:
    page = (ROOT / "docs" / "reference" / "task-file.md").read_text(encoding="utf-8")
    for field in fields(model):
        assert f"`{field}`" in page, f"{model.__name__}.{field} is not described"


@pytest.mark.parametrize("model", [task_records.Bar, task_records.Economics])
def test_the_described_defaults_are_the_real_ones(model: type[BaseModel]) -> None:
    page = (ROOT / "docs" / "reference" / "task-file.md").read_text(encoding="utf-8")
    for name, info in model.model_fields.items():
        row = next(line for line in page.splitlines() if line.startswith(f"| `{name}` |"))
        shown = row.split("|")[2].strip().strip("`")
        if info.default is None:
            assert shown == "none"
        elif isinstance(info.default, str):
            assert shown == info.default
        else:
            assert float(shown) == info.default


def test_the_pages_task_file_is_valid(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "reference" / "task-file.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    (tmp_path / "etude.yaml").write_text(text, encoding="utf-8")
    assert read(tmp_path / "etude.yaml").task.kind == "classify"


def test_exit_codes_are_those_of_the_errors() -> None:
    from etude import errors

    page = (ROOT / "docs" / "reference" / "output.md").read_text(encoding="utf-8")
    codes = {
        error.exit_code
        for error in vars(errors).values()
        if isinstance(error, type) and issubclass(error, errors.EtudeError)
    }
    for code in codes:
        assert f"| {code} |" in page
    assert records.__doc__
