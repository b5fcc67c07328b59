"""Where mail about returns to decide on goes."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("retailers", sa.Column("review_email", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("retailers", "review_email")
