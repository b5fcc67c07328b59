"""voids asked again, and those that a carrier only promises."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BEFORE = "'planned', 'sent', 'done', 'refused', 'unknown'"
STATES = "'planned', 'sent', 'promised', 'done', 'refused', 'unknown'"


def upgrade() -> None:
    op.add_column("voids", sa.Column("asks", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.drop_constraint(op.f("ck_voids_state"), "voids", type_="check")
    op.create_check_constraint(op.f("ck_voids_state"), "voids", f"state IN ({STATES})")


def downgrade() -> None:
    op.execute("UPDATE voids SET state = 'done' WHERE state = 'promised'")
    op.drop_constraint(op.f("ck_voids_state"), "voids", type_="check")
    op.create_check_constraint(op.f("ck_voids_state"), "voids", f"state IN ({BEFORE})")
    op.drop_column("voids", "asks")
