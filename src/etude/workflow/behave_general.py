"""General requests, asked as they are of each tuned language model and of the same model untuned.

Answers are a unit of the store: a model that was not tuned is asked once for all ways.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from etude.approaches.writing.tuned import TunedCandidate
from etude.behaviour.general import LONGEST, VERSION, general, requests
from etude.evaluation.stages import Stages
from etude.models._base import ChatModel, ChatRequest, Message
from etude.records.behaviour import General, LeftOut
from etude.workflow.behave_tuning import speaks
from etude.workflow.finalist import Finalist

KEY, ANSWERS = "general", "general.json"
ENCODER = "an encoder answers no request but the task's"


def forgotten(
    stages: Stages, finalists: Sequence[Finalist]
) -> tuple[tuple[General, ...], tuple[LeftOut, ...]]:
    """What each tuned way lost, and the ways that can't be asked."""
    trained = [one for one in finalists if one.report.trained]
    able = [one for one in trained if speaks(one)]
    found = []
    with stages.progress.step("asking general requests", len(able), "ways") as step:
        for one in able:
            step.advance(0, note=one.report.plain_name)
            before, after = _answers(stages, one, tuned=False), _answers(stages, one, tuned=True)
            name = f"untuned@{one.report.model}"
            found.append(general(name, one.name, before, after, len(able)))
            step.advance(1)
    left = tuple(
        LeftOut(suite=KEY, plain_name=f"what “{one.report.plain_name}” forgot", reason=ENCODER)
        for one in trained
        if not speaks(one)
    )
    return tuple(found), left


def _answers(stages: Stages, one: Finalist, *, tuned: bool) -> list[str | None]:
    """One model's answers, in the requests' order; those of an untuned one are asked once for all."""

    def build(out: Path, work: Path) -> None:
        said = _model(stages, one, work, tuned=tuned).complete(_asked(), stages.progress)
        texts = [answer.text if answer.failure is None else None for answer in said]
        (out / ANSWERS).write_text(json.dumps(texts, ensure_ascii=False), encoding="utf-8")

    model = one.folder.parent.name if tuned else one.entrant.model.fingerprint
    key: dict[str, Any] = {"general": VERSION, "tuned": tuned, "model": model}
    unit = stages.store.compute("behaviour", key, build)
    answers: list[str | None] = json.loads((unit.path / ANSWERS).read_text(encoding="utf-8"))
    return answers


def _model(stages: Stages, one: Finalist, work: Path, *, tuned: bool) -> ChatModel:
    if not tuned:
        return cast("ChatModel", one.entrant.model)
    return cast("TunedCandidate", stages.load(one.entrant, one.folder, work)).model


def _asked() -> list[ChatRequest]:
    return [
        ChatRequest((Message("user", one.text),), max_tokens=LONGEST, temperature=0.0)
        for one in requests()
    ]
