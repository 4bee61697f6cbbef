"""One answer under way: what the model has read, what it has written, and when it ends."""

from __future__ import annotations

import numpy as np

from etude.models._likelihood import Likelihood
from etude.models.generation.choosing import Chosen, Draw
from etude.models.generation.jobs import Finish, Job, Written


class Row:
    """One answer under way. ``pending``: ids that the model has not read yet. ``need``: the most
    places that it can come to take. ``cached``: ids before its own that were computed earlier."""

    def __init__(self, index: int, job: Job) -> None:
        self.index = index
        self.job = job
        self.out = list(job.guide.opening) if job.guide is not None else []
        self.pending = np.append(job.ids, self.out).astype(np.int32)
        self.length = 0
        self.need = len(job.ids) + max(job.most, len(self.out))
        self.cached = 0
        self.tokens = len(self.out)
        self.seconds = 0.0
        self.logs: list[float] = []
        self._places: list[int] = []
        self.draw = Draw(job.seed, job.temperature, job.top_p) if job.temperature > 0 else None

    def take(self, chosen: Chosen) -> Finish | None:
        """Go on by these tokens; how the answer ends, or None."""
        self.length += len(self.pending)
        self.logs.append(chosen.log)
        self._places.append(len(self.out))
        for token in chosen.ids:
            self.tokens += 1
            if token in self.job.stops:
                return "stop"
            self.out.append(token)
            if len(self.out) >= self.job.most:
                guide = self.job.guide
                return "stop" if guide is not None and guide.finished else "length"
        if self.job.guide is not None and self.job.guide.finished:
            return "stop"
        self.pending = np.array(chosen.ids, dtype=np.int32)
        return None

    @property
    def chosen(self) -> tuple[tuple[int, float], ...]:
        """Places in ``out`` of the ids that were a choice, with their log-probabilities."""
        return tuple(zip(self._places, self.logs, strict=True))

    def written(self, finish: Finish) -> Written:
        """The whole answer."""
        ids = tuple(self.out[: self.job.most])
        likelihood = Likelihood.of(self.logs)
        return Written(ids, finish, self.tokens, self.seconds, likelihood, self.chosen)
