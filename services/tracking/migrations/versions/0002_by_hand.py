"""by hand."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("parcels", "booking_id", nullable=True)
    op.alter_column("parcels", "hub", nullable=True)
    op.add_column("scans", sa.Column("implied", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_table(
        "void_labels",
        sa.Column("retailer_id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("retailer_id", "booking_id", name=op.f("pk_void_labels")),
    )
    op.create_table(
        "troubles",
        sa.Column("parcel_id", sa.Uuid(), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("retailer_id", sa.Uuid(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcels.id"], name=op.f("fk_troubles_parcel_id_parcels")),
        sa.PrimaryKeyConstraint("parcel_id", "trouble", name=op.f("pk_troubles")),
    )
    op.create_table(
        "inspections",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("retailer_id", sa.Uuid(), nullable=False),
        sa.Column("return_id", sa.Uuid(), nullable=False),
        sa.Column("parcel_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("extras", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("inspected_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcels.id"], name=op.f("fk_inspections_parcel_id_parcels")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspections")),
        sa.UniqueConstraint("retailer_id", "return_id", "key", name=op.f("uq_inspections_retailer_id_return_id_key")),
    )
    op.create_index(op.f("ix_inspections_parcel_id"), "inspections", ["parcel_id"], unique=False)
    op.create_table(
        "inspection_lines",
        sa.Column("inspection_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("retailer_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("condition", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_inspection_lines_quantity")),
        sa.ForeignKeyConstraint(
            ["inspection_id"], ["inspections.id"], name=op.f("fk_inspection_lines_inspection_id_inspections")
        ),
        sa.PrimaryKeyConstraint("inspection_id", "place", name=op.f("pk_inspection_lines")),
    )


def downgrade() -> None:
    op.drop_table("inspection_lines")
    op.drop_index(op.f("ix_inspections_parcel_id"), table_name="inspections")
    op.drop_table("inspections")
    op.drop_table("troubles")
    op.drop_table("void_labels")
    op.drop_column("scans", "implied")
    op.alter_column("parcels", "hub", nullable=False)
    op.alter_column("parcels", "booking_id", nullable=False)
