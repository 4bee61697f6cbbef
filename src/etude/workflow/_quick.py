"""The quick classifier fitted again and again on one dataset version: what measuring examples needs.

The rung ``probe`` over embeddings that are computed once. Held-out rows are never learned from;
groups never stand on both sides of a fit. It knows no audit and no curve.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from etude.approaches import approach
from etude.approaches._base import Embeddings, FitContext
from etude.approaches._neighbours import Fusion, NeighbourIndex, votes
from etude.approaches._scores import label_index, softmax
from etude.approaches.probe import APPROACH as PROBE
from etude.approaches.probe import fit_head
from etude.audit._base import LABELLED, Predictions
from etude.data.examples import Examples
from etude.data.inner import inner_split
from etude.data.stored import Prepared
from etude.errors import DataError, ModelError
from etude.evaluation.libraries import library_versions
from etude.evaluation.stages import Entrant
from etude.models.builtin import MINILM, find_folder
from etude.models.embeddings import CachedEmbeddings
from etude.models.opening import open_model
from etude.records.task import ModelRef
from etude.workflow.entrants import EMBEDDINGS, entrant_called
from etude.workflow.layout import INNER_DEV
from etude.workflow.session import Session
from etude.workflow.stages import stages_for

VERSION = 1
"""Raised when what is computed here changes: part of every key."""
FOLDS = 5
MOST_LEARNED = 20_000
"""Rows that one fit learns from; more change a linear head's answers little and take minutes."""
MOST_CHOSEN_ON = 3_000
"""Rows that settings are chosen on."""
NEIGHBOURS, SHARPNESS = 15, 10.0
"""How many of the nearest examples vote, and how much the nearer ones' votes weigh more."""
NEVER = -1
"""The fold of rows that nobody scores."""
PLAIN: dict[str, Any] = {
    "penalty": 0.01,
    "weighting": "rows",
    "meanings": True,
    "temperature": 1.0,
}
"""Settings where too few rows are there to choose on."""
_FILE = "probabilities.npy"
_NO_FAST_RUNG = (
    "only a choice among labels has a fast rung: for this kind of task fine-tuning itself would have "
    "to be run again and again"
)
_NO_ENCODER = "there is no encoder on this machine for the quick classifier"


class Remembered:
    """``Embeddings`` in memory: asked of ``source`` once, however often a text is fitted on."""

    def __init__(self, source: Embeddings, texts: Sequence[str]) -> None:
        self._source = source
        self._rows = {text: row for row, text in enumerate(dict.fromkeys(texts))}
        self._vectors = source.of(list(self._rows))

    def of(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit rows (N, dim)."""
        new = [text for text in dict.fromkeys(texts) if text not in self._rows]
        if new:
            self._vectors = np.concatenate([self._vectors, self._source.of(new)])
            self._rows |= {text: len(self._rows) + at for at, text in enumerate(new)}
        return self._vectors[[self._rows[text] for text in texts]]


@dataclass(frozen=True)
class Quick:
    """``examples`` are all rows in the frame's order. ``learned_N``: may be learned from (never held
    out, never a copy of what is). ``fold_N``: in which fold a row is scored, ``NEVER`` where in none.
    """

    entrant: Entrant
    context: FitContext
    examples: Examples
    learned_N: NDArray[np.bool_]
    fold_N: NDArray[np.int64]

    @cached_property
    def target_N(self) -> NDArray[np.int64]:
        """Positions of the targets among the task's labels."""
        return label_index(self.examples.targets, self.context.labels)

    @property
    def folds(self) -> list[int]:
        """The folds that hold rows."""
        return [int(fold) for fold in np.unique(self.fold_N) if fold != NEVER]

    @property
    def scored(self) -> NDArray[np.int64]:
        """Positions of the rows that are scored out of fold."""
        return np.flatnonzero(self.fold_N != NEVER).astype(np.int64)

    def beside(self, fold: int) -> NDArray[np.int64]:
        """Positions that may be learned from when ``fold`` is scored."""
        return np.flatnonzero(self.learned_N & (self.fold_N != fold)).astype(np.int64)

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

    def right(
        self, learn: NDArray[np.int64], score: NDArray[np.int64], settings: dict[str, Any]
    ) -> NDArray[np.bool_]:
        """(M,) whether the likeliest label of each scored row is its own."""
        best = self.probabilities(learn, score, settings).argmax(axis=1)
        return np.asarray(best == self.target_N[score])

    def key(self, prepared: Prepared, **more: Any) -> dict[str, Any]:
        """What results depend on, for the cache."""
        return {
            "version": VERSION,
            "dataset": prepared.version.id,
            "rung_version": PROBE.version,
            "model": self.entrant.model.fingerprint,
            "labels": list(self.context.labels),
            "descriptions": self.context.descriptions,
            "metric": self.context.task.bar.metric,
            "libraries": library_versions(),
        } | more


