"""The how-to pages for kinds that write: their task files are valid, their checks hold the examples,
their commands can be typed, and their Python runs, with a tiny model in place of a real one."""

from __future__ import annotations

import os
import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

import etude
from etude.cli._verbs import command
from etude.evaluation import latency
from etude.project import CheckOptions, CompareOptions
from etude.taskfile import read
from etude.training.lm.worker import main as worker
from tests._children import ETUDE, run
from tests.docs._pages import (
    EXAMPLES,
    ROOT,
    blocks,
    commands,
    page,
    typed,
    with_fragment,
)
from tests.models._causal_folders import write_brief, write_causal

OF_EXAMPLE = {
    "how-to/write-with-a-language-model.md": "librarian",
    "how-to/get-json-out-of-text.md": "order-extract",
    "how-to/keep-a-brand-voice.md": "brand-voice",
    "how-to/bake-a-long-prompt.md": "librarian",
    "how-to/use-your-own-model.md": "librarian",
    "how-to/answer-from-your-documents.md": "librarian",
    "how-to/use-an-endpoint.md": "support-triage",
    "how-to/improve-the-prompt.md": "support-triage",
    "how-to/decide-whether-to-fine-tune.md": "support-triage",
    "reference/task-file.md": "librarian",
}
DATA = {
    "how-to/write-with-a-language-model.md": "librarian/data/books.csv",
    "how-to/get-json-out-of-text.md": "order-extract/data/orders.jsonl",
}


