"""The tables of the server: files, tuning jobs, batches, keys, traffic and feedback.

Times are seconds since 1970, as the API that people call has them. A row of a queue is held by a
lease: whoever works on it says until when, and says so again before that; a worker that was killed
says nothing, and the row is free for the next. Records are JSON text.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from etude.store.tables import metadata

files = Table(
    "files",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False, unique=True),
    Column("purpose", String, nullable=False, index=True),
    Column("filename", Text, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("sha256", String, nullable=False),
    Column("status", String, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("expires", BigInteger),
)
"""What was uploaded or written for someone to fetch; the bytes lie in ``files/<id>``."""

jobs = Table(
    "jobs",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False, unique=True),
    Column("status", String, nullable=False),
    Column("wanted", String),
    Column("created", BigInteger, nullable=False),
    Column("lease_owner", String),
    Column("lease_until", Float),
    Column("attempts", Integer, nullable=False),
    Column("record", Text, nullable=False),
    Index(None, "status", "seq"),
)
"""Tuning jobs: the queue and what became of each. ``wanted``: cancelled or paused, by someone."""

job_events = Table(
    "job_events",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("job", String, ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False),
    Column("id", String, nullable=False, unique=True),
    Column("key", String, nullable=False),
    Column("record", Text, nullable=False),
    UniqueConstraint("job", "key"),
)
"""``key`` says what an event is about, so that a job that goes on after a kill says it once."""

job_checkpoints = Table(
    "job_checkpoints",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("job", String, ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False),
    Column("id", String, nullable=False, unique=True),
    Column("step", Integer, nullable=False),
    Column("record", Text, nullable=False),
    UniqueConstraint("job", "step"),
)

tuned_models = Table(
    "tuned_models",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("name", String, nullable=False, unique=True),
    Column("job", String, nullable=False, index=True),
    Column("path", String, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("record", Text, nullable=False),
)
"""Models that can be called by name; ``path`` is relative to ``.etude``."""

webhook_endpoints = Table(
    "webhook_endpoints",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False, unique=True),
    Column("created", BigInteger, nullable=False),
    Column("record", Text, nullable=False),
)

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False, unique=True),
    Column("endpoint", String, nullable=False),
    Column("due", Float, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("status", String, nullable=False),
    Column("lease_until", Float),
    Column("record", Text, nullable=False),
    Index(None, "status", "due"),
)
"""What is still to be told to someone's endpoint, or was."""

batches = Table(
    "batches",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False, unique=True),
    Column("status", String, nullable=False),
    Column("wanted", String),
    Column("created", BigInteger, nullable=False),
    Column("lease_owner", String),
    Column("lease_until", Float),
    Column("record", Text, nullable=False),
    Index(None, "status", "seq"),
)

batch_lines = Table(
    "batch_lines",
    metadata,
    Column("batch", String, ForeignKey("batches.id", ondelete="CASCADE"), primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("failed", Boolean, nullable=False),
    Column("response", Text, nullable=False),
)
"""Answers of a batch, each written once: the line is the key."""

api_keys = Table(
    "api_keys",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False, unique=True),
    Column("sha256", String, nullable=False, unique=True),
    Column("created", BigInteger, nullable=False),
    Column("revoked", BigInteger),
    Column("record", Text, nullable=False),
)
"""Keys are kept as hashes; nothing here gives one back."""

key_usage = Table(
    "key_usage",
    metadata,
    Column("key", String, primary_key=True),
    Column("day", String, primary_key=True),
    Column("requests", BigInteger, nullable=False),
    Column("tokens", BigInteger, nullable=False),
)

traffic = Table(
    "traffic",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False, unique=True),
    Column("request_id", String, index=True),
    Column("time", Float, nullable=False, index=True),
    Column("endpoint", String, nullable=False),
    Column("model", String, nullable=False),
    Column("release", String, index=True),
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
    Column("expires", Float, index=True),
)
"""A row a request that was answered. ``input`` and ``output`` only where a person switched that on,
personal data taken out before; ``expires``: when both are forgotten."""

feedback = Table(
    "feedback",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("response", String, nullable=False, index=True),
    Column("name", String, nullable=False),
    Column("annotator_kind", String, nullable=False),
    Column("identifier", String, nullable=False),
    Column("time", Float, nullable=False),
    Column("record", Text, nullable=False),
    UniqueConstraint("response", "name", "annotator_kind", "identifier"),
)
"""What people, models or code said of an answer; it may come before the answer is recorded."""
