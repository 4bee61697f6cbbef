"""Copying, the one learner of tasks that answer with texts which takes no training: the most similar
example's ideal answer is given as it is.

What it scores says something of the task only where such an answer is mostly one: where replies repeat,
or few records differ. Where a task writes anew each time, the most similar example's answer is little
better than anybody's, and nothing is read off it. It knows no curve and no finding.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from etude.approaches._neighbours import NeighbourIndex
from etude.approaches.writing.lookup import BY_WORDS, FUSED
from etude.approaches.writing.wording import plain
from etude.data.stored import Prepared
from etude.evaluation.judging import Judge
from etude.metrics import metric
from etude.statistics.scores import Means, Ratios, Scores
from etude.workflow._folds import limited, rows_of
from etude.workflow._learner import Learner, common_key
from etude.workflow._remembered import Remembered, builtin_embeddings
from etude.workflow.session import Session

VERSION = 1
LEAST_WAY = 1 / 3
"""How much of the way from anybody's answer to a perfect score the most similar example's answer must
go for copying to stand for the task. A judgement, between what was seen: 48 % where e-mails have one of
eight replies; 17 % with answers about many houses, 11 % with records of orders, 0 % with drafts.
"""
MOST = 6_000
"""Rows that a curve is measured on: ranks among so many take seconds a part."""
_OTHERS = 3
"""Answers of other examples that each row is held against."""
_FILE = "compared.json"


@dataclass(frozen=True)
class Copied(Learner):
    """An answer is the position of the example whose ideal answer is given.

    ``texts`` are the inputs as they are looked up, ``embeddings`` theirs; None: words alone decide.
    """

    texts: tuple[str, ...]
    embeddings: Remembered | None
    encoder: str
    judge: Judge

    def choose(self, rows: NDArray[np.int64]) -> dict[str, Any]:
        """There is nothing to choose."""
        return {}

    def answers(
        self, learn: NDArray[np.int64], score: NDArray[np.int64], settings: dict[str, Any]
    ) -> NDArray[np.int64]:
        """(M,) the most similar of ``learn`` (of ``MOST`` of them), by meaning and words."""
        learn = limited(learn, self.examples.groups, MOST)
        texts, asked = [self.texts[i] for i in learn], [self.texts[i] for i in score]
        fusion = FUSED if self.embeddings is not None else BY_WORDS
        (found,) = NeighbourIndex(self._vectors(texts), texts, [fusion]).nearest(
            self._vectors(asked), asked, 1
        )
        return np.asarray(learn[found.index_QK[:, 0]], dtype=np.int64)

    def _vectors(self, texts: list[str]) -> NDArray[np.float32]:
        if self.embeddings is None:
            return np.zeros((len(texts), 1), dtype=np.float32)
        return self.embeddings.of(texts)

    def graded(self, rows: NDArray[np.int64], answers_MC: NDArray[np.int64]) -> Scores:
        """See ``Learner``. The same answer to the same row is judged once."""
        shape = answers_MC.shape
        asked = np.repeat(rows, shape[1])
        pairs, inverse = np.unique(
            np.column_stack([asked, answers_MC.ravel()]), axis=0, return_inverse=True
        )
        outputs = [self.examples.targets[i] for i in pairs[:, 1]]
        measured = metric(self.session.taskfile.task.counted)
        items = measured.items(self.judge.judged(self.examples.take(pairs[:, 0]), outputs))
        laid = items[inverse.ravel()].reshape(*shape, -1)
        if measured.statistic == "ratio":
            return Ratios(laid[:, :, 0], laid[:, :, 1])
        return Means(laid[:, :, 0], right=measured.statistic == "right_wrong")

    def key(self, prepared: Prepared, **more: Any) -> dict[str, Any]:
        """What answers depend on, for the cache."""
        return common_key(prepared) | {"copied": VERSION, "encoder": self.encoder} | more


def copied_of(session: Session, prepared: Prepared) -> Copied:
    """Copying over all rows of a version."""
    task = session.taskfile.task
    rows = rows_of(prepared)
    texts = tuple(plain(text, task.kind) for text in rows.examples.inputs)
    cached = builtin_embeddings(session)
    return Copied(
        examples=rows.examples,
        learned_N=rows.learned_N,
        fold_N=rows.fold_N,
        session=session,
        name="copying from the most similar example",
        rung="",
        model=cached.model.name if cached is not None else "",
        most=MOST,
        texts=texts,
        embeddings=Remembered(cached, texts) if cached is not None else None,
        encoder=cached.model.fingerprint if cached is not None else "",
        judge=Judge.of(task, (), session.root),
    )


def why_not_copied(copied: Copied, prepared: Prepared) -> str | None:
    """Why copying says nothing of this task, in plain words; None: it does."""

    def build(out: Path, work: Path) -> None:
        (out / _FILE).write_text(json.dumps(_nearest_and_others(copied)), encoding="utf-8")

    key = copied.key_of_grades(prepared, compared=VERSION)
    unit = copied.session.store.compute("copying", key, build)
    nearest, others = json.loads((unit.path / _FILE).read_text(encoding="utf-8"))
    if nearest - others >= LEAST_WAY * (1 - others) > 0:
        return None
    return (
        "without training, such a task can only be answered with the ideal answer of the most similar "
        f"example, and here that says little: by the task's metric, “{copied.unit}”, it scores "
        f"{_percent(nearest)}, the answer of any other example {_percent(others)}; what training buys, "
        "etude compare measures"
    )


def _nearest_and_others(copied: Copied) -> tuple[float, float]:
    """What the most similar example's answer scores out of fold, and what others' do. A version has ten
    independent examples at least, so every fold is answered from others."""
    rows, answers = [], []
    random = np.random.default_rng(0)
    for fold in copied.folds:
        score = np.flatnonzero(copied.fold_N == fold)
        learn = copied.beside(fold)
        score = limited(score, copied.examples.groups, MOST // len(copied.folds))
        nearest = copied.answers(learn, score, {})
        others = random.choice(learn, (len(score), _OTHERS))
        rows.append(score)
        answers.append(np.column_stack([nearest, others]))
    values = copied.graded(np.concatenate(rows), np.concatenate(answers)).values()
    return float(values[0]), float(values[1:].mean())


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
