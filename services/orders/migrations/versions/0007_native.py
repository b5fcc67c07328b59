"""Shops without an outside, and orders that their retailer brings."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("shops", sa.Column("kind", sa.Text(), server_default="shopify", nullable=False))
    op.add_column("orders", sa.Column("source", sa.Text(), server_default="shop", nullable=False))


def downgrade() -> None:
    op.drop_column("orders", "source")
    op.drop_column("shops", "kind")
