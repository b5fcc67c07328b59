"""Orders that were read without weights, tariff numbers and origins are read again, when they are next asked for."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The owner is under row-level security as well, and the orders are every retailer's. What was heard of since it was
    # read is read again; an order that a retailer brings itself has no shop that could be asked.
    op.execute("ALTER TABLE orders NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "UPDATE orders SET heard_at = read_at + interval '1 microsecond' "
        "WHERE source = 'shop' AND read_at IS NOT NULL AND (heard_at IS NULL OR heard_at <= read_at)"
    )
    op.execute("ALTER TABLE orders FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    pass
