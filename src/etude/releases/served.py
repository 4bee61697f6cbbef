"""A release as whoever calls the server meets it: what a way of serving must be to be tried.

Who serves stands above the releases, so it is handed down to whoever seals one.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from etude.progress import Progress
from etude.releases.loading import Release
from etude.releases.parity import Told
from etude.store import Store


class Served(Protocol):
    """A release behind the server's own way of answering."""

    @property
    def exact(self) -> bool:
        """Whether it computes as the candidate was compared, so that every letter must be the same;
        else its score must be no worse by the margin."""
        ...

    def told(self, inputs: Sequence[str]) -> Told:
        """What callers would be told, in the order of the inputs; many are asked at once."""
        ...


class AsServed(Protocol):
    """Puts an opened release behind that way, for as long as it is needed."""

    def __call__(
        self, root: Path, store: Store, release: Release, progress: Progress
    ) -> AbstractContextManager[Served]:
        """The release, served as from the folder ``root``, whose settings count.

        Args:
            root: the project's folder.
            store: of the project; nothing is recorded in it.
            release: opened; it need not lie on the shelf.
            progress: shows how many inputs were answered.

        Raises:
            UsageError: the server's settings are wrong.
            ModelError: what would compute it is not on this machine.
        """
        ...
