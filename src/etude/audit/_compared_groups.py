"""Whether texts that name a group have something far more often than those of its family's others.

A difference is held against chance by exact permutation (all ways to deal what they have among the
texts, which is Fisher's exact test), with as many groups as are asked about counted in (Holm).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.stats import fisher_exact

from etude.audit._base import Found, found
from etude.audit._textual import share
from etude.records.dataset import Repair

LEAST = 10
"""Texts that must name a group before it is held against the others: with fewer, one or two decide."""
_SURE = 0.01
"""Chance, over all that is asked, at which a difference is named."""
_WORTH = 0.2
"""Difference of shares (0 to 1) that is worth a word."""


@dataclass(frozen=True)
class Difference:
    """How often something is so among texts that name a group, and among its family's others."""

    family: str
    group: str
    what: str
    own: tuple[int, int]
    others: tuple[int, int]
    chance: float
    ids: tuple[str, ...]
    shown: tuple[str, ...]


def differences(
    asked: Sequence[tuple[str, str, str, set[str]]],
    members: dict[tuple[str, str], set[str]],
    shown: dict[str, str],
    code: str,
    noun: str,
) -> Iterator[Found]:
    """One finding with all differences, or nothing.

    Args:
        asked: family, group, what is asked in words, and the rows that have it.
        members: groups to the rows that name them.
        shown: rows to the evidence.
        code: of the finding.
        noun: what the texts are, in the plural.
    """
    tested = [
        one
        for family, group, what, having in asked
        if (one := _tested(family, group, what, having, members, shown)) is not None
    ]
    kept = _unlikely(tested)
    if kept:
        yield _told(kept, code, noun)


def _tested(
    family: str,
    group: str,
    what: str,
    having: set[str],
    members: dict[tuple[str, str], set[str]],
    shown: dict[str, str],
) -> Difference | None:
    """The group against the others of its family; None where these are too few."""
    ids = members[family, group]
    others = {
        name
        for (kin, other), own in members.items()
        if kin == family and other != group
        for name in own
    }
    if len(others) < LEAST:
        return None
    own_hits, other_hits = sorted(ids & having), others & having
    table_22 = [
        [len(own_hits), len(ids) - len(own_hits)],
        [len(other_hits), len(others) - len(other_hits)],
    ]
    return Difference(
        family,
        group,
        what,
        (len(own_hits), len(ids)),
        (len(other_hits), len(others)),
        float(fisher_exact(table_22, alternative="greater")[1]),
        tuple(own_hits),
        tuple(shown.get(name, "") for name in own_hits),
    )


def _unlikely(tested: list[Difference]) -> list[Difference]:
    """Differences that chance does not explain (Holm's step-down) and that are worth a word."""
    kept = []
    for rank, one in enumerate(sorted(tested, key=lambda one: one.chance)):
        if one.chance > _SURE / (len(tested) - rank):
            break
        gap = np.divide(*one.own) - np.divide(*one.others)
        if gap >= _WORTH:
            kept.append(one)
    return kept


def _told(kept: list[Difference], code: str, noun: str) -> Found:
    worst = kept[0]
    (own, of), (other, of_others) = worst.own, worst.others
    more = f"; so for {len(kept) - 1} more" if len(kept) > 1 else ""
    return found(
        "bias",
        code,
        "note" if code == "label_by_group" else "warning",
        f"{own:,} of {of:,} {noun} that name {worst.group} {worst.what} ({share(own, of)}); "
        f"of those "
        f"that name other groups of the kind ({worst.family}) {other:,} of {of_others:,} "
        f"({share(other, of_others)}): more than chance explains{more}",
        pl.DataFrame(
            {
                "id": [name for one in kept for name in one.ids],
                "field": [noun.rstrip("s")] * sum(len(one.ids) for one in kept),
                "evidence": [f"{one.group}: {text}" for one in kept for text in one.shown],
                "score": [0.6] * sum(len(one.ids) for one in kept),
            }
        ),
        costs="the model learns to see the group in a worse light than others"
        if code == "bad_light"
        else "the model may choose the label by the group and not by what is asked",
        repair=Repair(
            apply="add",
            sentence="see whether the task explains it; if not, add examples that name the group "
            "in the other ways too",
        ),
        seconds_each=15,
    )
