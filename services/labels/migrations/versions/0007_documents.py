"""Documents of a label."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("documents", sa.Column("reads", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("documents", sa.Column("read_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("documents", "read_at")
    op.drop_column("documents", "reads")
