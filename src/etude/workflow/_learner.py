"""What learns from parts of the examples again and again, fast enough that it can be measured.

An answer is a number that the learner gives a meaning: a label's position, or that of the example
whose ideal answer is given. It knows no curve and no finding.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from etude.data.stored import Prepared
from etude.evaluation.libraries import library_versions
from etude.metrics import metric
from etude.statistics.scores import Scores
from etude.workflow._folds import Rows
from etude.workflow.files import files_hash
from etude.workflow.session import Session


@dataclass(frozen=True)
class Learner(Rows, ABC):
    """Learns from some rows and answers others, which it has not seen."""

    session: Session

    name: str
    """In plain words: "the quick classifier"."""
    rung: str
    model: str
    most: int
    """Rows that a curve is measured on at most."""

    @abstractmethod
    def choose(self, rows: NDArray[np.int64]) -> dict[str, Any]:
        """Settings, by these rows alone."""

    @abstractmethod
    def answers(
        self, learn: NDArray[np.int64], score: NDArray[np.int64], settings: dict[str, Any]
    ) -> NDArray[np.int64]:
        """(M,) to the rows ``score`` by what the rows ``learn`` teach."""

    @abstractmethod
    def graded(self, rows: NDArray[np.int64], answers_MC: NDArray[np.int64]) -> Scores:
        """The task's own metric of C answers to each of these rows."""

    @property
    def unit(self) -> str:
        """What a point is one of, in plain words: "right answers"."""
        return metric(self.session.taskfile.task.counted).plain_name

    @abstractmethod
    def key(self, prepared: Prepared, **more: Any) -> dict[str, Any]:
        """What answers depend on, for the cache."""

    def key_of_grades(self, prepared: Prepared, **more: Any) -> dict[str, Any]:
        """What grades depend on besides: the bar, and what a valid answer is."""
        task = self.session.taskfile.task
        contract = task.model_dump(mode="json", include={"bar", "checks", "output_schema"})
        return self.key(prepared, **contract, files=files_hash(task, self.session.root)) | more


def common_key(prepared: Prepared) -> dict[str, Any]:
    """What every learner's answers depend on."""
    return {"dataset": prepared.version.id, "libraries": library_versions()}
