"""Files that are watched: which of them changed since they were last looked at.

It asks for times and sizes, and reads a file again only where one of these moved: saving a file
without changing it is no change. A folder changes where a name comes into it or goes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class _Seen:
    stamp: tuple[int, int]
    """Time of the last change in nanoseconds, size in bytes; (-1, -1) where there is no file."""
    digest: str


@dataclass
class Watched:
    """What each file was like when it was last looked at."""

    seen: dict[Path, _Seen] = field(default_factory=dict)

    def look(self) -> tuple[Path, ...]:
        """Those whose contents are others than last time, or that have come or gone."""
        before = self.seen
        self.seen = {path: self._at(path) for path in before}
        return tuple(path for path in before if before[path].digest != self.seen[path].digest)

    def also(self, paths: Iterable[Path]) -> None:
        """Watch these besides; those that are watched already are not looked at again."""
        self.seen |= {path: self._at(path) for path in paths if path not in self.seen}

    def _at(self, path: Path) -> _Seen:
        known = self.seen.get(path)
        try:
            state = path.stat()
            stamp = (state.st_mtime_ns, state.st_size)
            if known is not None and known.stamp == stamp:
                return known
            digest = (
                _names(path) if path.is_dir() else hashlib.sha256(path.read_bytes()).hexdigest()
            )
        except OSError:  # being replaced by an editor at this moment, or not there
            return _Seen((-1, -1), "")
        return _Seen(stamp, digest)


def _names(folder: Path) -> str:
    """What is in a folder; what an editor hides there while it saves is left out."""
    return "\n".join(sorted(path.name for path in folder.iterdir() if path.name[0] != "."))
