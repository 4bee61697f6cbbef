"""The phrases of the boundaries that a candidate was compared with, held against the task file's."""

from __future__ import annotations

from etude.errors import UsageError
from etude.records.comparison import Comparison
from etude.workflow.session import Session


def refuse_others(session: Session, comparison: Comparison) -> None:
    """A candidate hands over by the phrases it was compared with: nobody may think that it does by
    others, least of all who has just added one.

    Raises:
        UsageError: ``boundaries.phrases`` were changed since.
    """
    compared = comparison.task.boundaries.phrases
    if set(session.taskfile.task.boundaries.phrases) == set(compared):
        return
    said = ", ".join(f'"{one}"' for one in compared) or "none"
    raise UsageError(
        "the phrases that send a request to a person were changed since the newest comparison",
        where="etude.yaml, boundaries.phrases",
        expected=f"the phrases that it was compared with: {said}",
        hint="etude compare (no way is fitted anew for it)",
    )
