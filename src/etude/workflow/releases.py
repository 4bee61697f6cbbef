"""The releases of a project: listed, looked at, verified, put in production, taken back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from etude.errors import StoreError
from etude.records.release import Logged, ReleaseManifest
from etude.releases import shelf
from etude.releases.contents import damaged, read_manifest, verify
from etude.store.releases import PRODUCTION
from etude.workflow.gating import refuse_unsigned
from etude.workflow.session import Place
from etude.workflow.shipping import named


@dataclass(frozen=True)
class Listed:
    """One release. ``manifest`` is None where it can't be read. ``since``: when it was made or
    brought in here; None where the log does not know it."""

    name: str
    manifest: ReleaseManifest | None
    aliases: tuple[str, ...]
    since: str | None
    imported: bool

    @property
    def bytes(self) -> int:
        """Of all its files together."""
        return sum(one.size for one in self.manifest.files.values()) if self.manifest else 0

    def to_json(self) -> dict[str, Any]:
        """As ``etude release list --json`` has it."""
        found: dict[str, Any] = {
            "name": self.name,
            "aliases": list(self.aliases),
            "since": self.since,
            "imported": self.imported,
            "readable": self.manifest is not None,
        }
        if self.manifest is not None:
            found |= {
                "task": self.manifest.task,
                "kind": self.manifest.kind,
                "candidate": self.manifest.candidate,
                "bytes": self.bytes,
            }
        return found


def listed(session: Place) -> list[Listed]:
    """Every release, the newest first; nothing is verified."""
    releases = session.store.releases
    aliases, log = releases.aliases(), releases.log()
    return [
        _listed(name, shelf.manifest_of(releases.folder, name), aliases, log)
        for name in shelf.names(releases.folder)
    ]


def shown(session: Place, said: str) -> Listed:
    """One release, by its name, first digits or alias; nothing but the manifest is verified.

    Raises:
        UnknownName: there is none.
        StoreError: its manifest is damaged.
    """
    releases = session.store.releases
    name = named(session, said)
    manifest, found = read_manifest(releases.folder / name)
    if found != name:
        raise damaged(releases.folder / name, ["manifest.json is not the one of this name"])
    return _listed(name, manifest, releases.aliases(), releases.log())


def _listed(
    name: str, manifest: ReleaseManifest | None, aliases: dict[str, str], log: list[Logged]
) -> Listed:
    began = next((one for one in log if one.after == name and one.event != "moved"), None)
    return Listed(
        name=name,
        manifest=manifest,
        aliases=tuple(alias for alias, release in sorted(aliases.items()) if release == name),
        since=began.time if began else None,
        imported=began is not None and began.event == "imported",
    )


def verified(session: Place, said: str) -> Listed:
    """Every file of a release held against its hash.

    Raises:
        UnknownName: there is none.
        StoreError: a file is damaged, missing or added.
    """
    name = named(session, said)
    verify(session.store.releases.folder / name)
    return shown(session, name)


def move(session: Place, said: str, alias: str, command: str) -> tuple[str, str | None]:
    """Let ``alias`` stand for a release, once that is verified; (the release, the one before).

    Raises:
        UnknownName: there is no such release.
        UsageError: the alias is none that can be moved.
        GateNotMet: it goes to production while the stakes are high and nobody signed it off.
        StoreError: a file of the release is damaged, missing or added.
    """
    found = verified(session, said)
    if alias == PRODUCTION and found.manifest is not None:
        refuse_unsigned(found.manifest.stakes, found.manifest.signed_off)
    return found.name, session.store.releases.move(alias, found.name, command)


def rollback(session: Place, command: str) -> tuple[str, str]:
    """Production goes back to previous, once that is verified; (what it left, what it is now).

    Raises:
        StoreError: there is nothing to go back to, or it is damaged.
    """
    releases = session.store.releases
    previous = releases.aliases().get("previous")
    if previous is not None:
        if not (releases.folder / previous).is_dir():
            raise StoreError(
                f"the release to go back to is gone: {previous[: shelf.SHORT]}",
                where=str(releases.folder),
                hint="put its folder back from a copy, or import it again",
            )
        verify(releases.folder / previous)
    return releases.rollback(command)
