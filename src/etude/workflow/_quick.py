"""The quick classifier, which learns again and again on one dataset version.

The rung ``probe`` over embeddings that are computed once. It knows no audit and no curve.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from etude.approaches import approach
from etude.approaches._base import FitContext
from etude.approaches._neighbours import Fusion, NeighbourIndex, votes
from etude.approaches._scores import label_index, softmax
from etude.approaches.probe import APPROACH as PROBE
from etude.approaches.probe import fit_head
from etude.audit._base import LABELLED
from etude.data.examples import Examples
from etude.data.inner import inner_split
from etude.data.stored import Prepared
from etude.errors import DataError, ModelError
from etude.evaluation.stages import Entrant
from etude.metrics import metric
from etude.statistics.scores import MacroF1, Means, Scores
from etude.workflow._folds import limited, rows_of
from etude.workflow._learner import Learner, common_key
from etude.workflow._remembered import BUILTIN, Remembered, builtin_embeddings
from etude.workflow.entrants import entrant_called
from etude.workflow.layout import INNER_DEV
from etude.workflow.session import Session
from etude.workflow.stages import stages_for

VERSION = 1
"""Raised when what is computed here changes: part of every key."""
MOST_LEARNED = 20_000
"""Rows that one fit learns from; more change a linear head's answers little and take minutes."""
MOST_CHOSEN_ON = 3_000
"""Rows that settings are chosen on."""
NEIGHBOURS, SHARPNESS = 15, 10.0
"""How many of the nearest examples vote, and how much the nearer ones' votes weigh more."""
PLAIN: dict[str, Any] = {
    "penalty": 0.01,
    "weighting": "rows",
    "meanings": True,
    "temperature": 1.0,
}
"""Settings where too few rows are there to choose on."""
_NO_LABELS = "the quick classifier chooses among labels, and this kind of task has none"
_NO_ENCODER = "there is no encoder on this machine for the quick classifier"


@dataclass(frozen=True)
class Quick(Learner):
    """Of a task with labels; an answer is a label's position among ``context.labels``."""

    entrant: Entrant
    context: FitContext

    @cached_property
    def target_N(self) -> NDArray[np.int64]:
        """Positions of the targets among the task's labels."""
        return label_index(self.examples.targets, self.context.labels)

    def choose(self, rows: NDArray[np.int64]) -> dict[str, Any]:
        """Settings by an inner cut of these rows; ``PLAIN`` where nothing can be spared."""
        part = self.examples.take(limited(rows, self.examples.groups, MOST_CHOSEN_ON))
        try:
            train, dev = inner_split(part, INNER_DEV, seed=0)
        except DataError:
            return PLAIN
        return PROBE.choose(train, dev, self.context).settings

    def probabilities(
        self, learn: NDArray[np.int64], score: NDArray[np.int64], settings: dict[str, Any]
    ) -> NDArray[np.float64]:
        """(M, L) of the rows ``score`` by a fit on ``learn``, ``MOST_LEARNED`` of them at most."""
        used = limited(learn, self.examples.groups, MOST_LEARNED)
        head = fit_head(self.examples.take(used), settings, self.context)
        assert self.context.embeddings is not None
        vectors = self.context.embeddings.of([self.examples.inputs[i] for i in score])
        return softmax(head.logits(vectors), settings["temperature"]).astype(np.float64)

    def second_opinions(
        self, learn: NDArray[np.int64], score: NDArray[np.int64], settings: dict[str, Any]
    ) -> NDArray[np.float64]:
        """(M, L) as ``probabilities``, in the middle (geometrically) of the linear head and of the
        votes of the nearest examples.

        The two err on other rows. On questions of six types, nothing planted, 94 labels were doubted
        in place of 138 by the head alone, and of planted wrong ones about as many were found.
        """
        used = limited(learn, self.examples.groups, MOST_LEARNED)
        embeddings = self.context.embeddings
        assert embeddings is not None
        texts = [self.examples.inputs[i] for i in used]
        asked = [self.examples.inputs[i] for i in score]
        (found,) = NeighbourIndex(embeddings.of(texts), texts, [Fusion("meaning")]).nearest(
            embeddings.of(asked), asked, NEIGHBOURS
        )
        labels = len(self.context.labels)
        voted_ML = votes(found, self.target_N[used], labels, NEIGHBOURS, SHARPNESS)
        linear_ML = self.probabilities(used, score, settings)
        return softmax((np.log(np.maximum(linear_ML, 1e-9)) + voted_ML) / 2).astype(np.float64)

    def answers(
        self, learn: NDArray[np.int64], score: NDArray[np.int64], settings: dict[str, Any]
    ) -> NDArray[np.int64]:
        """(M,) the likeliest label of each scored row."""
        best = self.probabilities(learn, score, settings).argmax(axis=1)
        return np.asarray(best, dtype=np.int64)

    def graded(self, rows: NDArray[np.int64], answers_MC: NDArray[np.int64]) -> Scores:
        """See ``Learner``."""
        truth = self.target_N[rows]
        if metric(self.session.taskfile.task.counted).statistic == "macro_f1":
            return MacroF1(truth, answers_MC, len(self.context.labels))
        return Means((answers_MC == truth[:, None]).astype(np.float64))

    def key(self, prepared: Prepared, **more: Any) -> dict[str, Any]:
        """What results depend on, for the cache."""
        return (
            common_key(prepared)
            | {
                "version": VERSION,
                "rung_version": PROBE.version,
                "model": self.entrant.model.fingerprint,
                "labels": list(self.context.labels),
                "descriptions": self.context.descriptions,
                "metric": self.context.task.counted,
            }
            | more
        )


