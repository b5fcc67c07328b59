"""A return that could not be made is kept whole; how long kept requests and answers live."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("intakes", sa.Column("submit_key", sa.Text(), nullable=True))
    # Each retailer is swept daily; those that are here already have nobody who would plan the first time.
    op.execute(
        "INSERT INTO claims (kind, account, retailer_id, subject, due_at, correlation_id)"
        " SELECT 'sweeps', 'sweeps', id, id, now(), gen_random_uuid() FROM retailers ON CONFLICT DO NOTHING"
    )
    op.add_column("intakes", sa.Column("proof", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.execute("DELETE FROM claims WHERE kind = 'sweeps'")
    op.drop_column("intakes", "proof")
    op.drop_column("intakes", "submit_key")
