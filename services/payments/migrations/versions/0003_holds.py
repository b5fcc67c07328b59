"""Holds, differences and disputes."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STATES = "'awaiting', 'waived', 'paid', 'failed', 'cancelled', 'released', 'refunded'"
STATES_BEFORE = "'awaiting', 'waived', 'paid', 'failed', 'cancelled', 'refunded'"
HOLD_STATES = "'requested', 'given_up', 'placed', 'released', 'captured'"


def upgrade() -> None:
    op.add_column("charges", sa.Column("line_id", sa.Uuid(), nullable=True))
    op.add_column("charges", sa.Column("attempt", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.drop_constraint(op.f("ck_charges_state"), "charges", type_="check")
    op.create_check_constraint(op.f("ck_charges_state"), "charges", f"state IN ({STATES})")
    op.create_table(
        "holds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("retailer_id", sa.Uuid(), nullable=False),
        sa.Column("return_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("amount_amount", sa.BigInteger(), nullable=False),
        sa.Column("amount_currency", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"state IN ({HOLD_STATES})", name=op.f("ck_holds_state")),
        sa.CheckConstraint("amount_amount >= 0", name=op.f("ck_holds_amount")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
        sa.UniqueConstraint("retailer_id", "return_id", "line_id", name=op.f("uq_holds_retailer_id_return_id_line_id")),
    )
    op.create_table(
        "disputes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("retailer_id", sa.Uuid(), nullable=False),
        sa.Column("return_id", sa.Uuid(), nullable=False),
        sa.Column("charge_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=True),
        sa.Column("amount_amount", sa.BigInteger(), nullable=False),
        sa.Column("amount_currency", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disputes")),
        sa.UniqueConstraint(
            "retailer_id", "return_id", "reference", name=op.f("uq_disputes_retailer_id_return_id_reference")
        ),
    )


def downgrade() -> None:
    op.drop_table("disputes")
    op.drop_table("holds")
    op.drop_constraint(op.f("ck_charges_state"), "charges", type_="check")
    op.create_check_constraint(op.f("ck_charges_state"), "charges", f"state IN ({STATES_BEFORE})")
    op.drop_column("charges", "attempt")
    op.drop_column("charges", "line_id")
