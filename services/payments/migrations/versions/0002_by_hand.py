"""by hand."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATES = "'awaiting', 'waived', 'paid', 'failed', 'cancelled', 'refunded'"


def upgrade() -> None:
    op.add_column("charges", sa.Column("voucher", sa.Text(), nullable=True))
    op.add_column("charges", sa.Column("reference", sa.Text(), nullable=True))
    # Charges that are here already are older than any end of their return.
    op.add_column(
        "charges", sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("'epoch'"))
    )
    op.alter_column("charges", "asked_at", server_default=None)
    op.drop_constraint(op.f("ck_charges_state"), "charges", type_="check")
    op.create_check_constraint(op.f("ck_charges_state"), "charges", f"state IN ({STATES})")
    op.create_table(
        "ended_returns",
        sa.Column("retailer_id", sa.Uuid(), nullable=False),
        sa.Column("return_id", sa.Uuid(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("retailer_id", "return_id", name=op.f("pk_ended_returns")),
    )


def downgrade() -> None:
    op.drop_table("ended_returns")
    op.drop_constraint(op.f("ck_charges_state"), "charges", type_="check")
    op.create_check_constraint(op.f("ck_charges_state"), "charges", "state IN ('awaiting', 'waived')")
    op.drop_column("charges", "asked_at")
    op.drop_column("charges", "reference")
    op.drop_column("charges", "voucher")
