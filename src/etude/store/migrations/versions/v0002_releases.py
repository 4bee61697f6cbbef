"""Aliases of releases, and the log of what was made, brought in and moved."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

REFUSAL = "the log of releases is append-only"


def upgrade() -> None:
    """Make both tables; the log can only grow."""
    op.create_table(
        "aliases",
        sa.Column("alias", sa.String, primary_key=True),
        sa.Column("release", sa.String, nullable=False),
    )
    op.create_table(
        "release_log",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("time", sa.String, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
    )
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER release_log_no_{verb.lower()} BEFORE {verb} ON release_log "
                f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION release_log_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER release_log_no_change BEFORE UPDATE OR DELETE ON release_log "
        "FOR EACH ROW EXECUTE FUNCTION release_log_refuse()"
    )


def downgrade() -> None:
    """Refuse: going back would forget which release is in production."""
    raise RuntimeError("the schema before releases can't hold what is written here")
