"""The librarian through OpenAI's client: upload, train builtin:starter, ask the tuned model.

``python -m pytest -m soak tests/serving/test_librarian.py -s`` prints what it found; the training takes
some minutes.
"""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import openai
import pytest
import yaml

from etude.checks import Subject, compile_checks, run_checks
from etude.statistics.proportions import wilson

ROOT = Path(__file__).resolve().parents[2] / "examples" / "librarian"
HELD = 5
"""Every fifth book by its id is kept aside."""
SECONDS = 1500
SEED = 0
"""Of the job: without one each run draws its own, and the share of passed checks moves by points."""


def chat(row: dict[str, str], task: dict[str, Any]) -> list[dict[str, str]]:
    columns = task["data"]["input"]
    asked = "\n".join(f"{name}: {row[name]}" for name in columns if row[name])
    return [
        {"role": "system", "content": task["instructions"]},
        {"role": "user", "content": asked},
    ]


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    process = subprocess.Popen(
        [
            sys.executable, "-c", "from etude.cli.main import main; main()", "serve", "--port", "0",
            "--tune", "gpt-4.1-mini=builtin:starter", "--json", "--quiet", "--project", str(tmp_path),
        ],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
    )  # fmt: skip
    try:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["address"]
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


@pytest.mark.soak
def test_a_job_on_the_librarian_passes_its_checks(address: str) -> None:
    task = yaml.safe_load((ROOT / "etude.yaml").read_text("utf-8"))
    with (ROOT / "data" / "books.csv").open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["id"])
    held = rows[::HELD]
    learned = [row for place, row in enumerate(rows) if place % HELD]
    client = openai.OpenAI(base_url=f"{address}/v1", api_key="any", max_retries=0)
    tuned = trained(client, learned, task)

    def answer(row: dict[str, str]) -> str:
        said = client.chat.completions.create(
            model=tuned,
            messages=chat(row, task),  # type: ignore[arg-type]
            temperature=0,
            max_completion_tokens=200,
        )
        return said.choices[0].message.content or ""

    with ThreadPoolExecutor(16) as callers:
        answers = list(callers.map(answer, held))
    subjects = [
        Subject(said, input=chat(row, task)[1]["content"], fields=row)
        for said, row in zip(answers, held, strict=True)
    ]
    table = run_checks(compile_checks(tuple(task["checks"]), ROOT), subjects)
    passed = int((table.passed_NC != 0).all(axis=1).sum())
    share = wilson(passed, len(held))
    titles = sum(
        said.split("\n")[0] == f"Title: {row['title']}"
        for said, row in zip(answers, held, strict=True)
    )
    print(
        f"\n{len(learned)} books learned, {len(held)} kept aside: all checks {100 * share.point:.1f} % "
        f"({100 * share.low:.1f} to {100 * share.high:.1f}), title copied {titles} of {len(held)}"
    )
    assert share.low > 0.6


def trained(client: openai.OpenAI, rows: list[dict[str, str]], task: dict[str, Any]) -> str:
    """The name of the model that a job with OpenAI's ``auto`` everywhere makes of the rows."""
    lines = [
        {"messages": [*chat(row, task), {"role": "assistant", "content": row["recommendation"]}]}
        for row in rows
    ]
    data = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()
    file = client.files.create(file=("books.jsonl", data), purpose="fine-tune")
    job = client.fine_tuning.jobs.create(
        model="gpt-4.1-mini", training_file=file.id, suffix="librarian", seed=SEED
    )
    until = time.monotonic() + SECONDS
    while job.status not in ("succeeded", "failed", "cancelled"):
        assert time.monotonic() < until, job
        time.sleep(2)
        job = client.fine_tuning.jobs.retrieve(job.id)
    assert job.status == "succeeded", job.error
    assert job.fine_tuned_model is not None
    return job.fine_tuned_model
