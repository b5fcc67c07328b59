"""What an order is found by besides its email."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    keys = postgresql.ARRAY(sa.LargeBinary())
    op.add_column("orders", sa.Column("proof_keys", keys, server_default="{}", nullable=False))


def downgrade() -> None:
    op.drop_column("orders", "proof_keys")
