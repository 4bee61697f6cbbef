"""Copies, contradictions, and one group that holds too much."""

from __future__ import annotations

import numpy as np
import polars as pl

from etude.data.findings._words import about_rows, count_of
from etude.data.groups import Groups
from etude.records.dataset import Finding

_LARGE_GROUP = 0.2


def about_copies(frame: pl.DataFrame, groups: Groups, *, one_right: bool = True) -> list[Finding]:
    """Copies, contradictions and one group that holds too much.

    ``one_right``: an input has one right answer; else several good ones are no contradiction.
    """
    findings = []
    ids = frame["id"]
    exact = ids.filter(pl.Series(groups.exact_N))
    if len(exact):
        texts = frame.filter(pl.Series(groups.exact_N))["hash"].n_unique()
        findings.append(
            about_rows(
                "duplicates",
                "warning",
                exact.to_list(),
                f"{count_of(len(exact), 'example')} are copies of one another "
                f"({count_of(texts, 'text')}); copies always stay on one side"
                if not groups.stock_N.any()
                else f"{count_of(len(exact), 'example')} are copies of one another "
                f"({count_of(texts, 'text')})",
            )
        )
    near = ids.filter(pl.Series(groups.near_N))
    if len(near):
        findings.append(
            about_rows(
                "near_duplicates",
                "note",
                near.to_list(),
                f"{count_of(len(near), 'example')} {'is' if len(near) == 1 else 'are'} nearly the "
                "same as another",
            )
        )
    clash = frame.filter(pl.col("target").n_unique().over("hash") > 1)
    if len(clash):
        findings.append(_clash(clash, one_right))
    largest = int(np.bincount(groups.group_N).max())
    if largest > max(_LARGE_GROUP * len(frame), 2):
        findings.append(
            Finding(
                code="large_group",
                severity="warning",
                sentence=f"one group of copies or of one `group` holds {largest:,} of "
                f"{count_of(len(frame), 'example')}; together they count as one",
            )
        )
    return findings


def _clash(clash: pl.DataFrame, one_right: bool) -> Finding:
    ids = clash.sort("hash", "id")["id"].to_list()
    what = (
        f"{count_of(len(clash), 'example')} ({count_of(clash['hash'].n_unique(), 'text')}) have the "
        "same input and different"
    )
    if one_right:
        return about_rows(
            "conflicts",
            "warning",
            ids,
            f"{what} targets: no answer can be right for all of them",
            "decide on one answer for each text",
        )
    return about_rows(
        "several_answers_to_one", "note", ids, f"{what} answers; all are learned from"
    )
