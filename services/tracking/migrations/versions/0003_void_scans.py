"""void scans."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("scans", sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("scans", sa.Column("voided_by", sa.Text(), nullable=True))
    op.add_column("scans", sa.Column("voided_words", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("scans", "voided_words")
    op.drop_column("scans", "voided_by")
    op.drop_column("scans", "voided_at")
