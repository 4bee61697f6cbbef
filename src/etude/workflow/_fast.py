"""The fast learner of a task: the quick classifier where it has labels, else copying."""

from __future__ import annotations

from etude.audit._base import LABELLED
from etude.data.stored import Prepared
from etude.workflow._copied import copied_of, why_not_copied
from etude.workflow._learner import Learner
from etude.workflow._quick import quick_of, why_not
from etude.workflow.session import Session


def fast_of(session: Session, prepared: Prepared) -> Learner | str:
    """What can learn again and again on this version; where nothing can, why, in plain words.

    Raises:
        StoreError: the disk is full or refuses.
    """
    if session.taskfile.task.kind in LABELLED:
        return why_not(session) or quick_of(session, prepared)
    copied = copied_of(session, prepared)
    return why_not_copied(copied, prepared) or copied
