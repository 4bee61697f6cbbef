"""The releases of a project: found by name, by the beginning of a name, or by an alias."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from etude.errors import StoreError, UnknownName
from etude.records.release import NAME_DIGITS, ReleaseManifest
from etude.registry import nearest
from etude.releases.contents import read_manifest
from etude.store.disk import storing

SHORT = 12
"""Digits of a name that are shown where there is little room."""
LEAST = 4
"""Digits that a person must type."""
_NAME = re.compile(rf"[0-9a-f]{{{NAME_DIGITS}}}")


def names(home: Path) -> list[str]:
    """Every release's name, the newest first."""
    with storing(home):
        found = [path for path in home.iterdir() if _NAME.fullmatch(path.name) and path.is_dir()]
        found.sort(key=lambda path: (-path.stat().st_mtime, path.name))
    return [path.name for path in found]


def is_there(home: Path, name: str) -> bool:
    """Whether there is a release of this full name; any other text is none."""
    return _NAME.fullmatch(name) is not None and (home / name).is_dir()


def manifest_of(home: Path, name: str) -> ReleaseManifest | None:
    """What the manifest says, unverified; None where it can't be read."""
    try:
        return read_manifest(home / name)[0]
    except StoreError:
        return None


def find(home: Path, aliases: Mapping[str, str], said: str) -> str:
    """The name of the release that a person means.

    Raises:
        UnknownName: there is none, or several begin so.
        StoreError: an alias stands for a release that is gone.
    """
    known = names(home)
    if said in aliases:
        if aliases[said] not in known:
            raise StoreError(
                f"{said} stands for the release {aliases[said][:SHORT]}, which is gone",
                where=str(home),
                hint="put its folder back from a copy, import it again, or: etude release rollback",
            )
        return aliases[said]
    if said in known:
        return said
    near = [name for name in known if len(said) >= LEAST and name.startswith(said)]
    if len(near) == 1:
        return near[0]
    if near:
        raise UnknownName(
            f"{len(near)} releases begin with {said!r}",
            expected=f"more digits: {', '.join(name[:SHORT] for name in near[:4])}",
        )
    close = nearest(said, [*aliases, *known])
    raise UnknownName(
        f"there is no release {said!r}",
        where=str(home),
        expected="a release's name, its first digits, or an alias",
        hint=f"did you mean {close!r}?" if close else "etude release list",
    )
