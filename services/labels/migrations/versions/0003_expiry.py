"""expiry."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STATES = "'planned', 'sent', 'done', 'refused', 'unknown'"


def upgrade() -> None:
    op.add_column("bookings", sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_constraint(op.f("ck_bookings_state"), "bookings", type_="check")
    op.create_check_constraint(op.f("ck_bookings_state"), "bookings", f"state IN ({STATES}, 'expired', 'void')")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_bookings_state"), "bookings", type_="check")
    op.create_check_constraint(op.f("ck_bookings_state"), "bookings", f"state IN ({STATES}, 'void')")
    op.drop_column("bookings", "expires_at")
