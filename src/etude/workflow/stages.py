"""The evaluation's stages for one task and one dataset version."""

from __future__ import annotations

from etude.evaluation.stages import Stages
from etude.records.dataset import DatasetVersion
from etude.records.task import Task
from etude.workflow.session import Session


def stages_for(session: Session, task: Task, version: DatasetVersion) -> Stages:
    """Stages on the labels of ``version``, in its order, with the meanings of ``task``."""
    meanings = task.labels or {}
    return Stages(
        store=session.store,
        task=task,
        labels=tuple(version.labels),
        descriptions={label: meanings.get(label, "") for label in version.labels},
        machine=session.machine,
        progress=session.progress,
    )
