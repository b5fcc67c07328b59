"""Orders cancelled before dispatch; the webhooks a shop is asked for; the reading of shops connected before there was any."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
# The owner is under row-level security as well. What is planned here is of every retailer: `secure` forces it anew.
READ = ("shops", "scans")


def upgrade() -> None:
    op.create_table(
        "cancellations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("retailer_id", sa.Uuid(), nullable=False),
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("lines", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("owed_amount", sa.BigInteger(), nullable=False),
        sa.Column("owed_currency", sa.Text(), nullable=False),
        sa.Column("shipping_amount", sa.BigInteger(), nullable=False),
        sa.Column("shipping_currency", sa.Text(), nullable=False),
        sa.Column("request", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("job", sa.Text(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("recorded_by", sa.Text(), nullable=True),
        sa.Column("planned_at", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "state IN ('planned', 'sent', 'done', 'refused', 'unknown')", name=op.f("ck_cancellations_state")
        ),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_cancellations_shop_id_shops")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cancellations")),
    )
    op.create_index(op.f("ix_cancellations_retailer_id_order_id"), "cancellations", ["retailer_id", "order_id"])
    op.create_table(
        "webhook_checks",
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("retailer_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=True),
        sa.Column("missing", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("checked_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_webhook_checks_shop_id_shops")),
        sa.PrimaryKeyConstraint("shop_id", name=op.f("pk_webhook_checks")),
    )
    _read_every_shop()


def _read_every_shop() -> None:
    """Shops connected before 0004 were never planned to be read: have them imported, and swept from now on."""
    for table in READ:
        op.execute(f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY')
    connected = "kind = 'shopify' AND disconnected_at IS NULL"
    for kind, work, since in (("import", "imports", "interval '400 days'"), ("sweep", "sweeps", "interval '15 minutes'")):
        op.execute(
            "WITH fresh AS (INSERT INTO scans (shop_id, kind, retailer_id, since, listed, kept) "
            f"SELECT id, '{kind}', retailer_id, now() - {since}, 0, 0 FROM shops WHERE {connected} "
            "ON CONFLICT DO NOTHING RETURNING shop_id) "
            "INSERT INTO claims (kind, account, retailer_id, subject, due_at, correlation_id) "
            f"SELECT '{work}', domain, retailer_id, id, now(), gen_random_uuid() FROM shops JOIN fresh ON shop_id = id "
            "ON CONFLICT DO NOTHING"
        )
    for table in READ:
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')


def downgrade() -> None:
    op.drop_table("webhook_checks")
    op.drop_table("cancellations")
