"""What a comparison wrote down of held-out inputs: the candidate as it was evaluated, which other ways
of running it are held against."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from etude.data.answers import Answers
from etude.records.comparison import Comparison
from etude.records.release import ReleaseManifest
from etude.workflow import keeping
from etude.workflow.session import Place


def as_scored(
    session: Place, comparison: Comparison, name: str, held: Sequence[str]
) -> Answers | None:
    """What the candidate ``name`` answered to these inputs; None where another fit answered them. Of
    texts it wrote down no score.

    In cross-fitting every example was answered by a candidate that had not seen it, which is not
    the one that is kept.
    """
    if comparison.dataset.scheme != "holdout":
        return None
    rows = keeping.rows_of(session, comparison)
    scored = rows.filter(pl.col("side") == "holdout").unique("input", keep="first")
    wanted = pl.DataFrame({"input": list(held)}).join(
        scored, on="input", how="left", maintain_order="left"
    )
    if wanted["id"].null_count():
        return None
    failures = wanted[f"{name}|failure"] if f"{name}|failure" in wanted.columns else None
    sure = wanted[f"{name}|confidence"].cast(pl.Float64).fill_null(np.nan)
    nothing = np.zeros(len(held), dtype=np.int64)
    return Answers(
        outputs=tuple(wanted[f"{name}|output"].to_list()),
        probabilities_NL=None,
        failures=tuple(failures.to_list()) if failures is not None else (None,) * len(held),
        seconds=np.full(len(held), np.nan),
        tokens_in=nothing,
        tokens_out=nothing,
        likelihood=sure.to_numpy(),
    )


def of_release(session: Place, manifest: ReleaseManifest, held: Sequence[str]) -> Answers | None:
    """The same of the candidate that a release was made of; None where its comparison is not in this
    project any more, or never was."""
    found = keeping.of_run(session, manifest.comparison)
    if found is None or (found.dataset.id, found.task_hash) != (
        manifest.dataset,
        manifest.task_hash,
    ):
        return None
    finalists = {one.name for one in found.candidates if one.finalist}
    if manifest.candidate not in finalists:
        return None
    return as_scored(session, found, manifest.candidate, held)
