"""Which of the inputs are nearly the same: links between texts, with what differs.

It composes ``forms``, ``forest`` and ``wording``, and remembers the links of the last frame, because
several audits of one run ask for them.
"""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from etude.audit._base import WRITTEN, Material
from etude.audit._copies.forest import alike
from etude.audit._copies.forms import Forms, forms_of
from etude.audit._copies.wording import Difference, Wording
from etude.data.copies import SHINGLE, THRESHOLD, Pairs, components, shingles

LEAST = 0.6
"""Similarity from which a text may be another with a "please" or a slip of the pen."""
COPY = {"same": 0.4, "polite": 0.5, "light": 0.75, "close": THRESHOLD}
"""What two copies may differ in, and how similar they must be then."""
VARIANT = {"same": 0.4, "polite": 0.5, "light": 0.6, "close": 0.7}
"""The same for texts that say the same with a few words changed."""
OF_ONE_ANSWER = {"same": 0.3, "polite": 0.4, "light": 0.4, "close": 0.4}
"""The same where both have one long answer, which says already that they mean the same."""
MOST_PAIRS = 1_000_000
NEIGHBOURS = 6
"""Pairs a text may be in, the nearest first: a sentence of many variants is not compared with all."""


@dataclass(frozen=True)
class Links:
    """P pairs of texts: what they share and what differs. ``score_P``: Jaccard of 5-grams."""

    pairs: Pairs
    score_P: NDArray[np.float64]
    call_P: NDArray[np.str_]

    def of(self, call: str, least: float = 0.0) -> NDArray[np.bool_]:
        """Pairs of a call and at least a similarity."""
        return np.asarray((self.call_P == call) & (self.score_P >= least), dtype=np.bool_)

    @property
    def copies_P(self) -> NDArray[np.bool_]:
        """Pairs of which one may stand for the other."""
        copies = [self.of(call, least) for call, least in COPY.items()]
        return np.asarray(np.logical_or.reduce(copies), dtype=np.bool_)


class Copies:
    """Everything that is known of the copies among the inputs of one frame."""

    def __init__(self, material: Material) -> None:
        self.forms: Forms = forms_of(material)
        self._strict = material.task.kind == "extract"
        apart = ["side"] if material.task.kind in WRITTEN else ["side", "target"]
        self._apart = [_classes(material.frame[name]) for name in apart]

    @cached_property
    def wording(self) -> Wording:
        """Differences among the texts."""
        return Wording(self.forms.bare_T, self.forms.raw_T)

    @cached_property
    def links(self) -> Links:
        """Texts that are alike, the most alike first; none of records, which are the same or not."""
        if self.forms.records:
            return Links(np.zeros((0, 2), dtype=np.int64), np.zeros(0), np.zeros(0, dtype="<U6"))
        bares = self.forms.bare_T.to_list()
        grams = shingles(bares)
        apart_T = [self._of_texts(numbers) for numbers in self._apart]
        pairs, scores = alike(grams, LEAST, apart_T)
        order = np.lexsort((pairs[:, 1], pairs[:, 0], -scores))
        pairs, scores = pairs[order], scores[order]
        kept = _nearest(pairs, apart_T)[:MOST_PAIRS]
        pairs, scores = pairs[kept], scores[kept]
        # Short texts share few 5-grams once a "please" is added: those are found by their cores.
        by_core = _linked(self.forms.core_T)
        pairs = np.concatenate([pairs, by_core])
        unsure = len(pairs) if grams.part < 1 else len(by_core)
        exact = [_jaccard(bares[a], bares[b]) for a, b in pairs[len(pairs) - unsure :].tolist()]
        scores = np.append(scores[: len(pairs) - unsure], exact)
        calls = [self.difference(a, b).call for a, b in pairs.tolist()]
        return Links(pairs, scores, np.array(calls, dtype="<U6"))

    @cached_property
    def lenient_P(self) -> NDArray[np.str_]:
        """The calls of the links where a slip of the pen is no difference."""
        if not self._strict:
            return self.links.call_P
        calls = [self.wording.between(a, b).call for a, b in self.links.pairs.tolist()]
        return np.array(calls, dtype="<U6")

    def difference(self, one: int, other: int) -> Difference:
        """What differs between two texts."""
        return self.wording.between(one, other, spelling=not self._strict)

    def similarity(self, one: int, other: int) -> float:
        """The Jaccard similarity of two texts' 5-grams."""
        bares = self.forms.bare_T
        return _jaccard(bares[one], bares[other]) if one != other else 1.0

    def near(self, one: int, other: int) -> tuple[Difference, float] | None:
        """What differs between two near copies, and their similarity; None where they are none."""
        found, score = self.difference(one, other), self.similarity(one, other)
        return (found, score) if score >= COPY.get(found.call, 2.0) else None

    def clusters(self, chosen_P: NDArray[np.bool_]) -> NDArray[np.int64]:
        """A number a text: texts that chosen links tie together have the same."""
        return components(self.links.pairs[chosen_P], len(self.forms.bare_T))

    def _of_texts(self, numbers_N: NDArray[np.int64]) -> NDArray[np.int64]:
        """A number a text for the least and greatest of the numbers that its rows have."""
        texts = len(self.forms.bare_T)
        least = np.full(texts, numbers_N.max() + 1)
        most = np.zeros(texts, dtype=np.int64)
        np.minimum.at(least, self.forms.text_N, numbers_N)
        np.maximum.at(most, self.forms.text_N, numbers_N)
        return np.asarray(least * (numbers_N.max() + 2) + most, dtype=np.int64)


