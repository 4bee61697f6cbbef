"""What may be shown of examples that are kept aside for the verdict: that they are there, and no more.

A finding about a row to learn from may quote a held-out one that it is held against. Whoever reads that
has read the held-out row, and that is written in the ledger.
"""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from etude.records.run import Look
from etude.workflow.session import Session, now

ASIDE = "kept aside for the verdict, so not shown"


def held_out(frame: pl.DataFrame) -> frozenset[str]:
    """Ids of the canonical rows that are kept aside."""
    return frozenset(frame.filter(pl.col("side") == "holdout")["id"])


def veiled(hits: pl.DataFrame, held: Collection[str]) -> pl.DataFrame:
    """Places without what they quote of rows that are kept aside: neither what was found in such a
    row, nor what a place of another row says of it, nor what is proposed for it.

    Args:
        hits: columns of ``audit.HITS``.
        held: ids of the rows that are kept aside.
    """
    if not held:
        return hits
    ids = pl.Series(list(held), dtype=pl.String).implode()
    own, beside = pl.col("id").is_in(ids), pl.col("other").is_in(ids).fill_null(value=False)
    quotes = (own | beside) & pl.col("evidence").is_not_null()
    return hits.with_columns(
        pl.when(quotes).then(pl.lit(ASIDE)).otherwise("evidence").alias("evidence"),
        pl.when(own).then(pl.lit(None, pl.String)).otherwise("proposal").alias("proposal"),
    )


def write_down(session: Session, holdout: str | None, verb: str) -> None:
    """A person reads examples that are kept aside, by ``verb``: a look, in the ledger."""
    if holdout is not None:
        reason = "rows shown to a person"
        look = Look(time=now(), holdout_id=holdout, run=verb, candidates=(), reason=reason)
        session.store.record_look(look)
