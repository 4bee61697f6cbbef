"""The way that is in production: what others have to beat.

It is known by its rung and model among what is compared. The release itself is not scored: by
cross-fitting it has seen what it would be asked.
"""

from __future__ import annotations

from collections.abc import Collection

from etude.releases import shelf
from etude.store.releases import PRODUCTION
from etude.workflow.session import Session


def incumbent(session: Session, scored: Collection[str]) -> str | None:
    """The name of the way whose release is in production; None where none is, or not this task's, or it
    is not among ``scored``."""
    releases = session.store.releases
    name = releases.aliases().get(PRODUCTION)
    manifest = None if name is None else shelf.manifest_of(releases.folder, name)
    if manifest is None or manifest.task != session.taskfile.task.task:
        return None
    return manifest.candidate if manifest.candidate in scored else None
