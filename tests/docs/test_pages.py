"""Pages link to files that are there, name commands that exist, and describe every field."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from pydantic import BaseModel

from etude import records
from etude.cli._verbs import VERBS
from etude.records import task as task_records
from etude.taskfile import read
from etude.taskfile.defaults import METRICS, WRITING_LADDER, WRITING_MODELS
from etude.training.lm.settings import LmSettings, default_settings
from tests.docs._pages import blocks

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target, part in re.findall(r"\]\(([^)#\s]*)(#[^)]+)?\)", page.read_text(encoding="utf-8")):
        if target.startswith("http"):
            continue
        there = page.parent / target if target else page
        assert there.exists(), f"{page.name} links to {target}"
        if part:
            assert part in anchors(there), f"{page.name} links to {target}{part}"


def anchors(page: Path) -> set[str]:
    """The headings of a page, as links name them."""
    heads = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    plain = (re.sub(r"[^\w\s-]", "", head.lower()) for head in heads)
    return {"#" + head.strip().replace(" ", "-") for head in plain}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_verbs_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for verb in re.findall(r"(?:^\s{4}|\$ |`)etude ([a-z]+)", text, re.MULTILINE):
        assert verb in VERBS, f"{page.name}: etude {verb}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_is_shown_as_yaml_can_be_read(page: Path) -> None:
    for block in blocks(page.read_text(encoding="utf-8"), "yaml"):
        list(yaml.safe_load_all(block))


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
        task_records.Training,
        task_records.Improve,
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
        shown = row(page, name)[1].strip("`")
        if name == "metric":
            assert shown == "by kind"
        elif info.default is None:
            assert shown == "none"
        elif isinstance(info.default, str):
            assert shown == info.default
        else:
            assert float(shown) == info.default


def row(page: str, name: str) -> list[str]:
    """The cells of the first table row about a name."""
    line = next(line for line in page.splitlines() if line.startswith(f"| `{name}` |"))
    return [cell.strip() for cell in line.strip("|").split("|")]


@pytest.mark.parametrize("kind", task_records.BUILT_KINDS)
def test_the_table_of_kinds_says_what_is_the_default(kind: task_records.Kind) -> None:
    page = (ROOT / "docs" / "reference" / "task-file.md").read_text(encoding="utf-8")
    metrics, models, ladder = (re.findall(r"`([^`]+)`", cell) for cell in row(page, kind)[3:])
    assert tuple(metrics) == METRICS[kind]
    writes = kind in task_records.WRITING
    fields = task_records.Task.model_fields
    assert tuple(models) == (WRITING_MODELS if writes else ("builtin:minilm",))
    assert tuple(ladder) == (WRITING_LADDER if writes else fields["ladder"].default)


def test_what_is_said_of_training_is_what_is_chosen() -> None:
    page = (ROOT / "docs" / "reference" / "task-file.md").read_text(encoding="utf-8")
    (head,) = re.findall(r"^\| examples to learn from \|(.*)\|$", page, re.MULTILINE)
    (epochs,) = re.findall(r"^\| epochs \|(.*)\|$", page, re.MULTILINE)
    (small,) = re.findall(
        r"^\| of a small model trained whole, to begin with \|(.*)\|$", page, re.MULTILINE
    )
    for rows, said, tried in zip(*(x.split("|") for x in (head, epochs, small)), strict=True):
        count = int(rows.replace(",", ""))
        assert default_settings(500_000_000, count, 200.0, {}).epochs == int(said), rows
        assert default_settings(5_000_000, count, 200.0, {}).epochs == int(tried), rows
    plain = LmSettings()
    for name in ("rank", "rslora", "dora", "frozen_layers", "schedule"):
        assert row(page, name)[1].strip("`").lower() == str(getattr(plain, name)).lower(), name
    assert default_settings(29_000_000, 200, 200.0, {}).method == "full"
    assert default_settings(30_000_000, 200, 200.0, {}).method == "lora"
    assert default_settings(999_999_999, 200, 200.0, {}).gradient_checkpointing is False
    assert default_settings(1_000_000_000, 200, 200.0, {}).gradient_checkpointing is True
    assert default_settings(5_000_000, 99, 200.0, {}).batch_size == 8
    assert default_settings(5_000_000, 100, 2000.0, {}).batch_size == 8
    assert default_settings(5_000_000, 100, 2000.0, {}).accumulation == 2
    rates = [default_settings(n, 200, 200.0, {}).learning_rate for n in (5_000_000, 7 * 10**9)]
    assert [*rates, default_settings(3 * 10**10, 200, 200.0, {}).learning_rate] == [
        1e-3,
        2e-4,
        1e-4,
    ]


def test_the_pages_task_file_is_valid(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "reference" / "task-file.md").read_text(encoding="utf-8")
    text = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)[0]
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
