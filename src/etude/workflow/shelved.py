"""Everything that can be done with a project's releases: one thin method each, and nothing else."""

from __future__ import annotations

from pathlib import Path

from etude.records.release import Logged
from etude.releases.loading import Release
from etude.workflow import pushing, releases, shipping
from etude.workflow.loading import load_release
from etude.workflow.pushing import Agree
from etude.workflow.releases import Listed
from etude.workflow.session import Place
from etude.workflow.shipping import ExportOptions, Imported, Shipped


class Releases:
    """A project's releases. ``said`` is a release's name, its first digits, or an alias.

    ``command`` is what the log says that something was done by.
    """

    def __init__(self, session: Place) -> None:
        self._session = session

    def every(self) -> list[Listed]:
        """Every release, the newest first."""
        return releases.listed(self._session)

    def show(self, said: str) -> Listed:
        """What one release is."""
        return releases.shown(self._session, said)

    def verify(self, said: str) -> Listed:
        """Hold every file of a release against its hash."""
        return releases.verified(self._session, said)

    def load(self, said: str) -> Release:
        """The release, verified and ready to answer."""
        return load_release(self._session, said)

    def log(self) -> list[Logged]:
        """What was made, brought in, sent out and moved, oldest first."""
        return self._session.store.releases.log()

    def move(self, said: str, alias: str, command: str = "Releases.move") -> tuple[str, str | None]:
        """Let ``alias`` stand for a release; (its name, the one before)."""
        return releases.move(self._session, said, alias, command)

    def remove_alias(self, alias: str, command: str = "Releases.remove_alias") -> str:
        """Let ``alias`` stand for nothing; what it stood for."""
        return self._session.store.releases.remove_alias(alias, command)

    def rollback(self, command: str = "Releases.rollback") -> tuple[str, str]:
        """Production goes back to previous; (what it left, what it is now)."""
        return releases.rollback(self._session, command)

    def export(self, said: str, target: Path, options: ExportOptions | None = None) -> Shipped:
        """Write a release to a folder or an archive, or its weights for another engine."""
        return shipping.export_release(self._session, said, target, options or ExportOptions())

    def push(
        self, said: str, repository: str, options: ExportOptions, agree: Agree | None
    ) -> Shipped:
        """Push a release to a model hub; ``agree`` is asked before anything leaves."""
        return pushing.push(self._session, said, repository, options, agree)

    def bring_in(
        self,
        source: Path,
        *,
        most_gb: float = shipping.USUAL_GB,
        allow_code: bool = False,
        command: str = "Releases.bring_in",
    ) -> Imported:
        """Import a release from a folder or an archive."""
        return shipping.import_release(
            self._session, source, most_gb=most_gb, allow_code=allow_code, command=command
        )
