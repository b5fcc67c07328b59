"""Requests about persons' data, and which orders have lost their buyer."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

NOW_EMPTY = {"nullable": False, "server_default": "{}"}


def upgrade() -> None:
    op.add_column("orders", sa.Column("erased_as", sa.Text(), nullable=True))
    ids, moment = postgresql.ARRAY(sa.Uuid()), sa.DateTime(timezone=True)
    op.create_table(
        "person_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("retailer_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("subject_key", sa.LargeBinary(), nullable=False),
        sa.Column("shop_id", sa.Uuid(), nullable=True),
        sa.Column("email", sa.LargeBinary(), nullable=True),
        sa.Column("order_ids", ids, **NOW_EMPTY),
        sa.Column("return_ids", ids, **NOW_EMPTY),
        sa.Column("intake_ids", ids, **NOW_EMPTY),
        sa.Column("delivery_ids", ids, **NOW_EMPTY),
        sa.Column("waiting_orders", ids, **NOW_EMPTY),
        sa.Column("open_returns", ids, **NOW_EMPTY),
        sa.Column("answered", postgresql.ARRAY(sa.Text()), **NOW_EMPTY),
        sa.Column("everybody", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("orders", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("returns", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("looks", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("received_at", moment, nullable=False),
        sa.Column("due_at", moment, nullable=False),
        sa.Column("stated_at", moment, nullable=True),
        sa.Column("stated", sa.LargeBinary(), nullable=True),
        sa.Column("warned_at", moment, nullable=True),
        sa.Column("late_at", moment, nullable=True),
        sa.Column("ended_at", moment, nullable=True),
        sa.Column("export_until", moment, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_requests")),
    )
    op.create_index(
        "uq_person_requests_open",
        "person_requests",
        ["retailer_id", "kind", "subject_key"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(op.f("ix_person_requests_retailer_id_id"), "person_requests", ["retailer_id", "id"])


def downgrade() -> None:
    op.drop_table("person_requests")
    op.drop_column("orders", "erased_as")
