"""Two candidates' answers to the same inputs, beside what people said of them without names.

What was said is looked up by the hashes of the row and of the two answers, so that it counts wherever
the same two stand beside each other again. Nobody is asked of two answers that are the same, nor where
one of the two candidates has none: then the other's is better.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from etude.data.overlay import row_hash
from etude.evaluation.contests import Contest, Items
from etude.evaluation.parts import Layout
from etude.evaluation.scoring import Scores
from etude.records.candidate import CandidateReport
from etude.records.comparison import Comparison
from etude.records.judgement import ContestRow, PairLabel
from etude.workflow.judgements import text_hash

SEED = 0
"""By which rows are put in order and answers on their sides."""
Key = tuple[str, frozenset[str]]
"""The hash of a row, and those of the two answers to it."""
Words = Mapping[Key, str]
"""The hash of the answer that was preferred; "" where the two are the same."""


@dataclass(frozen=True)
class Answered:
    """The scored items in their order; ``outputs`` by candidate, the lowest rung first."""

    ids: tuple[str, ...]
    inputs: tuple[str, ...]
    targets: tuple[str, ...]
    outputs: Mapping[str, tuple[str | None, ...]]
    items: Items
    aside: bool
    """Their examples are kept aside."""

    @cached_property
    def of(self) -> tuple[str, ...]:
        """Each row's hash."""
        rows = zip(self.inputs, self.targets, strict=True)
        return tuple(row_hash(text, target, None) for text, target in rows)

    def without(self, ids: Iterable[str]) -> Answered:
        """Those that are not these examples."""
        gone = set(ids)
        kept = [at for at, name in enumerate(self.ids) if name not in gone]

        def some(values: Sequence[str | None]) -> tuple[str | None, ...]:
            return tuple(values[at] for at in kept)

        folds = self.items.folds
        return Answered(
            tuple(self.ids[at] for at in kept),
            tuple(self.inputs[at] for at in kept),
            tuple(self.targets[at] for at in kept),
            {name: some(given) for name, given in self.outputs.items()},
            Items(self.items.groups[kept], None if folds is None else folds[kept]),
            self.aside,
        )


def of_scores(layout: Layout, scores: Scores) -> Answered:
    """Those of a comparison under way."""
    rows = layout.scored
    return Answered(
        rows.ids,
        rows.inputs,
        rows.targets,
        {card.report.name: tuple(card.scored.answers.outputs) for card in scores.cards},
        Items(rows.groups, layout.folds),
        layout.side == "holdout",
    )


def of_table(table: pl.DataFrame, comparison: Comparison) -> Answered:
    """Those of a comparison that is kept, by its table of answers (``keeping.ROWS``)."""
    rows = table.filter(pl.col("side") == comparison.scored_on)
    names = [c.name for c in comparison.candidates if f"{c.name}|output" in rows.columns]
    crossed = comparison.scored_on == "out-of-fold"
    return Answered(
        tuple(rows["id"]),
        tuple(rows["input"]),
        tuple(rows["target"]),
        {name: tuple(rows[f"{name}|output"]) for name in names},
        Items(
            rows["group"].to_numpy().astype(np.int64),
            rows["fold"].to_numpy().astype(np.int64) if crossed else None,
        ),
        comparison.scored_on == "holdout",
    )


def words(labels: Iterable[PairLabel]) -> dict[Key, str]:
    """What was said of each two answers; where they were compared twice, the last word."""
    return {
        (one.of, frozenset((one.a, one.b))): "" if one.said == "same" else getattr(one, one.said)
        for one in labels
    }


def alike(one: str | None, other: str | None) -> bool:
    """Whether nobody could tell them apart; two that are none are alike."""
    return (one or "").strip() == (other or "").strip()


def asked(answered: Answered, a: str, b: str) -> list[int]:
    """The places of which somebody has to be asked, in an order by chance that stays."""
    first, second = answered.outputs[a], answered.outputs[b]
    places = [
        at
        for at, (one, other) in enumerate(zip(first, second, strict=True))
        if one is not None and other is not None and not alike(one, other)
    ]
    return in_order(answered.of, places)


def in_order(of: Sequence[str], places: Iterable[int]) -> list[int]:
    """By a hash of the row alone, so that other answers to it come at the same place."""
    return sorted(places, key=lambda at: _drawn(of[at]))


def _drawn(*what: str) -> bytes:
    return hashlib.sha256(":".join((str(SEED), *what)).encode()).digest()


def first_on_the_left(of: str, one: str, other: str) -> bool:
    """Whether the answer with the hash ``one`` is shown as A: by a draw that stays."""
    low, high = sorted((one, other))
    return (_drawn(of, low, high)[0] % 2 == 0) == (one == low)


def contest(answered: Answered, said: Words, a: str, b: str) -> Contest:
    """``b`` against ``a`` on what was said of them so far.

    What nobody had to be asked of is counted in the same proportion as what was: while half of the
    pairs are judged, half of the identical ones count.
    """
    of, first, second = answered.of, answered.outputs[a], answered.outputs[b]
    scores: dict[int, float] = {}
    left = set()
    for at in asked(answered, a, b):
        hashes = text_hash(first[at] or ""), text_hash(second[at] or "")
        key = (of[at], frozenset(hashes))
        if key in said:
            scores[at] = 0.5 if not said[key] else float(said[key] == hashes[1])
        else:
            left.add(key)
    return with_clear(answered, a, b, scores, len(left))


def with_clear(
    answered: Answered, a: str, b: str, scores: Mapping[int, float], left: int
) -> Contest:
    """The contest of ``scores`` (of ``b``, by place), with as large a part of what nobody has to be
    asked of as of what somebody has to be; ``left``: pairs that nobody was asked of."""
    first, second = answered.outputs[a], answered.outputs[b]
    open_to_ask = asked(answered, a, b)
    clear = in_order(answered.of, set(range(len(answered.of))) - set(open_to_ask))
    share = len(scores) / len(open_to_ask) if open_to_ask else 1.0
    counted = clear[: round(share * len(clear))]
    same = sum(alike(first[at], second[at]) for at in counted)
    every = {**scores, **{at: _clear(first[at], second[at]) for at in counted}}
    rows = np.array(sorted(every), dtype=np.int64)
    score = np.array([every[at] for at in rows.tolist()], dtype=np.float64)
    return Contest(a, b, rows, score, len(scores), left, same)


def _clear(one: str | None, other: str | None) -> float:
    """The score of ``other`` where nobody has to be asked."""
    if alike(one, other):
        return 0.5
    return 0.0 if other is None else 1.0


def row_of(found: Contest) -> ContestRow:
    """For the record."""
    return ContestRow(
        candidate=found.b,
        against=found.a,
        better=int((found.score_M == 1).sum()),
        same=int((found.score_M == 0.5).sum()),
        worse=int((found.score_M == 0).sum()),
        identical=found.same,
        left=found.left,
    )


def challengers(
    candidates: Sequence[CandidateReport], baseline: str, recommended: str | None
) -> list[str]:
    """Whom the verdict hangs on, against the baseline: the recommended candidate, the best that was
    trained, then the others, by what can be counted."""

    def rank(one: CandidateReport) -> tuple[bool, float]:
        counted = [one.quality, *one.secondary.values()]
        values = [found.value for found in counted if found and found.metric != "person"]
        return one.name != recommended, -(values[0] if values else 0.0)

    others = sorted((one for one in candidates if one.name != baseline), key=rank)
    trained = next((one for one in others if one.trained), None)
    first = [one for one in others if one.name == recommended or one is trained]
    return [one.name for one in (*first, *(one for one in others if one not in first))]
