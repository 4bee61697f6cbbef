"""One training draw: the product's own ladder on some rows, and what its candidates answer at large.

Settings are chosen and candidates fitted as ``etude compare`` does it, by cross-fitting or with a
holdout as the rows' number decides. What is kept is each candidate's answers: to its own scored
rows, to the pool that scored examples are drawn from (by the candidate of each fold, for that is
what scores an example), and to the truth (by the candidate that would be kept).
"""

from __future__ import annotations

import json
import random
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from _data import ROOT, write_rows
from _verdict_tasks import Pools, Row
from etude.approaches._base import Choice
from etude.approaches._scores import label_index
from etude.data.answers import Answers
from etude.data.stored import Prepared
from etude.evaluation.finalists import choose_finalists
from etude.evaluation.parts import Part
from etude.evaluation.stages import Entrant, Stages
from etude.workflow.check import prepare
from etude.workflow.entrants import entrants, open_models
from etude.workflow.layout import layout_of, whole_part
from etude.workflow.session import Session, open_session
from etude.workflow.stages import stages_for

FOLDER = ROOT / "build" / "benchmarks" / "verdicts"
MOST_SCORED_TUNED = 2000
"""Texts of the pool that a fine-tuned candidate of each fold answers, for each takes it milliseconds;
or four times those drawn, if that is more, so that two draws are not half the same."""
SIMPLE = ("prompt", "few_shot", "retrieval", "probe")
TASK = """\
task: {name}
kind: classify
labels: [{labels}]
data: {{examples: data/rows.jsonl, input: text, target: label}}
bar: {{metric: accuracy, margin: 0.02}}
models: [builtin:minilm]
ladder: [{ladder}]
"""

Codes = NDArray[np.int16]
"""Positions among the task's labels."""
Misses = NDArray[np.float16]
"""Brier scores of single answers, 0 to 2."""


@dataclass(frozen=True)
class Fits:
    """What the finalists of one training draw answer; R finalists, lowest rung first.

    ``folds`` are the own rows' (N,), -1 with a holdout; F is the number of fold candidates, 1 with
    a holdout.
    """

    rungs: tuple[str, ...]
    own_RN: Codes
    own_misses_RN: Misses
    own_truth_N: Codes
    folds_N: NDArray[np.int64]
    pool_RFP: Codes
    pool_misses_RFP: Misses
    pool_truth_P: Codes
    kept_RT: Codes
    truth_T: Codes
    seconds: float

    @property
    def cross_fitting(self) -> bool:
        """Whether every row was scored by a candidate fitted without its fold."""
        return bool((self.folds_N >= 0).all())


def path_of(task: str, size: int, draw: int, tuned: bool) -> Path:
    """Where a draw's answers lie."""
    return FOLDER / "fits" / f"{task}-{size}-{draw}{'-tuned' if tuned else ''}.npz"


def read(path: Path) -> Fits:
    """What ``fitted`` wrote."""
    with np.load(path, allow_pickle=False) as stored:
        named: dict[str, Any] = {name: stored[name] for name in stored.files}
    named["rungs"] = tuple(named["rungs"].tolist())
    named["seconds"] = float(named["seconds"])
    return Fits(**named)


def fitted(pools: Pools, size: int, draw: int, tuned: bool) -> Path:
    """The file of one training draw, made where it is not there."""
    path = path_of(pools.name, size, draw, tuned)
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part.npz")
        np.savez_compressed(part, **vars(_fit(pools, size, draw, tuned)))
        part.rename(path)
    return path


