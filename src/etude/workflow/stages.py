"""The evaluation's stages for one task and one dataset version."""

from __future__ import annotations

from dataclasses import replace

from etude.evaluation.judging import Judge
from etude.evaluation.stages import Stages
from etude.metrics._base import Embed
from etude.records.dataset import DatasetVersion
from etude.records.task import Task
from etude.workflow.files import file_hashes
from etude.workflow.session import Session


def stages_for(
    session: Session, task: Task, version: DatasetVersion, embed: Embed | None = None
) -> Stages:
    """Stages on the labels of ``version``, in its order, with the meanings of ``task``.

    ``embed``: see ``Judge``.
    """
    meanings = task.labels or {}
    return Stages(
        store=session.store,
        task=task,
        judge=replace(Judge.of(task, tuple(version.labels), session.root), embed=embed),
        descriptions={label: meanings.get(label, "") for label in version.labels},
        root=session.root,
        files=file_hashes(task, session.root),
        machine=session.machine,
        progress=session.progress,
    )
