"""The tables. A change here needs a new file in ``migrations/versions``; a test compares them.

``seq`` orders rows as they were written, which no clock does. Records are JSON text.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

runs = Table(
    "runs",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False, unique=True),
    Column("verb", String, nullable=False),
    Column("status", String, nullable=False),
    Column("started", String, nullable=False),
    Column("host", String, nullable=False),
    Column("record", Text, nullable=False),
    Index(None, "status", "verb"),
)
"""``records.run.Run`` as JSON, and the columns that are searched."""

run_units = Table(
    "run_units",
    metadata,
    Column("run", String, ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("stage", String, primary_key=True),
    Column("hash", String, primary_key=True),
    Column("seconds", Float, nullable=False),
    Column("cached", Boolean, nullable=False),
)
"""The units a run used; ``seconds`` as first measured."""

dataset_versions = Table(
    "dataset_versions",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False, index=True),
    Column("saved", String, nullable=False),
)
"""A line each time the examples in use change, also back to an earlier version."""

looks = Table(
    "looks",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("holdout_id", String, nullable=False, index=True),
    Column("run", String, nullable=False),
    Column("record", Text, nullable=False),
)
"""The ledger: append-only, which triggers hold. ``run`` has no foreign key: a look counts
whatever became of its run."""

responses = Table(
    "responses",
    metadata,
    Column("model_key", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("response", Text, nullable=False),
    Column("cost", Float, nullable=False),
    Column("stored", String, nullable=False),
)

spending = Table(
    "spending",
    metadata,
    Column("model_key", String, primary_key=True),
    Column("amount", Float, nullable=False),
    Column("requests", Integer, nullable=False),
)
"""Money spent by model: also for a response that two processes paid for and one row keeps."""

kept = Table(
    "kept",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("run", String, ForeignKey("runs.id", ondelete="CASCADE"), nullable=False),
    Column("name", String, nullable=False, index=True),
    Column("path", String, nullable=False),
)
"""Final fitted candidates; ``path`` is relative to ``.etude``."""

aliases = Table(
    "aliases",
    metadata,
    Column("alias", String, primary_key=True),
    Column("release", String, nullable=False),
)
"""Which release each movable name stands for now."""

release_log = Table(
    "release_log",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("time", String, nullable=False),
    Column("record", Text, nullable=False),
)
"""``records.release.Logged`` as JSON: append-only, which triggers hold."""
