"""What a kept candidate answers to inputs that were changed on purpose, asked once.

Answers are a unit of the store, as every stage's are.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import polars as pl

from etude.approaches.writing.tuned import TunedCandidate, before_tuning
from etude.behaviour.replies import Reply
from etude.data.answers import Answers
from etude.data.examples import Examples
from etude.evaluation.stages import Entrant, Stages
from etude.evaluation.to_person import to_person
from etude.records.handover import Handover
from etude.store.keys import digest

VERSION = 1
"""Raised when this file changes what the answers' unit holds: part of its key."""


def replies_of(
    stages: Stages,
    entrant: Entrant,
    folder: Path,
    texts: Sequence[str],
    handover: Handover | None,
    *,
    untuned: bool = False,
) -> dict[str, Reply]:
    """Answers by input, with the checks that each fails, and whether a person is to look at it by
    ``handover``.

    ``untuned``: of the language model as it was before it was tuned, asked as the tuned one is.
    """

    def build(out: Path, work: Path) -> None:
        candidate = stages.load(entrant, folder, work)
        if untuned:
            candidate = before_tuning(cast("TunedCandidate", candidate))
        answers = candidate.answer(list(texts))
        answers.to_frame([str(row) for row in range(len(texts))]).write_parquet(
            out / "answers.parquet"
        )

    # The folder of a kept candidate is the address of its fit, which holds all it depends on.
    key: dict[str, Any] = {
        "candidate": folder.parent.name,
        "version": VERSION,
        "texts": digest(list(texts)),
    }
    if untuned:
        key["untuned"] = True
    unit = stages.store.compute("behaviour", key, build)
    answers = Answers.from_frame(pl.read_parquet(unit.path / "answers.parquet"))
    # Checks that read a column are not asked: the input is no longer what the columns say.
    judge, _ = stages.judge.for_columns(())
    faults = judge.faults(_bare(texts), answers.outputs, answers.passages)
    passages = answers.passages or ((),) * len(answers)
    # Of a model as it was before tuning nobody found out when it would hand over.
    handed: Sequence[bool | None] = [None] * len(answers)
    if not untuned:
        why = to_person(stages.judge, handover, texts, answers, faults)
        handed = [reason is not None for reason in why]
    known = not untuned and handover is not None and handover.threshold is not None
    rows = zip(texts, answers.outputs, answers.score, faults, passages, handed, strict=True)
    return {
        text: Reply(
            output,
            float(score),
            frozenset(fault.check for fault in failed),
            tuple(given),
            person,
            known,
        )
        for text, output, score, failed, given, person in rows
    }


def _bare(texts: Sequence[str]) -> Examples:
    """Inputs without ideal answers."""
    count = len(texts)
    return Examples(
        ids=tuple(str(row) for row in range(count)),
        inputs=tuple(texts),
        targets=("",) * count,
        groups=np.arange(count),
    )
