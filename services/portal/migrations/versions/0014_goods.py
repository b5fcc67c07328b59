"""Goods as customs and carriers ask for them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("return_lines", sa.Column("hs_code", sa.Text(), nullable=True))
    op.add_column("return_lines", sa.Column("origin", sa.Text(), nullable=True))
    op.add_column("return_lines", sa.Column("grams", sa.Integer(), nullable=True))
    op.add_column(
        "return_lines", sa.Column("shipped_as", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False)
    )


def downgrade() -> None:
    for name in ("shipped_as", "grams", "origin", "hs_code"):
        op.drop_column("return_lines", name)
