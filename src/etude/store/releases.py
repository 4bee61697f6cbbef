"""Movable names of releases, and the log: who moved what, when, from where, by which command.

It knows names, never what a release holds. A move and its lines in the log are one transaction, so
that whatever kills the process, an alias stands for the old release or for the new one, and the log
says which.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from etude.errors import StoreError, UsageError
from etude.records.release import Event, Logged
from etude.registry import nearest
from etude.store.database import Database
from etude.store.tables import aliases, release_log

PRODUCTION, CANARY, PREVIOUS = "production", "canary", "previous"
ALIASES = (PRODUCTION, CANARY, PREVIOUS)
_ADVISORY = 0x72656C65617365  # "release": PostgreSQL's locks are numbers


class Releases:
    """The aliases and the log of one project; arguments as in ``Runs``."""

    def __init__(self, folder: Path, database: Database, now: Callable[[], str]) -> None:
        self.folder = folder / "releases"
        """Where releases lie, one folder each, named by its hash."""
        self._database = database
        self._now = now

    def aliases(self) -> dict[str, str]:
        """Every alias that is set, and its release."""
        with self._database.read() as connection:
            return _current(connection)

    def log(self) -> list[Logged]:
        """Everything that happened, oldest first."""
        query = sa.select(release_log.c.record).order_by(release_log.c.seq)
        with self._database.read() as connection:
            rows = connection.execute(query).scalars().all()
        return [Logged.model_validate_json(row) for row in rows]

    def note(self, event: Event, release: str, command: str, note: str | None = None) -> None:
        """Write down that a release was made, brought in or sent out."""
        with self._database.write() as connection:
            self._write(connection, event, command, after=release, note=note)

    def move(self, alias: str, release: str, command: str) -> str | None:
        """Let ``alias`` stand for ``release``; what it stood for before.

        When ``production`` moves, ``previous`` takes the release that it leaves.

        Raises:
            UsageError: ``alias`` is none that can be moved.
        """
        _refuse_unknown(alias)
        with self._database.write() as connection:
            self._one_at_a_time(connection)
            before = _current(connection)
            self._move(connection, before, alias, release, command)
        return before.get(alias)

    def rollback(self, command: str) -> tuple[str, str]:
        """``production`` and ``previous`` change places; (what production left, what it is now).

        Raises:
            StoreError: there is nothing to go back to.
        """
        with self._database.write() as connection:
            self._one_at_a_time(connection)
            before = _current(connection)
            if PREVIOUS not in before or PRODUCTION not in before:
                raise StoreError(
                    "there is no release to go back to",
                    expected="an alias previous, which is set when production moves",
                    hint="etude release log; then: etude release alias NAME production",
                )
            self._move(connection, before, PRODUCTION, before[PREVIOUS], command)
        return before[PRODUCTION], before[PREVIOUS]

    def remove_alias(self, alias: str, command: str) -> str:
        """Let ``alias`` stand for nothing; what it stood for.

        Raises:
            UsageError: ``alias`` is none that can be moved.
            StoreError: it stands for nothing already.
        """
        _refuse_unknown(alias)
        with self._database.write() as connection:
            self._one_at_a_time(connection)
            before = _current(connection).get(alias)
            if before is None:
                raise StoreError(f"{alias} stands for no release", hint="etude release list")
            connection.execute(sa.delete(aliases).where(aliases.c.alias == alias))
            self._write(connection, "moved", command, alias=alias, before=before)
        return before

    def _move(
        self,
        connection: sa.Connection,
        before: dict[str, str],
        alias: str,
        release: str,
        command: str,
    ) -> None:
        left = before.get(alias)
        if left == release:
            return
        moves = [(alias, left, release)]
        if alias == PRODUCTION and left is not None:
            moves.append((PREVIOUS, before.get(PREVIOUS), left))
        for name, old, new in moves:
            put = self._database.insert(aliases).values(alias=name, release=new)
            connection.execute(
                put.on_conflict_do_update(index_elements=["alias"], set_={"release": new})
            )
            self._write(connection, "moved", command, alias=name, before=old, after=new)

    def _one_at_a_time(self, connection: sa.Connection) -> None:
        """SQLite's writers take turns anyway; PostgreSQL's must be told to."""
        if not self._database.is_sqlite:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ADVISORY)))

    def _write(
        self,
        connection: sa.Connection,
        event: Event,
        command: str,
        *,
        alias: str | None = None,
        before: str | None = None,
        after: str | None = None,
        note: str | None = None,
    ) -> None:
        line = Logged(
            time=self._now(),
            event=event,
            alias=alias,
            before=before,
            after=after,
            command=command,
            note=note,
        )
        connection.execute(
            sa.insert(release_log).values(time=line.time, record=line.model_dump_json())
        )


def _current(connection: sa.Connection) -> dict[str, str]:
    rows = connection.execute(sa.select(aliases.c.alias, aliases.c.release)).all()
    return {row.alias: row.release for row in rows}


def _refuse_unknown(alias: str) -> None:
    if alias == PREVIOUS:
        raise UsageError(
            "previous is set by itself, when production moves",
            where="etude release",
            expected=f"{PRODUCTION} or {CANARY}",
            hint="etude release rollback",
        )
    if alias not in ALIASES:
        close = nearest(alias, (PRODUCTION, CANARY))
        raise UsageError(
            f"there is no alias {alias!r}",
            where="etude release",
            expected=f"{PRODUCTION} or {CANARY}",
            hint=f"did you mean {close}?" if close else None,
        )
