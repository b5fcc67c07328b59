"""Lanes, hubs and prices."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BEFORE = ["retailer_id", "country", "hub", "carrier", "service"]
KEY = [
    "retailer_id",
    "country",
    "postcode_from",
    "postcode_to",
    "hub",
    "carrier",
    "service",
    "method",
    "least_grams",
]
OF_LANES = (
    sa.Column("postcode_from", sa.Text(collation="C"), server_default="", nullable=False),
    sa.Column("postcode_to", sa.Text(collation="C"), server_default="", nullable=False),
    sa.Column("method", sa.Text(), server_default="label", nullable=False),
    sa.Column("pricing", sa.Text(), server_default="fixed", nullable=False),
    sa.Column("percent", sa.Integer(), server_default=sa.text("0"), nullable=False),
    sa.Column("cost_amount", sa.BigInteger(), nullable=True),
    sa.Column("cost_currency", sa.Text(), nullable=True),
    sa.Column("least_grams", sa.Integer(), server_default=sa.text("0"), nullable=False),
    sa.Column("most_grams", sa.Integer(), nullable=True),
    sa.Column("default", sa.Boolean(), server_default=sa.text("false"), nullable=False),
)
OF_HUBS = (
    sa.Column("hours", sa.Text(), nullable=True),
    sa.Column("reasons", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
    sa.Column("product_types", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
    sa.Column("on", sa.Boolean(), server_default=sa.text("true"), nullable=False),
)


def upgrade() -> None:
    for column in OF_LANES:
        op.add_column("lanes", column._copy())
    for column in OF_HUBS:
        op.add_column("hubs", column._copy())
    op.drop_constraint(op.f("uq_lanes_retailer_id_country_hub_carrier_service"), "lanes", type_="unique")
    op.create_unique_constraint("uq_lanes_key", "lanes", KEY)
    in_force = sa.text("retired_at IS NULL")
    op.create_index("ix_lanes_in_force", "lanes", ["retailer_id", "country"], postgresql_where=in_force)
    default = sa.text('"default" AND retired_at IS NULL')
    op.create_index("ix_lanes_default", "lanes", ["retailer_id"], postgresql_where=default)


def downgrade() -> None:
    op.drop_index("ix_lanes_default", table_name="lanes")
    op.drop_index("ix_lanes_in_force", table_name="lanes")
    op.drop_constraint("uq_lanes_key", "lanes", type_="unique")
    op.create_unique_constraint(op.f("uq_lanes_retailer_id_country_hub_carrier_service"), "lanes", BEFORE)
    for column in OF_HUBS:
        op.drop_column("hubs", column.name)
    for column in OF_LANES:
        op.drop_column("lanes", column.name)
