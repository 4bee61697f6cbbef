"""Runs, units, dataset versions, the ledger, responses and spending, kept candidates."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table."""
    _runs()
    op.create_table(
        "dataset_versions",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("id", sa.String, nullable=False),
        sa.Column("saved", sa.String, nullable=False),
    )
    op.create_index("ix_dataset_versions_id", "dataset_versions", ["id"])
    op.create_table(
        "looks",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("holdout_id", sa.String, nullable=False),
        sa.Column("run", sa.String, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
    )
    op.create_index("ix_looks_holdout_id", "looks", ["holdout_id"])
    _append_only("looks")
    _responses()


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("id", sa.String, nullable=False),
        sa.Column("verb", sa.String, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("started", sa.String, nullable=False),
        sa.Column("host", sa.String, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
        sa.UniqueConstraint("id", name="uq_runs_id"),
    )
    op.create_index("ix_runs_status_verb", "runs", ["status", "verb"])
    op.create_table(
        "run_units",
        sa.Column("run", sa.String, primary_key=True),
        sa.Column("stage", sa.String, primary_key=True),
        sa.Column("hash", sa.String, primary_key=True),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.Column("cached", sa.Boolean, nullable=False),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name="fk_run_units_run", ondelete="CASCADE"),
    )
    op.create_table(
        "kept",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("run", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("path", sa.String, nullable=False),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name="fk_kept_run", ondelete="CASCADE"),
    )
    op.create_index("ix_kept_name", "kept", ["name"])


def _responses() -> None:
    op.create_table(
        "responses",
        sa.Column("model_key", sa.String, primary_key=True),
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("response", sa.Text, nullable=False),
        sa.Column("cost", sa.Float, nullable=False),
        sa.Column("stored", sa.String, nullable=False),
    )
    op.create_table(
        "spending",
        sa.Column("model_key", sa.String, primary_key=True),
        sa.Column("amount", sa.Float, nullable=False),
        sa.Column("requests", sa.Integer, nullable=False),
    )


def _append_only(table: str) -> None:
    refusal = "the ledger is append-only"
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{refusal}'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_refuse()"
    )


def downgrade() -> None:
    """Refuse: going back would drop what people measured and paid for."""
    raise RuntimeError("there is nothing before the first schema")
