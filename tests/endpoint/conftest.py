"""Projects of 40 real rows whose model is an endpoint on loopback, and the command line on them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from etude.cli.main import run as command
from tests.endpoint._chat import ChatServer
from tests.workflow.conftest import TASK, example_rows, write_csv
from tests.workflow.conftest import short_timing as short_timing

PRICE_IN, PRICE_OUT = 1.0, 4.0


@dataclass
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out)
        return found


Make = Callable[..., Path]
Run = Callable[..., Ran]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """A project; ``extra`` goes into the endpoint's settings."""

    def project(
        server: ChatServer,
        extra: str = "",
        ladder: str = "prompt",
        local: bool = False,
        per_label: int = 10,
        holdout: int = 5,
    ) -> Path:
        folder = tmp_path / f"project{len(list(tmp_path.iterdir()))}"
        write_csv(folder / "data" / "messages.csv", example_rows(per_label))
        data = ""
        if holdout:
            write_csv(folder / "data" / "holdout.csv", example_rows(holdout, skip=per_label))
            data = ", holdout: data/holdout.csv"
        text = TASK.format(ladder=ladder, metric="accuracy", data=data)
        own = (
            f"{{openai: {{base_url: '{server.url}', model: tiny, price_in: {PRICE_IN}, "
            f"price_out: {PRICE_OUT}, max_retries: 1, timeout_s: 5{extra}}}}}"
        )
        models = f"[builtin:minilm, {own}]" if local else f"[{own}]"
        text = text.replace("models: [builtin:minilm]", f"models: {models}")
        (folder / "etude.yaml").write_text(text, encoding="utf-8")
        return folder

    return project


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """``etude`` with these words, in this process."""

    def typed(verb: str, *words: str, project: Path) -> Ran:
        capsys.readouterr()
        code = command([verb, *words, "--project", str(project)])
        out, err = capsys.readouterr()
        return Ran(code, out, err)

    return typed
