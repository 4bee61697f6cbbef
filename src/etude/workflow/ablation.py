"""What a finding's rows cost: a fast learner learns without them, and is compared with itself.

Both fits answer the same rows, which neither has seen. The finding's own rows are not scored: their
labels are what is doubted, and a corrected label is a proposal that nobody has read yet. So the
figure is what leaving the rows out does to the answers on all *other* examples. Held-out examples
take no part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from etude.data.findings import count_of
from etude.data.stored import Prepared
from etude.evaluation.parts import content_hash
from etude.records.audit import Ablation, Effect
from etude.statistics.intervals import Interval
from etude.workflow._fast import fast_of
from etude.workflow._folds import NEVER
from etude.workflow._learner import Learner
from etude.workflow.session import Session

FEWEST_LEFT = 10
"""Independent examples that must be left to learn from, and to score."""
VERSION = 2
_FILE = "answers.npy"


def measured(
    session: Session, prepared: Prepared, findings_rows: Mapping[str, Sequence[str]]
) -> list[Ablation]:
    """For each finding's code and the ids of its rows, in the order given, what leaving them out does.

    The intervals hold together over all findings that could be tried. A fit is computed once for the
    same rows.

    Raises:
        StoreError: the disk is full or refuses.
    """
    if not findings_rows:
        return []
    learner = fast_of(session, prepared)
    if isinstance(learner, str):
        return [_unmeasured(code, len(set(ids)), learner) for code, ids in findings_rows.items()]
    place = {name: at for at, name in enumerate(learner.examples.ids)}
    flagged = {
        code: np.array(sorted({place[i] for i in ids if i in place}), dtype=np.int64)
        for code, ids in findings_rows.items()
    }
    reasons = {code: _why_not_tried(learner, rows) for code, rows in flagged.items()}
    found = _tried(session, prepared, learner, {c: r for c, r in flagged.items() if not reasons[c]})
    return [
        found.get(code) or _unmeasured(code, int(learner.learned_N[rows].sum()), reasons[code])
        for code, rows in flagged.items()
    ]


def _tried(
    session: Session,
    prepared: Prepared,
    learner: Learner,
    flagged: Mapping[str, NDArray[np.int64]],
) -> dict[str, Ablation]:
    if not flagged:
        return {}
    found: dict[str, Ablation] = {}
    with session.progress.step("findings tried", len(flagged) + 1, "findings") as step:
        with_M = _answers(session, prepared, learner, np.zeros(0, dtype=np.int64))
        step.advance(1)
        for code, rows in flagged.items():
            without_M = _answers(session, prepared, learner, rows)
            found[code] = _compared(learner, code, rows, without_M, with_M, len(flagged))
            step.advance(1)
    return found


def _why_not_tried(learner: Learner, rows: NDArray[np.int64]) -> str:
    """Why leaving these rows out can't be tried; "" where it can."""
    if not learner.learned_N[rows].any():
        return "none of its rows is learned from"
    groups = learner.examples.groups
    left = np.setdiff1d(np.flatnonzero(learner.learned_N), rows)
    scored = left[learner.fold_N[left] != NEVER]
    if min(len(np.unique(groups[left])), len(np.unique(groups[scored]))) < FEWEST_LEFT:
        return "next to nothing would be left to learn from or to score"
    if len({learner.examples.targets[i] for i in left}) < 2:
        return "one answer alone would be left"
    return ""


def _answers(
    session: Session, prepared: Prepared, learner: Learner, left_out: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The answer to every scored row (M,) where ``left_out`` is not learned from."""

    def build(out: Path, work: Path) -> None:
        kept_N = learner.learned_N.copy()
        kept_N[left_out] = False
        settings = learner.choose(np.flatnonzero(kept_N))
        scored = learner.scored
        found = np.zeros(len(scored), dtype=np.int64)
        for fold in learner.folds:
            inside = learner.fold_N[scored] == fold
            learn = learner.beside(fold)
            found[inside] = learner.answers(learn[kept_N[learn]], scored[inside], settings)
        np.save(out / _FILE, found, allow_pickle=False)

    rows = content_hash(learner.examples.take(left_out))
    unit = session.store.compute(
        "ablation", learner.key(prepared, ablation=VERSION, out=rows), build
    )
    answers: NDArray[np.int64] = np.load(unit.path / _FILE, allow_pickle=False)
    return answers


def _compared(
    learner: Learner,
    code: str,
    rows: NDArray[np.int64],
    without_M: NDArray[np.int64],
    with_M: NDArray[np.int64],
    comparisons: int,
) -> Ablation:
    others = ~np.isin(learner.scored, rows)
    scored = learner.scored[others]
    both = learner.graded(scored, np.column_stack([without_M, with_M])[others])
    found = both.difference(learner.examples.groups[scored], learner.fold_N[scored], comparisons)
    effect: Effect = "cant_tell"
    if found.low > 0 or found.high < 0:
        effect = "better" if found.low > 0 else "worse"
    count = int(learner.learned_N[rows].sum())
    return Ablation(
        code=code,
        rows=count,
        rung=learner.rung,
        model=learner.model,
        metric=learner.session.taskfile.task.counted,
        scored=len(scored),
        difference=found.point,
        low=found.low,
        high=found.high,
        effect=effect,
        sentence=_sentence(learner, count, len(scored), found, effect),
    )


def _sentence(learner: Learner, count: int, scored: int, found: Interval, effect: Effect) -> str:
    low, high = sorted((abs(100 * found.low), abs(100 * found.high)))
    began = f"learning without {count_of(count, 'example')} of it"
    on = f"of “{learner.unit}” on the {scored:,} others"
    if effect in ("better", "worse"):
        return f"{began} makes {learner.name} {low:.1f} to {high:.1f} points {effect} {on}"
    return (
        f"{began} changes {learner.name} by {100 * found.low:+.1f} to {100 * found.high:+.1f} "
        f"points {on}: can't tell"
    )


def _unmeasured(code: str, rows: int, reason: str) -> Ablation:
    return Ablation(code=code, rows=rows, reason=reason, sentence=f"not measured: {reason}")
