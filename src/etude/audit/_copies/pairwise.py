"""Rows of nearly one question, a few words changed, whose answers can't both be right.

It composes links between texts with the rows' answers. A changed word may be why the answer differs.
So for records a field counts only where the words say nothing of it; for written answers, where a
context gives the facts, or where both answers speak of the words, or neither.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from etude.audit._base import Material
from etude.audit._copies.contradictions import Said, asks, contradiction, stems, words_of
from etude.audit._copies.near import VARIANT, Copies
from etude.audit._copies.questions import beside_the_point

_MOST = 5
"""Rows of one text, with other answers, that are held against another's."""
_LEAST_WRITTEN = 0.6
_PART = 20_000
"""Pairs whose answers' words are held at once."""


class Clash(NamedTuple):
    """Two rows, and what their answers say against one another ("" for records)."""

    id: str
    target: str
    other: str
    its_target: str
    said: str


def clashes(material: Material, copies: Copies, rows: pl.DataFrame) -> Iterator[Clash]:
    """Pairs of rows in conflict.

    Args:
        material: what the rows are of.
        copies: its copies.
        rows: with ``cluster``: rows of one cluster are held against one another elsewhere.
    """
    context = material.frame["context"].fill_null("").gather(rows["at"])
    columns = ("id", "input", "text", "answer", "target", "cluster", "beside", "given")
    mine = (
        rows.with_columns((context != "").alias("given"))
        .unique(["text", "answer", "cluster"], keep="first", maintain_order=True)
        .filter(pl.col("id").cum_count().over("text", "beside") <= _MOST)
        .select(columns)
    )
    its = mine.select(pl.all().name.prefix("its_"))
    kind = material.task.kind
    records = kind == "extract"
    both = mine.join(_links(copies, records=records), on="text").join(
        its, left_on=["its_text", "beside"], right_on=["its_text", "its_beside"]
    )
    apart = (pl.col("answer") != pl.col("its_answer")) & (
        pl.col("cluster") != pl.col("its_cluster")
    )
    for part in both.filter(apart).iter_slices(_PART):
        answers = {} if records else words_of([*part["target"], *part["its_target"]])
        for pair in part.iter_rows(named=True):
            words = copies.difference(pair["text"], pair["its_text"])
            changed = (*words.mine, *words.theirs)
            said = _against(pair, changed, answers, kind)
            if said is not None:
                yield Clash(pair["id"], pair["target"], pair["its_id"], pair["its_target"], said)


def _links(copies: Copies, *, records: bool) -> pl.DataFrame:
    links = copies.links
    least = VARIANT if records else dict.fromkeys(VARIANT, _LEAST_WRITTEN)
    few_P = np.logical_or.reduce([links.of(call, score) for call, score in least.items()])
    pairs = links.pairs[few_P]
    return pl.DataFrame({"text": pairs[:, 0], "its_text": pairs[:, 1]})


def _against(
    pair: dict[str, Any], changed: tuple[str, ...], answers: dict[str, Said], kind: str
) -> str | None:
    mine, its = pair["target"], pair["its_target"]
    if kind == "extract":
        return "" if beside_the_point(mine, its, changed) else None
    if not pair["given"] and stems(" ".join(changed)) & (stems(mine) ^ stems(its)):
        return None
    return contradiction(answers[mine], answers[its], asks(pair["input"], kind))
