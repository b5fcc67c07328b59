"""Lanes of parcels, how long their steps take, and what is expected of each parcel."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_LANE = ("country", "carrier", "service", "hub")


def upgrade() -> None:
    op.add_column("parcels", sa.Column("country", sa.Text(), nullable=True))
    op.add_column("parcels", sa.Column("service", sa.Text(), nullable=True))
    op.add_column("parcels", sa.Column("expected_days", sa.Integer(), nullable=True))
    op.create_table(
        "lane_steps",
        sa.Column("parcel_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Text(), nullable=False),
        sa.Column("until", sa.Text(), nullable=False),
        sa.Column("retailer_id", sa.Uuid(), nullable=False),
        *(sa.Column(part, sa.Text(), nullable=False) for part in _LANE),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcels.id"], name=op.f("fk_lane_steps_parcel_id_parcels")),
        sa.PrimaryKeyConstraint("parcel_id", "since", "until", name=op.f("pk_lane_steps")),
    )
    op.create_index(
        "ix_lane_steps_pace", "lane_steps", ["retailer_id", *_LANE, "since", "until", "day", "hours"], unique=False
    )
    op.create_table(
        "lane_paces",
        sa.Column("retailer_id", sa.Uuid(), nullable=False),
        *(sa.Column(part, sa.Text(), nullable=False) for part in (*_LANE, "since", "until")),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("median", sa.Interval(), nullable=False),
        sa.Column("slow", sa.Interval(), nullable=False),
        sa.Column("parcels", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("retailer_id", *_LANE, "since", "until", name=op.f("pk_lane_paces")),
    )
    op.create_table(
        "promises",
        sa.Column("parcel_id", sa.Uuid(), nullable=False),
        sa.Column("milestone", sa.Text(), nullable=False),
        sa.Column("retailer_id", sa.Uuid(), nullable=False),
        sa.Column("expected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("latest_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("parcels", sa.Integer(), nullable=False),
        sa.Column("delayed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcels.id"], name=op.f("fk_promises_parcel_id_parcels")),
        sa.PrimaryKeyConstraint("parcel_id", "milestone", name=op.f("pk_promises")),
    )


def downgrade() -> None:
    op.drop_table("promises")
    op.drop_table("lane_paces")
    op.drop_table("lane_steps")
    op.drop_column("parcels", "expected_days")
    op.drop_column("parcels", "service")
    op.drop_column("parcels", "country")
