"""What a request was called, beside the answer that it got."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, String

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; rows from before have none."""
    op.add_column("traffic", Column("request_id", String))
    op.create_index("ix_traffic_request_id", "traffic", ["request_id"])


def downgrade() -> None:
    """Refuse: going back would forget what requests were called."""
    raise RuntimeError("the schema before can't hold what is written here")