def why_not(session: Session) -> str | None:
    """Why nothing can be measured by the quick classifier, in plain words; None: it can."""
    if session.taskfile.task.kind not in LABELLED:
        return _NO_LABELS
    return None if quick_entrant(session) is not None else _NO_ENCODER


def quick_entrant(session: Session) -> Entrant | None:
    """The quick classifier on the task's first encoder, else on the builtin one if it is on this
    machine; None: there is none."""
    task = session.taskfile.task
    for reference in task.models:
        if reference.openai is None:
            try:
                found = entrant_called(session, f"{PROBE.key}@{reference.name}")
            except ModelError:
                continue
            if PROBE.usable(task, found.model) is None:
                return found
    return _builtin(session)


def _builtin(session: Session) -> Entrant | None:
    cached = builtin_embeddings(session)
    if cached is None or PROBE.usable(session.taskfile.task, cached.model) is not None:
        return None
    return Entrant(approach(PROBE.key), BUILTIN, cached.model, cached)


def quick_of(session: Session, prepared: Prepared) -> Quick:
    """The quick classifier over all rows of a version.

    Raises:
        ModelError: there is no encoder, or the task has no labels.
    """
    labelled = session.taskfile.task.kind in LABELLED
    entrant = quick_entrant(session) if labelled else None
    if entrant is None or entrant.embeddings is None:
        raise ModelError(
            _NO_ENCODER if labelled else _NO_LABELS,
            hint="name an encoder under `models` in etude.yaml: builtin:minilm",
        )
    stages = stages_for(session, session.taskfile.task, prepared.version)
    context = stages.context(entrant, 0, session.root)
    target = label_index(Examples.from_frame(prepared.frame).targets, context.labels)
    rows = rows_of(prepared, target)
    remembered = Remembered(entrant.embeddings, rows.examples.inputs)
    return Quick(
        examples=rows.examples,
        learned_N=rows.learned_N,
        fold_N=rows.fold_N,
        session=session,
        name="the quick classifier",
        rung=entrant.approach.key,
        model=entrant.model.name,
        most=MOST_LEARNED,
        entrant=entrant,
        context=replace(context, embeddings=remembered),
    )
