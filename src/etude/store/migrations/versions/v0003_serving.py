"""Files, tuning jobs, batches, keys, traffic and feedback: what the server keeps."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, Float, Integer, String, Text

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _seq() -> Column[int]:
    return Column("seq", Integer, primary_key=True, autoincrement=True)


def _id(unique: str) -> tuple[Column[str], sa.UniqueConstraint]:
    return Column("id", String, nullable=False), sa.UniqueConstraint("id", name=unique)


def _lease() -> tuple[Column[str], Column[float]]:
    return Column("lease_owner", String), Column("lease_until", Float)


def upgrade() -> None:
    """Make the tables."""
    _files()
    _jobs()
    _webhooks()
    _batches()
    _keys()
    _traffic()


def _files() -> None:
    op.create_table(
        "files",
        _seq(),
        *_id("uq_files_id"),
        Column("purpose", String, nullable=False),
        Column("filename", Text, nullable=False),
        Column("bytes", BigInteger, nullable=False),
        Column("sha256", String, nullable=False),
        Column("status", String, nullable=False),
        Column("created", BigInteger, nullable=False),
        Column("expires", BigInteger),
    )
    op.create_index("ix_files_purpose", "files", ["purpose"])


def _jobs() -> None:
    op.create_table(
        "jobs",
        _seq(),
        *_id("uq_jobs_id"),
        Column("status", String, nullable=False),
        Column("wanted", String),
        Column("created", BigInteger, nullable=False),
        *_lease(),
        Column("attempts", Integer, nullable=False),
        Column("record", Text, nullable=False),
    )
    op.create_index("ix_jobs_status_seq", "jobs", ["status", "seq"])
    op.create_table(
        "job_events",
        _seq(),
        _job("job_events"),
        *_id("uq_job_events_id"),
        Column("key", String, nullable=False),
        Column("record", Text, nullable=False),
        sa.UniqueConstraint("job", "key", name="uq_job_events_job_key"),
    )
    op.create_table(
        "job_checkpoints",
        _seq(),
        _job("job_checkpoints"),
        *_id("uq_job_checkpoints_id"),
        Column("step", Integer, nullable=False),
        Column("record", Text, nullable=False),
        sa.UniqueConstraint("job", "step", name="uq_job_checkpoints_job_step"),
    )
    op.create_table(
        "tuned_models",
        _seq(),
        Column("name", String, nullable=False),
        Column("job", String, nullable=False),
        Column("path", String, nullable=False),
        Column("created", BigInteger, nullable=False),
        Column("record", Text, nullable=False),
        sa.UniqueConstraint("name", name="uq_tuned_models_name"),
    )
    op.create_index("ix_tuned_models_job", "tuned_models", ["job"])


def _job(table: str) -> Column[str]:
    key = sa.ForeignKey("jobs.id", name=f"fk_{table}_job_jobs", ondelete="CASCADE")
    return Column("job", String, key, nullable=False)


def _webhooks() -> None:
    op.create_table(
        "webhook_endpoints",
        _seq(),
        *_id("uq_webhook_endpoints_id"),
        Column("created", BigInteger, nullable=False),
        Column("record", Text, nullable=False),
    )
    op.create_table(
        "webhook_deliveries",
        _seq(),
        *_id("uq_webhook_deliveries_id"),
        Column("endpoint", String, nullable=False),
        Column("due", Float, nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("status", String, nullable=False),
        Column("lease_until", Float),
        Column("record", Text, nullable=False),
    )
    op.create_index("ix_webhook_deliveries_status_due", "webhook_deliveries", ["status", "due"])


def _batches() -> None:
    op.create_table(
        "batches",
        _seq(),
        *_id("uq_batches_id"),
        Column("status", String, nullable=False),
        Column("wanted", String),
        Column("created", BigInteger, nullable=False),
        *_lease(),
        Column("record", Text, nullable=False),
    )
    op.create_index("ix_batches_status_seq", "batches", ["status", "seq"])
    key = sa.ForeignKey("batches.id", name="fk_batch_lines_batch_batches", ondelete="CASCADE")
    op.create_table(
        "batch_lines",
        Column("batch", String, key, primary_key=True),
        Column("line", Integer, primary_key=True),
        Column("failed", Boolean, nullable=False),
        Column("response", Text, nullable=False),
    )


def _keys() -> None:
    op.create_table(
        "api_keys",
        _seq(),
        *_id("uq_api_keys_id"),
        Column("sha256", String, nullable=False),
        Column("created", BigInteger, nullable=False),
        Column("revoked", BigInteger),
        Column("record", Text, nullable=False),
        sa.UniqueConstraint("sha256", name="uq_api_keys_sha256"),
    )
    op.create_table(
        "key_usage",
        Column("key", String, primary_key=True),
        Column("day", String, primary_key=True),
        Column("requests", BigInteger, nullable=False),
        Column("tokens", BigInteger, nullable=False),
    )


def _traffic() -> None:
    op.create_table(
        "traffic",
        _seq(),
        *_id("uq_traffic_id"),
        Column("time", Float, nullable=False),
        Column("endpoint", String, nullable=False),
        Column("model", String, nullable=False),
        Column("release", String),
        Column("status", Integer, nullable=False),
        Column("prompt_hash", String, nullable=False),
        Column("tokens_in", BigInteger, nullable=False),
        Column("tokens_out", BigInteger, nullable=False),
        Column("tokens_cached", BigInteger, nullable=False),
        Column("seconds", Float, nullable=False),
        Column("first_token", Float),
        Column("finish", String),
        Column("confidence", Float),
        Column("escalate", Boolean),
        Column("key", String),
        Column("input", Text),
        Column("output", Text),
        Column("expires", Float),
    )
    for column in ("time", "release", "expires"):
        op.create_index(f"ix_traffic_{column}", "traffic", [column])
    op.create_table(
        "feedback",
        _seq(),
        Column("response", String, nullable=False),
        Column("name", String, nullable=False),
        Column("annotator_kind", String, nullable=False),
        Column("identifier", String, nullable=False),
        Column("time", Float, nullable=False),
        Column("record", Text, nullable=False),
        sa.UniqueConstraint(
            "response",
            "name",
            "annotator_kind",
            "identifier",
            name="uq_feedback_response_name_annotator_kind_identifier",
        ),
    )
    op.create_index("ix_feedback_response", "feedback", ["response"])


def downgrade() -> None:
    """Refuse: going back would forget jobs, traffic and feedback."""
    raise RuntimeError("the schema before serving can't hold what is written here")