def copies_of(material: Material) -> Copies:
    """The copies of a material; those of the frame that was asked for last are remembered."""
    if not _remembered or _remembered[0][0]() is not material.frame:
        _remembered[:] = [(weakref.ref(material.frame, _forget), Copies(material))]
    return _remembered[0][1]


_remembered: list[tuple[weakref.ref[pl.DataFrame], Copies]] = []


def _forget(gone: weakref.ref[pl.DataFrame]) -> None:
    _remembered[:] = [one for one in _remembered if one[0] is not gone]


def _classes(values: pl.Series) -> NDArray[np.int64]:
    return values.rank("dense").fill_null(0).to_numpy().astype(np.int64)


def _nearest(pairs: Pairs, apart: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Places of pairs (given the nearest first) that are among the first of one of their texts;
    those of different numbers in ``apart`` are counted by themselves."""
    differ = np.zeros(len(pairs), dtype=np.int64)
    for numbers in apart:
        differ = 2 * differ + (numbers[pairs[:, 0]] != numbers[pairs[:, 1]])
    ends = pl.DataFrame(
        {
            "text": pairs.T.ravel(),
            "differ": np.tile(differ, 2),
            "at": np.tile(np.arange(len(pairs)), 2),
        }
    )
    rank = pl.col("at").cum_count().over("text", "differ")
    kept = ends.sort("at").filter(rank <= NEIGHBOURS)["at"].unique().sort()
    return kept.to_numpy().astype(np.int64)


def _linked(core_T: pl.Series) -> Pairs:
    """Texts with one core, each with the first that has it."""
    table = pl.DataFrame({"core": core_T}).with_row_index("at").filter(pl.col("core") != "")
    first = table.with_columns(pl.col("at").min().over("core").alias("first"))
    pairs = first.filter(pl.col("at") != pl.col("first")).select("first", "at")
    return pairs.to_numpy().astype(np.int64).reshape(-1, 2)


def _jaccard(one: str, other: str) -> float:
    a, b = (
        {text[i : i + SHINGLE] for i in range(len(text) - SHINGLE + 1)} for text in (one, other)
    )
    shared = len(a & b)
    return shared / max(len(a) + len(b) - shared, 1)
