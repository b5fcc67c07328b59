"""What the hub's pages need."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "return_numbers",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("retailer_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("digest", "retailer_id", name=op.f("pk_return_numbers")),
        info={"outside_rls": "holds no number, and nothing of the return"},
    )
    # The owner is under row-level security too, and here the numbers of all retailers are read.
    op.execute("ALTER TABLE returns NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "INSERT INTO return_numbers (digest, retailer_id) "
        "SELECT sha256(convert_to(number, 'UTF8')), retailer_id FROM returns"
    )
    op.execute("ALTER TABLE returns FORCE ROW LEVEL SECURITY")
    op.create_table(
        "quarantine",
        sa.Column("scan_id", sa.Uuid(), nullable=False),
        sa.Column("retailer_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("photos", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("scan_id", name=op.f("pk_quarantine")),
    )
    op.add_column("photos", sa.Column("by_hub", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column("photos", "by_hub")
    op.drop_table("quarantine")
    op.drop_table("return_numbers")
