"""What a finding's rows cost: the fast rung learns without them, and is compared with learning with.

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
from etude.statistics.crossfit import shared_training_factor
from etude.statistics.intervals import Interval
from etude.statistics.paired import bonett_price_grouped
from etude.workflow._quick import NEVER, Quick, quick_of, why_not
from etude.workflow.session import Session

FEWEST_LEFT = 10
"""Independent examples that must be left to learn from, and to score."""
VERSION = 1
_FILE = "right.npy"


def measured(
    session: Session, prepared: Prepared, findings_rows: Mapping[str, Sequence[str]]
) -> list[Ablation]:
    """For each finding's code and the ids of its rows, in the order given, what leaving them out does.

    The intervals hold together over all findings that could be tried. A fit is computed once for the
    same rows.

    Raises:
        StoreError: the disk is full or refuses.
    """
    reason = why_not(session)
    if reason is not None:
        return [_unmeasured(code, len(set(ids)), reason) for code, ids in findings_rows.items()]
    quick = quick_of(session, prepared)
    place = {name: at for at, name in enumerate(quick.examples.ids)}
    flagged = {
        code: np.array(sorted({place[i] for i in ids if i in place}), dtype=np.int64)
        for code, ids in findings_rows.items()
    }
    reasons = {code: _why_not_tried(quick, rows) for code, rows in flagged.items()}
    tried = [code for code in flagged if not reasons[code]]
    found: dict[str, Ablation] = {}
    with session.progress.step("findings tried", len(tried) + 1, "findings") as step:
        all_M = _right(session, prepared, quick, np.zeros(0, dtype=np.int64)) if tried else None
        step.advance(1)
        for code in tried:
            assert all_M is not None
            without_M = _right(session, prepared, quick, flagged[code])
            found[code] = _compared(quick, code, flagged[code], without_M, all_M, len(tried))
            step.advance(1)
    return [
        found.get(code) or _unmeasured(code, int(quick.learned_N[rows].sum()), reasons[code])
        for code, rows in flagged.items()
    ]


def _why_not_tried(quick: Quick, rows: NDArray[np.int64]) -> str:
    """Why leaving these rows out can't be tried; "" where it can."""
    if not quick.learned_N[rows].any():
        return "none of its rows is learned from"
    groups = quick.examples.groups
    left = np.setdiff1d(np.flatnonzero(quick.learned_N), rows)
    scored = left[quick.fold_N[left] != NEVER]
    if min(len(np.unique(groups[left])), len(np.unique(groups[scored]))) < FEWEST_LEFT:
        return "next to nothing would be left to learn from or to score"
    if len(np.unique(quick.target_N[left])) < 2:
        return "one label alone would be left"
    return ""


def _right(
    session: Session, prepared: Prepared, quick: Quick, left_out: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Right or wrong of every scored row (M,) where ``left_out`` is not learned from."""

    def build(out: Path, work: Path) -> None:
        kept_N = quick.learned_N.copy()
        kept_N[left_out] = False
        settings = quick.choose(np.flatnonzero(kept_N))
        scored = quick.scored
        found = np.zeros(len(scored), dtype=np.bool_)
        for fold in quick.folds:
            inside = quick.fold_N[scored] == fold
            learn = quick.beside(fold)
            found[inside] = quick.right(learn[kept_N[learn]], scored[inside], settings)
        np.save(out / _FILE, found, allow_pickle=False)

    rows = content_hash(quick.examples.take(left_out))
    unit = session.store.compute("ablation", quick.key(prepared, ablation=VERSION, out=rows), build)
    right: NDArray[np.bool_] = np.load(unit.path / _FILE, allow_pickle=False)
    return right


def _compared(
    quick: Quick,
    code: str,
    rows: NDArray[np.int64],
    without_M: NDArray[np.bool_],
    with_M: NDArray[np.bool_],
    comparisons: int,
) -> Ablation:
    others = ~np.isin(quick.scored, rows)
    scored = quick.scored[others]
    found = bonett_price_grouped(
        without_M[others].astype(np.float64),
        with_M[others].astype(np.float64),
        quick.examples.groups[scored],
        comparisons=comparisons,
        variance_factor=shared_training_factor(quick.fold_N[scored]),
    )
    effect: Effect = "cant_tell"
    if found.low > 0 or found.high < 0:
        effect = "better" if found.low > 0 else "worse"
    count = int(quick.learned_N[rows].sum())
    return Ablation(
        code=code,
        rows=count,
        rung=quick.entrant.approach.key,
        model=quick.entrant.model.name,
        scored=len(scored),
        difference=found.point,
        low=found.low,
        high=found.high,
        effect=effect,
        sentence=_sentence(count, len(scored), found, effect),
    )


def _sentence(count: int, scored: int, found: Interval, effect: Effect) -> str:
    low, high = sorted((abs(100 * found.low), abs(100 * found.high)))
    began = f"learning without {count_of(count, 'example')} of it"
    on = f"on the {scored:,} others"
    if effect == "better":
        return f"{began} makes the quick classifier {low:.1f} to {high:.1f} points better {on}"
    if effect == "worse":
        return f"{began} makes the quick classifier {low:.1f} to {high:.1f} points worse {on}"
    return (
        f"{began} changes the quick classifier by {100 * found.low:+.1f} to "
        f"{100 * found.high:+.1f} points {on}: can't tell"
    )


def _unmeasured(code: str, rows: int, reason: str) -> Ablation:
    return Ablation(code=code, rows=rows, reason=reason, sentence=f"not measured: {reason}")