@pytest.fixture(autouse=True)
def short_timing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few requests are enough to see that they are timed."""
    monkeypatch.setattr(latency, "SINGLES", 2)
    monkeypatch.setattr(latency, "BATCH", 2)
    monkeypatch.setattr(latency, "BATCH_ROUNDS", 1)


FRAGMENTS = [
    pytest.param(name, block, id=f"{Path(name).stem}-{place}")
    for name in OF_EXAMPLE
    for place, block in enumerate(blocks(page(name), "yaml"))
]


@pytest.mark.parametrize(("name", "block"), FRAGMENTS)
def test_every_task_file_and_every_part_of_one_is_valid(
    name: str, block: str, tmp_path: Path
) -> None:
    written = yaml.safe_load(block)
    if "task" in written:
        path = tmp_path / "etude.yaml"
        path.write_text(block, encoding="utf-8")
    else:
        example = "order-extract" if "schema" in written else OF_EXAMPLE[name]
        path = with_fragment(example, block, tmp_path / "project")
    task = read(path).task
    assert (
        task.kind in block
        if "task" in written
        else set(written) <= set(task.model_dump(by_alias=True))
    )


@pytest.mark.parametrize(
    "name", ["how-to/write-with-a-language-model.md", "how-to/keep-a-brand-voice.md"]
)
def test_every_ideal_answer_passes_the_checks_that_are_shown(name: str, tmp_path: Path) -> None:
    (block,) = [block for block in blocks(page(name), "yaml") if block.startswith("checks:")]
    path = with_fragment(OF_EXAMPLE[name], block, tmp_path / "project")
    ideals = etude.open(path.parent).check(CheckOptions(quick=True)).version.ideals
    assert ideals is not None
    assert len(ideals.checks) == len(yaml.safe_load(block)["checks"])
    assert ideals.passing == ideals.examples > 300


@pytest.mark.parametrize("name", sorted(OF_EXAMPLE))
def test_every_command_can_be_typed(name: str) -> None:
    for line in typed(page(name)):
        words = shlex.split(line)
        command(words[1]).make_context(words[1], words[2:])  # raises where an option is wrong


@pytest.mark.parametrize("name", sorted(DATA))
def test_what_is_typed_prints_what_is_said(name: str, tmp_path: Path) -> None:
    shutil.copy(EXAMPLES / DATA[name], tmp_path)
    folder = tmp_path
    for line, expected in commands(page(name)):
        words = shlex.split(line)
        if words[0] == "cd":
            folder = folder / words[1]
            continue
        shown = " ".join(ran(folder, *words[1:]).split())
        for said in expected:
            assert " ".join(said.split()) in shown, line


def test_the_example_says_what_the_page_on_voices_says() -> None:
    ((_, expected),) = commands(page("how-to/keep-a-brand-voice.md"))
    shown = ran(ROOT, "check", "--project", str(EXAMPLES / "brand-voice"))
    for said in expected:
        assert said in shown


def ran(folder: Path, *words: str) -> str:
    """What an etude command prints; the audits that read by meaning are left out, for nothing that
    the pages say is about them."""
    quick = ["--quick"] if words[0] == "check" else []
    done = run(ETUDE, *words, *quick, cwd=folder, env={**os.environ, "COLUMNS": "200"})
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_the_function_of_ones_own_counts_words() -> None:
    (code,) = blocks(page("how-to/keep-a-brand-voice.md"), "python")
    names: dict[str, Any] = {}
    exec(compile(code, "page", "exec"), names)
    assert names["short_sentences"]("We posted it. It comes soon.", {})[0]
    assert names["short_sentences"]("Hi Mara,\n" + "word " * 16, {}) == (
        False,
        "has a sentence of 16 words",
    )


def test_answers_from_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = small(tmp_path / "shelf", "librarian", "data/books.csv", "[prompt]")
    etude.open(folder).compare(CompareOptions(quick=True))
    said = printed("how-to/write-with-a-language-model.md", 0, tmp_path, monkeypatch)
    fails = re.findall(r"^fails (.*) because it (.*)$", said, re.MULTILINE)
    assert any(check.startswith("starts-with") and "Kettle" in why for check, why in fails), said


def test_what_look_up_showed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "how-to/answer-from-your-documents.md"
    folder = tmp_path / "returns-desk"
    (folder / "handbook").mkdir(parents=True)
    (folder / "handbook" / "returns.md").write_text(
        "# Returns\n\nWithin 30 days.\n\n## Worn\n\nShoes that were worn outside stay yours.\n\n"
        "## Cost\n\nFree of charge.\n"
    )
    (folder / "data").mkdir()
    rows = [
        {
            "question": f"May I return pair {n}, worn {n * 7} days?",
            "reply": f"Pair {n}: yes, you may.",
        }
        for n in range(40)
    ]
    pl.DataFrame(rows).write_csv(folder / "data" / "questions.csv")
    text = blocks(page(name), "yaml")[0].replace("builtin:starter", "./model")
    text = text.replace("[prompt, few_shot, retrieval, finetune]", "[retrieval]")
    (folder / "etude.yaml").write_text(text, encoding="utf-8")
    write_brief(folder / "model", max_position_embeddings=2048)
    monkeypatch.chdir(folder)
    found = printed(name, 0, folder, monkeypatch)
    assert found.splitlines()[2] == "returns.md#3 Returns > Cost: Free of charge."
    comparison = etude.open(folder).compare(CompareOptions(quick=True))
    tried = [trial.settings for trial in comparison.candidates[0].trials]
    assert {(one["near"], one["passages"]) for one in tried} >= {(1, 0), (8, 0), (0, 3)}
    said = printed(name, 1, tmp_path, monkeypatch, replace=("builtin:starter", "./model"))
    assert len(said.splitlines()) >= 4
    assert all("<-" in line for line in said.splitlines() if "returns.md#" in line)
    (answer,) = etude.open(folder).predict(["May I return worn shoes?"]).to_json()["predictions"]
    assert answer["evidence"]
    assert len(answer.get("passages", ())) == sum(
        "returns.md#" in one for one in answer["evidence"]
    )


def test_a_job_for_several_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_causal(tmp_path / "models" / "my-model")
    said = printed("how-to/use-your-own-model.md", 0, tmp_path, monkeypatch)
    assert said.strip() == "work/job.json"
    assert worker([said.strip()]) == 0
    assert (tmp_path / "work" / "model" / "model.safetensors").is_file()


def printed(
    name: str,
    place: int,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    replace: tuple[str, str] = ("", ""),
) -> str:
    """What a Python block of a page prints when it runs in ``folder``."""
    lines: list[str] = []
    monkeypatch.chdir(folder)
    code = blocks(page(name), "python")[place]
    code = code.replace(*replace) if replace[0] else code
    names = {"print": lambda *words: lines.append(" ".join(map(str, words)))}
    exec(compile(code, name, "exec"), names)
    return "\n".join(lines)


def small(folder: Path, example: str, data: str, ladder: str) -> Path:
    """The first rows of an example, their answers cut short, with a tiny language model and a
    short ladder."""
    shutil.copytree(EXAMPLES / example, folder, ignore=shutil.ignore_patterns(".etude"))
    rows = pl.read_csv(folder / data, infer_schema=False).head(20)
    rows.with_columns(pl.col("recommendation").str.slice(0, 20)).write_csv(folder / data)
    text = (folder / "etude.yaml").read_text("utf-8").replace("[builtin:starter]", "[./model]")
    text = re.sub(r"^ladder: .*$", f"ladder: {ladder}", text, flags=re.MULTILINE)
    (folder / "etude.yaml").write_text(text, encoding="utf-8")
    write_brief(folder / "model", max_position_embeddings=4096)
    return folder
