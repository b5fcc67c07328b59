"""Hub scans, inspections, consolidations."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "number_owners",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("retailer_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("digest", "retailer_id", name=op.f("pk_number_owners")),
        info={"outside_rls": "holds no number, and nothing of the parcel"},
    )
    # The owner is under row-level security too, and here the numbers of all retailers are read.
    op.execute("ALTER TABLE parcels NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "INSERT INTO number_owners (digest, retailer_id) "
        "SELECT DISTINCT sha256(convert_to(tracking_number, 'UTF8')), retailer_id FROM parcels "
        "WHERE carrier <> 'shopper'"
    )
    op.execute("ALTER TABLE parcels FORCE ROW LEVEL SECURITY")
    op.add_column("inspection_lines", sa.Column("disposition", sa.Text(), nullable=True))
    op.create_index(
        "ix_scans_of_hubs",
        "scans",
        ["retailer_id", "by", "arrival"],
        postgresql_where=sa.text("source = 'hub'"),
    )
    op.create_table(
        "stretches",
        sa.Column("retailer_id", sa.Uuid(), nullable=False),
        sa.Column("carrier", sa.Text(), nullable=False),
        sa.Column("hub", sa.Text(), nullable=False),
        sa.Column("until", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("parcels", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("retailer_id", "carrier", "hub", "until", "day", "hours", name=op.f("pk_stretches")),
    )
    op.create_table(
        "consolidations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("retailer_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("hub", sa.Text(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consolidations")),
        sa.UniqueConstraint("retailer_id", "key", name=op.f("uq_consolidations_retailer_id_key")),
        sa.UniqueConstraint("retailer_id", "code", name=op.f("uq_consolidations_retailer_id_code")),
    )
    op.create_index(
        op.f("ix_consolidations_retailer_id_opened_at"), "consolidations", ["retailer_id", "opened_at"]
    )
    op.create_table(
        "packed",
        sa.Column("parcel_id", sa.Uuid(), nullable=False),
        sa.Column("retailer_id", sa.Uuid(), nullable=False),
        sa.Column("consolidation_id", sa.Uuid(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("packed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcels.id"], name=op.f("fk_packed_parcel_id_parcels")),
        sa.ForeignKeyConstraint(
            ["consolidation_id"], ["consolidations.id"], name=op.f("fk_packed_consolidation_id_consolidations")
        ),
        sa.PrimaryKeyConstraint("parcel_id", name=op.f("pk_packed")),
    )
    op.create_index(op.f("ix_packed_consolidation_id"), "packed", ["consolidation_id"])


def downgrade() -> None:
    op.drop_table("packed")
    op.drop_table("consolidations")
    op.drop_table("stretches")
    op.drop_index("ix_scans_of_hubs", table_name="scans")
    op.drop_column("inspection_lines", "disposition")
    op.drop_table("number_owners")
