"""What alembic runs: the steps on the open connection that ``store.migrate`` hands over."""

from __future__ import annotations

from alembic import context

from etude.store import serving_tables  # noqa: F401 - its tables belong to the same metadata
from etude.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
