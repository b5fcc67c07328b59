"""Scans in normal form, milestones, polling."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0003"
branch_labels = None
depends_on = None

_MOMENTS = ("heard_at", "asked_at", "turn_at", "confirmed_at")
_ONCE = "uq_parcels_retailer_id_tracking_number_account"


def upgrade() -> None:
    op.add_column("parcels", sa.Column("account", sa.Text(), nullable=True))
    for name in _MOMENTS:
        op.add_column("parcels", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column("scans", sa.Column("hint", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_index(
        _ONCE, "parcels", ["retailer_id", "tracking_number", sa.text("coalesce(account, carrier)")], unique=True
    )
    op.drop_constraint("uq_parcels_retailer_id_tracking_number_carrier", "parcels", type_="unique")
    op.create_table(
        "turns",
        sa.Column("retailer_id", sa.Uuid(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("retailer_id", "account", name=op.f("pk_turns")),
    )


def downgrade() -> None:
    op.drop_table("turns")
    op.create_unique_constraint(
        "uq_parcels_retailer_id_tracking_number_carrier", "parcels", ["retailer_id", "tracking_number", "carrier"]
    )
    op.drop_index(_ONCE, table_name="parcels")
    op.drop_column("scans", "hint")
    for name in reversed(_MOMENTS):
        op.drop_column("parcels", name)
    op.drop_column("parcels", "account")
