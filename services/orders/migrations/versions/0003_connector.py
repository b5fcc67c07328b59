"""Tokens that end and are renewed, shops that are lost or disconnected, their buckets of points, and installs under way."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
CONNECTED = sa.text("disconnected_at IS NULL")


def upgrade() -> None:
    op.alter_column("shops", "token", existing_type=sa.LargeBinary(), nullable=True)
    op.add_column("shops", sa.Column("refresh_token", sa.LargeBinary(), nullable=True))
    op.add_column("shops", sa.Column("installed", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("shops", sa.Column("failed_words", sa.Text(), nullable=True))
    for name in ("expires_at", "renewing_until", "lost_at", "disconnected_at", "failed_at"):
        op.add_column("shops", sa.Column(name, MOMENT, nullable=True))
    op.drop_constraint(op.f("uq_shops_domain"), "shops", type_="unique")
    op.drop_constraint(op.f("uq_shops_retailer_id"), "shops", type_="unique")
    op.create_unique_constraint(op.f("uq_shops_retailer_id_domain"), "shops", ["retailer_id", "domain"])
    op.create_index("uq_shops_connected_retailer", "shops", ["retailer_id"], unique=True, postgresql_where=CONNECTED)
    op.create_index("uq_shops_connected_domain", "shops", ["domain"], unique=True, postgresql_where=CONNECTED)
    _create_tables()


def _create_tables() -> None:
    op.create_table(
        "shop_buckets",
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("retailer_id", sa.Uuid(), nullable=False),
        sa.Column("size", sa.Float(), nullable=False),
        sa.Column("available", sa.Float(), nullable=False),
        sa.Column("restore", sa.Float(), nullable=False),
        sa.Column("held", sa.Float(), nullable=False),
        sa.Column("measured_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_shop_buckets_shop_id_shops")),
        sa.PrimaryKeyConstraint("shop_id", name=op.f("pk_shop_buckets")),
    )
    op.create_table(
        "installs",
        sa.Column("state_hash", sa.LargeBinary(), nullable=False),
        sa.Column("retailer_id", sa.Uuid(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("begun_by", sa.Text(), nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_installs")),
    )


def downgrade() -> None:
    op.drop_table("installs")
    op.drop_table("shop_buckets")
    op.execute("DELETE FROM shops WHERE token IS NULL AND NOT EXISTS (SELECT FROM orders WHERE shop_id = shops.id)")
    op.drop_index("uq_shops_connected_domain", "shops")
    op.drop_index("uq_shops_connected_retailer", "shops")
    op.drop_constraint(op.f("uq_shops_retailer_id_domain"), "shops", type_="unique")
    op.create_unique_constraint(op.f("uq_shops_retailer_id"), "shops", ["retailer_id"])
    op.create_unique_constraint(op.f("uq_shops_domain"), "shops", ["domain"])
    for name in ("failed_at", "disconnected_at", "lost_at", "renewing_until", "expires_at", "failed_words", "installed"):
        op.drop_column("shops", name)
    op.drop_column("shops", "refresh_token")
    op.alter_column("shops", "token", existing_type=sa.LargeBinary(), nullable=False)
