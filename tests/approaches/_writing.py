"""A writing task, its examples, and a fake model that copies what it is shown."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from etude.approaches._base import FitContext
from etude.data.examples import Examples
from etude.evaluation.judging import Judge
from etude.models._base import Ability, ChatRequest, Completion
from etude.progress import Progress
from etude.records.task import Task

NAMES = ("Ada", "Bo", "Cy", "Di", "Eve", "Flo", "Gus", "Hal")
THINGS = ("tea", "salt", "rope", "ink", "wax", "tin", "oil", "cord")


def writing_task(**more: Any) -> Task:
    return Task.model_validate(
        {
            "task": "notes",
            "kind": "write",
            "instructions": "Say who wants what.",
            "data": {"examples": "a.csv"},
            "bar": {"metric": "all_checks"},
            "checks": [{"type": "starts-with", "value": "{{name}} wants"}],
        }
        | more
    )


def notes(count: int, prefix: str = "n") -> Examples:
    rows = [
        {
            "name": NAMES[i % 8],
            "thing": f"{THINGS[(i * 3) % 8]} {zlib.crc32(f'{prefix}{i}'.encode()) % 90}",
        }
        for i in range(count)
    ]
    return Examples(
        ids=tuple(f"{prefix}{i}" for i in range(count)),
        inputs=tuple(f"name: {row['name']}\nthing: {row['thing']}" for row in rows),
        targets=tuple(f"{row['name']} wants {row['thing']}." for row in rows),
        groups=np.arange(count),
        columns=tuple(json.dumps(row) for row in rows),
    )


def writing_context(model: Any, workdir: Path, task: Task | None = None, **more: Any) -> FitContext:
    task = task or writing_task()
    judge = Judge.of(task, more.get("labels", ()), workdir)
    return FitContext(
        task=task,
        labels=more.pop("labels", ()),
        descriptions={},
        model=model,
        embeddings=None,
        metric=judge.value,
        each=judge.each,
        seed=0,
        workdir=workdir,
        **more,
    )


@dataclass
class Parrot:
    """Answers with the last assistant message it was shown; without one, with nothing good."""

    name: str = "parrot"
    fingerprint: str = "parrot"
    abilities: frozenset[Ability] = frozenset({"chat"})
    asked: list[ChatRequest] = field(default_factory=list)

    def complete(
        self, requests: Sequence[ChatRequest], progress: Progress | None = None
    ) -> list[Completion]:
        self.asked += requests
        return [self._said(request) for request in requests]

    @staticmethod
    def _said(request: ChatRequest) -> Completion:
        shown = [m.content for m in request.messages if m.role == "assistant"]
        text = shown[-1] if shown else "I do not know."
        failure = "too_long" if "long" in request.messages[-1].content else None
        return Completion(text, failure, "stop", 7, 3, 0.01)
