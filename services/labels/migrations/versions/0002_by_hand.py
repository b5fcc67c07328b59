"""by hand."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ONCE = ["retailer_id", "return_id", "parcel", "purpose"]
STATES = "'planned', 'sent', 'done', 'refused', 'unknown'"


def upgrade() -> None:
    op.add_column("bookings", sa.Column("attempt", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.add_column("bookings", sa.Column("recorded_by", sa.Text(), nullable=True))
    op.add_column("bookings", sa.Column("recorded_words", sa.Text(), nullable=True))
    op.add_column("bookings", sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_constraint(op.f("ck_bookings_state"), "bookings", type_="check")
    op.create_check_constraint(op.f("ck_bookings_state"), "bookings", f"state IN ({STATES}, 'void')")
    op.drop_constraint(op.f("uq_bookings_retailer_id_return_id_parcel_purpose"), "bookings", type_="unique")
    op.create_unique_constraint(
        op.f("uq_bookings_retailer_id_return_id_parcel_purpose_attempt"), "bookings", [*ONCE, "attempt"]
    )
    op.create_table(
        "voids",
        sa.Column("retailer_id", sa.Uuid(), nullable=False),
        sa.Column("return_id", sa.Uuid(), nullable=False),
        sa.Column("parcel", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "retailer_id", "return_id", "parcel", "purpose", "attempt", name=op.f("pk_voids")
        ),
    )


def downgrade() -> None:
    op.drop_table("voids")
    op.drop_constraint(op.f("uq_bookings_retailer_id_return_id_parcel_purpose_attempt"), "bookings", type_="unique")
    op.create_unique_constraint(op.f("uq_bookings_retailer_id_return_id_parcel_purpose"), "bookings", ONCE)
    op.drop_constraint(op.f("ck_bookings_state"), "bookings", type_="check")
    op.create_check_constraint(op.f("ck_bookings_state"), "bookings", f"state IN ({STATES})")
    op.drop_column("bookings", "voided_at")
    op.drop_column("bookings", "recorded_words")
    op.drop_column("bookings", "recorded_by")
    op.drop_column("bookings", "attempt")
