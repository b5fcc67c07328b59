"""By what shoppers of a retailer find their orders."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    ways = postgresql.ARRAY(sa.Text())
    op.add_column("retailers", sa.Column("lookup_by", ways, server_default="{email}", nullable=False))


def downgrade() -> None:
    op.drop_column("retailers", "lookup_by")
