"""Withdrawals beside returns: which of the two each is."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TABLES = ("returns", "report_returns")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("kind", sa.Text(), server_default="return", nullable=False))


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "kind")
