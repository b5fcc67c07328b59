"""Carriers' rates."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

OF_LANES = ("rates_city", "rates_postcode")


def upgrade() -> None:
    for name in OF_LANES:
        op.add_column("lanes", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("lanes", sa.Column("expected_days", sa.Integer(), nullable=True))
    op.add_column("bookings", sa.Column("quoted_amount", sa.BigInteger(), nullable=True))
    op.add_column("bookings", sa.Column("quoted_currency", sa.Text(), nullable=True))
    op.create_table(
        "rates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("retailer_id", sa.Uuid(), nullable=False),
        sa.Column("lane_id", sa.Uuid(), nullable=False),
        sa.Column("up_to", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("cost_amount", sa.BigInteger(), nullable=True),
        sa.Column("cost_currency", sa.Text(), nullable=True),
        sa.Column("service", sa.Text(), nullable=True),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error_words", sa.Text(), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["lane_id"], ["lanes.id"], name=op.f("fk_rates_lane_id_lanes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rates")),
        sa.UniqueConstraint("lane_id", "up_to", name=op.f("uq_rates_lane_id_up_to")),
    )


def downgrade() -> None:
    op.drop_table("rates")
    op.drop_column("bookings", "quoted_currency")
    op.drop_column("bookings", "quoted_amount")
    op.drop_column("lanes", "expected_days")
    for name in reversed(OF_LANES):
        op.drop_column("lanes", name)
