"""Each way's answers beside the baseline's, compared by a model in both orders.

It is asked of what people would be asked of (``blind_pairs``), and its words are held against theirs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from etude.evaluation import pair_judge
from etude.evaluation.contests import Contest, figure
from etude.models._base import ChatRequest
from etude.records.judgement import PairsByModel
from etude.records.task import ModelJudge, Task
from etude.workflow.blind_pairs import Answered, Words, asked, contest, with_clear

PairsSaid = NDArray[np.int8]
"""(M, 2), see ``pair_judge.read``."""


@dataclass(frozen=True)
class PairsAsked:
    """Every way against the ``baseline``, on the scored items."""

    task: Task
    judge: ModelJudge
    answered: Answered
    baseline: str

    @property
    def others(self) -> list[str]:
        """Those that are held against the baseline, the lowest rung first."""
        return [name for name in self.answered.outputs if name != self.baseline]

    @property
    def requests(self) -> list[ChatRequest]:
        """All that is asked."""
        return [request for name in self.others for request in self.of(name)]

    def of(self, name: str) -> list[ChatRequest]:
        """What is asked of one way: two requests a pair."""
        answered = self.answered
        places = asked(answered, self.baseline, name)
        first, second = answered.outputs[self.baseline], answered.outputs[name]
        return pair_judge.requests(
            self.task,
            self.judge,
            [answered.inputs[at] for at in places],
            [answered.targets[at] for at in places],
            [(first[at] or "", second[at] or "") for at in places],
        )

    def told(
        self, ask: Callable[[list[ChatRequest]], PairsSaid], people: Words
    ) -> tuple[PairsByModel, ...]:
        """What comes of it, way by way; ``people``: what people said of the same pairs."""
        return tuple(self._told(name, ask(self.of(name)), people) for name in self.others)

    def _told(self, name: str, said_M2: PairsSaid, people: Words) -> PairsByModel:
        places = asked(self.answered, self.baseline, name)
        scores = pair_judge.outcomes(said_M2)
        known = {
            at: score
            for at, score in zip(places, scores.tolist(), strict=True)
            if not np.isnan(score)
        }
        found = with_clear(self.answered, self.baseline, name, known, left=0)
        theirs = contest(self.answered, people, self.baseline, name)
        both = [
            (known[at], score)
            for at, score in zip(theirs.rows_M.tolist(), theirs.score_M.tolist(), strict=True)
            if at in known
        ]
        first, second = pair_judge.by_place(said_M2)
        return _record(found, self.answered, len(known), len(places) - len(known)).model_copy(
            update={
                "first": first,
                "second": second,
                "people": len(both),
                "agreed": sum(mine == other for mine, other in both),
            }
        )


def _record(found: Contest, answered: Answered, read: int, unmeasured: int) -> PairsByModel:
    quality = figure(found, answered.items, "judge")
    return PairsByModel(
        candidate=found.b,
        against=found.a,
        better=int((found.score_M == 1).sum()),
        same=int((found.score_M == 0.5).sum()),
        worse=int((found.score_M == 0).sum()),
        identical=found.same,
        asked=read,
        first=0,
        second=0,
        unmeasured=unmeasured,
        value=quality.value,
        low=quality.low,
        high=quality.high,
    )