def limited(rows: NDArray[np.int64], groups_N: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """At most about ``most`` of these rows: whole groups, drawn evenly and always the same."""
    if len(rows) <= most:
        return rows
    groups, inverse = np.unique(groups_N[rows], return_inverse=True)
    rank_G = np.random.default_rng(0).permutation(len(groups))
    order = np.argsort(rank_G[inverse], kind="stable")
    return np.sort(rows[order[:most]])


def grouped_folds(
    targets_N: NDArray[np.int64], groups_N: NDArray[np.int64], count: int = FOLDS
) -> NDArray[np.int64]:
    """A fold for each row (N,): whole groups together, labels spread evenly."""
    groups, first, inverse = np.unique(groups_N, return_index=True, return_inverse=True)
    shuffled = np.random.default_rng(0).permutation(len(groups))
    order = shuffled[np.argsort(targets_N[first][shuffled], kind="stable")]
    fold_G = np.empty(len(groups), dtype=np.int64)
    fold_G[order] = np.arange(len(groups)) % count
    return fold_G[inverse]


def why_not(session: Session) -> str | None:
    """Why nothing can be measured by the quick classifier, in plain words; None: it can."""
    if session.taskfile.task.kind not in LABELLED:
        return _NO_FAST_RUNG
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
    reference = ModelRef(name=f"builtin:{MINILM.name}")
    try:
        find_folder(MINILM, download=False)
        model = open_model(reference)
    except ModelError:
        return None
    if PROBE.usable(session.taskfile.task, model) is not None:
        return None
    folder = session.store.cache_folder(EMBEDDINGS) / model.fingerprint
    cached = CachedEmbeddings(model, folder, session.progress)  # type: ignore[arg-type]
    return Entrant(approach(PROBE.key), reference, model, cached)


def quick_of(session: Session, prepared: Prepared) -> Quick:
    """The quick classifier over all rows of a version.

    Raises:
        ModelError: there is no encoder, or the task has no labels.
    """
    labelled = session.taskfile.task.kind in LABELLED
    entrant = quick_entrant(session) if labelled else None
    if entrant is None or entrant.embeddings is None:
        raise ModelError(
            _NO_ENCODER if labelled else _NO_FAST_RUNG,
            hint="name an encoder under `models` in etude.yaml: builtin:minilm",
        )
    stages = stages_for(session, session.taskfile.task, prepared.version)
    context = stages.context(entrant, 0, session.root)
    examples = Examples.from_frame(prepared.frame)
    remembered = Remembered(entrant.embeddings, examples.inputs)
    learned = prepared.frame["side"].is_in(["train", "dev", "all"]).to_numpy()
    return Quick(
        entrant,
        replace(context, embeddings=remembered),
        examples,
        learned,
        _folds(prepared, learned, label_index(examples.targets, context.labels)),
    )


def _folds(
    prepared: Prepared, learned_N: NDArray[np.bool_], target_N: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The version's own folds in cross-fitting, else folds of what may be learned from."""
    if prepared.version.scheme == "cross_fitting":
        return prepared.frame["fold"].fill_null(NEVER).to_numpy().astype(np.int64)
    fold_N = np.full(len(learned_N), NEVER, dtype=np.int64)
    groups_N = prepared.frame["group"].to_numpy().astype(np.int64)
    fold_N[learned_N] = grouped_folds(target_N[learned_N], groups_N[learned_N])
    return fold_N


def predictions(session: Session, prepared: Prepared) -> Predictions:
    """Every row's answers by a fit that has not seen its group; computed once a version.

    Rows that are learned from are answered out of fold. Held-out rows, and the copies of them that
    are left out, are answered by a fit on all the rest, which none of them enters.

    Raises:
        ModelError: there is no encoder, or the task has no labels.
    """
    quick = quick_of(session, prepared)

    def build(out: Path, work: Path) -> None:
        found_NL = np.full((len(quick.examples), len(quick.context.labels)), np.nan)
        settings = quick.choose(np.flatnonzero(quick.learned_N))
        passes = list(_passes(quick))
        with session.progress.step("reading labels anew", len(passes), "fits") as step:
            for learn, score in passes:
                found_NL[score] = quick.second_opinions(learn, score, settings)
                step.advance(1)
        np.save(out / _FILE, found_NL, allow_pickle=False)

    unit = session.store.compute("out_of_fold", quick.key(prepared), build)
    return Predictions(quick.context.labels, np.load(unit.path / _FILE, allow_pickle=False))


def _passes(quick: Quick) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """What is learned from and what is scored, fit by fit."""
    for fold in quick.folds:
        yield quick.beside(fold), np.flatnonzero(quick.fold_N == fold)
    others = np.flatnonzero(~quick.learned_N)
    if len(others):
        yield np.flatnonzero(quick.learned_N), others
