"""What turns are looked for in: answers beside what they are judged by, and examples to learn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from etude.approaches._words import WordIndex
from etude.data.conversations import flat, turns_of
from etude.data.examples import Examples
from etude.evaluation.judging import Fault, Judge, Passages
from etude.evaluation.turns._base import Counter
from etude.metrics._base import Judged

READ = 8
"""Wrong answers of a turn that similar examples are looked up for."""


@dataclass(frozen=True)
class Pool:
    """Examples to learn from; they are judged and indexed once for all candidates."""

    judge: Judge
    examples: Examples

    @cached_property
    def judged(self) -> Judged:
        """Their ideal answers, held against what answers are held against."""
        return self.judge.judged(self.examples, self.examples.targets)

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """Their inputs as texts for people."""
        return as_texts(self.judge, self.examples.inputs)

    @cached_property
    def _index(self) -> WordIndex:
        return WordIndex(self.texts)

    def nearest(self, texts: Sequence[str], among: Sequence[int], count: int) -> tuple[int, ...]:
        """Of ``among`` those whose words are most like these texts' (BM25), the nearest first."""
        if not among or not texts:
            return ()
        scores_N = self._index.scores(texts[:READ]).mean(axis=0)[list(among)]
        order = np.argsort(-scores_N, kind="stable")[:count]
        return tuple(among[int(place)] for place in order)


@dataclass(frozen=True)
class Asked:
    """``N`` answers that were given; ``failures`` say why where one is None."""

    judge: Judge
    examples: Examples
    outputs: tuple[str | None, ...]
    failures: tuple[str | None, ...]
    passages: Passages
    pool: Pool

    @cached_property
    def judged(self) -> Judged:
        """The answers beside everything that says how good they are."""
        return self.judge.judged(self.examples, self.outputs, self.passages)

    @cached_property
    def faults(self) -> list[tuple[Fault, ...]]:
        """What each answer fails."""
        return self.judge.faults(self.examples, self.outputs, self.passages)

    @cached_property
    def wrong(self) -> tuple[int, ...]:
        """Positions of the answers that somebody has to mend."""
        right_N = self.judge.right.items(self.judged)
        return tuple(int(row) for row in np.flatnonzero(right_N != 1))

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The inputs as texts for people."""
        return as_texts(self.judge, self.examples.inputs)

    @property
    def counter(self) -> Counter:
        """Counts independent groups."""
        return Counter(self.examples.groups)


def as_texts(judge: Judge, inputs: Sequence[str]) -> tuple[str, ...]:
    """Inputs as texts; a conversation with a line a message."""
    if judge.task.kind != "chat":
        return tuple(inputs)
    return tuple(flat(turns_of(text)) for text in inputs)
