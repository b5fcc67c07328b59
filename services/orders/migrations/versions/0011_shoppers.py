"""Which orders are a shopper's, and which collections a product is in."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_orders_retailer_id_email_key"), "orders", ["retailer_id", "email_key"])
    op.create_table(
        "product_collections",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("retailer_id", sa.Uuid(), nullable=False),
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("handles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_product_collections_shop_id_shops")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_collections")),
    )


def downgrade() -> None:
    op.drop_table("product_collections")
    op.drop_index(op.f("ix_orders_retailer_id_email_key"), table_name="orders")
