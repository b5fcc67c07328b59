"""carriers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0003"
branch_labels = None
depends_on = None

STATES = "'planned', 'sent', 'done', 'refused', 'unknown'"


def upgrade() -> None:
    op.create_table(
        "carrier_accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("retailer_id", sa.Uuid(), nullable=False),
        sa.Column("carrier", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("on", sa.Boolean(), nullable=False),
        sa.Column("options", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("secrets", sa.LargeBinary(), nullable=False),
        sa.Column("kept", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by", sa.Text(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_words", sa.Text(), nullable=True),
        sa.CheckConstraint("mode IN ('test', 'live')", name=op.f("ck_carrier_accounts_mode")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrier_accounts")),
        sa.UniqueConstraint(
            "retailer_id", "carrier", "mode", name=op.f("uq_carrier_accounts_retailer_id_carrier_mode")
        ),
    )
    op.create_index(
        op.f("ix_carrier_accounts_retailer_id_carrier"),
        "carrier_accounts",
        ["retailer_id", "carrier"],
        unique=True,
        postgresql_where=sa.text('"on"'),
    )
    op.add_column("lanes", sa.Column("fallback", sa.Text(), nullable=True))
    op.add_column("bookings", sa.Column("account_id", sa.Uuid(), nullable=True))
    op.add_column("bookings", sa.Column("carrier_ref", sa.Text(), nullable=True))
    op.add_column("bookings", sa.Column("cost_amount", sa.BigInteger(), nullable=True))
    op.add_column("bookings", sa.Column("cost_currency", sa.Text(), nullable=True))
    op.add_column(
        "bookings",
        sa.Column(
            "turned_down",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
    )
    op.add_column("voids", sa.Column("state", sa.Text(), server_default="planned", nullable=False))
    op.add_column("voids", sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("voids", sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("voids", sa.Column("refusal_code", sa.Text(), nullable=True))
    op.add_column("voids", sa.Column("refusal_words", sa.Text(), nullable=True))
    op.create_check_constraint(op.f("ck_voids_state"), "voids", f"state IN ({STATES})")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_voids_state"), "voids", type_="check")
    for column in ("refusal_words", "refusal_code", "settled_at", "sent_at", "state"):
        op.drop_column("voids", column)
    for column in ("turned_down", "cost_currency", "cost_amount", "carrier_ref", "account_id"):
        op.drop_column("bookings", column)
    op.drop_column("lanes", "fallback")
    op.drop_index(
        op.f("ix_carrier_accounts_retailer_id_carrier"),
        table_name="carrier_accounts",
        postgresql_where=sa.text('"on"'),
    )
    op.drop_table("carrier_accounts")
