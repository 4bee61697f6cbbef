"""Everything of a project that needs its database, built together when it is first needed.

It imports SQLAlchemy; ``store.store`` imports it late for that reason.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import URL

from etude.store import migrate
from etude.store.database import Database, parse_url, sqlite_url
from etude.store.files import Files
from etude.store.jobs import Jobs
from etude.store.kept import KeptCandidates
from etude.store.ledger import Ledger
from etude.store.locks import Notice
from etude.store.releases import Releases
from etude.store.remembered import Remembered
from etude.store.responses import Responses
from etude.store.runs import Runs
from etude.store.versions import Versions
from etude.store.webhooks import Webhooks


@dataclass(frozen=True)
class Connected:
    """The tables' keepers, one for each group of tables."""

    database: Database
    runs: Runs
    versions: Versions
    ledger: Ledger
    kept: KeptCandidates
    releases: Releases
    files: Files
    jobs: Jobs
    webhooks: Webhooks
    now: Callable[[], str]

    def responses(self, model_key: str) -> Responses:
        """The stored responses of one model."""
        return Responses(model_key, self.database, self.now)

    def remembered(self, space: str) -> Remembered:
        """What was computed in one space."""
        return Remembered(space, self.database, self.now)


def connect(
    root: Path, folder: Path, url: str | None, now: Callable[[], str], notice: Notice | None
) -> Connected:
    """Open the project's database, made or brought up to date where that is due.

    Args:
        root: the project.
        folder: its ``.etude``.
        url: of a PostgreSQL server; None for the file ``etude.db``.
        now: the time as records keep it.
        notice: is told when another process is waited for.

    Raises:
        StoreError: it is damaged, locked, made by a newer Etude, or the server is away.
    """
    made, address, schema = _prepare(root, folder, url, notice)
    database = Database(address, schema)
    versions = Versions(folder, database, now, notice)
    if made:
        versions.adopt()
    webhooks = Webhooks(database)
    return Connected(
        database=database,
        runs=Runs(folder, database, now),
        versions=versions,
        ledger=Ledger(database),
        kept=KeptCandidates(folder, database),
        releases=Releases(folder, database, now),
        files=Files(folder, database),
        jobs=Jobs(folder, database, webhooks),
        webhooks=webhooks,
        now=now,
    )


def _prepare(
    root: Path, folder: Path, url: str | None, notice: Notice | None
) -> tuple[bool, URL, str | None]:
    if url is None:
        path = folder / "etude.db"
        made = migrate.prepare_sqlite(path, folder / "work" / "database.lock", notice)
        return made, sqlite_url(path), None
    address = parse_url(url)
    schema = migrate.schema_name(folder / "schema.txt", root)
    return migrate.prepare_postgresql(address, schema), address, schema