def _fit(pools: Pools, size: int, draw: int, tuned: bool) -> Fits:
    started = time.perf_counter()
    taken = random.Random(draw).sample(pools.train, size)
    session, prepared = opened(pools, taken, tuned)
    layout = layout_of(prepared, quick=False)
    last = whole_part(prepared) if layout.cross_fitting else None
    stages = stages_for(session, session.taskfile.task, prepared.version)
    code = {label: place for place, label in enumerate(pools.labels)}
    scorable = pools.scored[: max(MOST_SCORED_TUNED, 4 * size)] if tuned else pools.scored
    pool_texts, truth_texts = ([row["text"] for row in rows] for rows in (scorable, pools.truth))
    asked = [pool_texts] if last is not None else [pool_texts, truth_texts]
    right = [row["label"] for row in scorable]
    field = choose_finalists(stages, layout, entrants_of(session, pools))
    own, pool, kept, own_misses, pool_misses = [], [], [], [], []
    for attempt in field.finalists:
        fits = [
            answers_of(stages, attempt.entrant, part, choice, seed, [part.scored.inputs, *asked])
            for part, choice, seed in zip(layout.parts, attempt.choices, attempt.seeds, strict=True)
        ]
        own.append(_codes([said for fit in fits for said in fit[0].outputs], code))
        own_misses.append(
            np.concatenate(
                [
                    _misses(fit[0], part.scored.targets, stages.labels)
                    for fit, part in zip(fits, layout.parts, strict=True)
                ]
            )
        )
        pool.append(np.stack([_codes(fit[1].outputs, code) for fit in fits]))
        pool_misses.append(np.stack([_misses(fit[1], right, stages.labels) for fit in fits]))
        if last is None:
            kept.append(_codes(fits[0][2].outputs, code))
            continue
        choice, _ = stages.choose(attempt.entrant, last, 0)
        said = answers_of(stages, attempt.entrant, last, choice, 0, [truth_texts])[0]
        kept.append(_codes(said.outputs, code))
    scored, folds = layout.scored, layout.folds
    return Fits(
        rungs=tuple(attempt.entrant.approach.key for attempt in field.finalists),
        own_RN=np.stack(own),
        own_misses_RN=np.stack(own_misses),
        own_truth_N=_codes(scored.targets, code),
        folds_N=np.full(len(scored), -1, dtype=np.int64) if folds is None else folds,
        pool_RFP=np.stack(pool),
        pool_misses_RFP=np.stack(pool_misses),
        pool_truth_P=_codes(right, code),
        kept_RT=np.stack(kept),
        truth_T=_codes([row["label"] for row in pools.truth], code),
        seconds=time.perf_counter() - started,
    )


def opened(pools: Pools, taken: list[Row], tuned: bool) -> tuple[Session, Prepared]:
    """The project of these rows; embeddings of earlier draws stay."""
    folder = FOLDER / "projects" / pools.name
    for left in ("versions", "units", "etude.db", "etude.db-wal", "etude.db-shm"):
        path = folder / ".etude" / left
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    write_rows(folder / "data" / "rows.jsonl", taken)
    ladder = [*SIMPLE, "finetune"] if tuned else SIMPLE
    labels = ", ".join(json.dumps(label) for label in pools.labels)
    text = TASK.format(name=pools.name, labels=labels, ladder=", ".join(ladder))
    (folder / "etude.yaml").write_text(text, encoding="utf-8")
    session = open_session(folder, None)
    return session, prepare(session)[0]


def entrants_of(session: Session, pools: Pools) -> list[Entrant]:
    """The ladder's; every text that may be asked is embedded first, all at once, so that no
    embedding depends on the draw."""
    found = entrants(session, open_models(session), lambda _: None)
    texts = sorted({row["text"] for row in pools.train + pools.scored + pools.truth})
    for entrant in found:
        if entrant.embeddings is not None:
            entrant.embeddings.of(texts)
            break
    return found


def answers_of(
    stages: Stages,
    entrant: Entrant,
    part: Part,
    choice: Choice,
    seed: int,
    asked: Sequence[Sequence[str]],
) -> list[Answers]:
    """Fit once, answer each list of texts."""
    work = stages.root / ".etude" / "work" / f"verdicts-{entrant.approach.key}"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    context = stages.context(entrant, seed, work, part.scored.inputs)
    candidate = entrant.approach.fit(part.fitted_on, choice, context)
    return [candidate.answer(texts, entrant.embeddings) for texts in asked]


def _misses(said: Answers, targets: Sequence[str], labels: Sequence[str]) -> Misses:
    """The Brier score of each answer (N,)."""
    assert said.probabilities_NL is not None
    aim_NL = np.eye(len(labels))[label_index(targets, labels)]
    squares_N = np.square(said.probabilities_NL - aim_NL).sum(axis=1)
    return np.asarray(squares_N, dtype=np.float16)


def _codes(said: Sequence[str | None], code: dict[str, int]) -> Codes:
    return np.array([-1 if one is None else code.get(one, -1) for one in said], dtype=np.int16)
