"""The whole life of a return: what is known of it, its tasks, and what reports are made from."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """No release has written returns of the former shape: they are not carried over."""
    op.execute("TRUNCATE returns, return_lines, facts, open_quantities, photos, link_tokens")
    op.alter_column("returns", "lane_id", nullable=True)
    op.drop_index("ix_returns_retailer_id_tracking_number", "returns")
    for name in ("tracking_number", "document_id", "label_trouble", "reached", "kept"):
        op.drop_column("returns", name)
    op.add_column("returns", sa.Column("known", postgresql.JSONB(), nullable=False))
    op.add_column("returns", sa.Column("since", _MOMENT, nullable=False))
    op.add_column("return_lines", sa.Column("keep_item", sa.Boolean(), nullable=False))
    op.add_column("return_lines", sa.Column("known", postgresql.JSONB(), nullable=False))
    op.add_column("facts", sa.Column("by", sa.Text(), nullable=True))
    op.create_index("ix_facts_retailer_id_id", "facts", ["retailer_id", "id"])
    _create_numbers_and_links()
    _create_tasks()
    _create_reports()


def _create_numbers_and_links() -> None:
    op.create_table(
        "tracking_numbers",
        sa.Column("retailer_id", sa.Uuid(), nullable=False),
        sa.Column("tracking_number", sa.Text(collation="C"), nullable=False),
        sa.Column("return_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("retailer_id", "tracking_number", "return_id", name="pk_tracking_numbers"),
    )
    op.create_table(
        "review_links",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("retailer_id", sa.Uuid(), nullable=False),
        sa.Column("return_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_review_links"),
    )


def _create_tasks() -> None:
    op.create_table(
        "tasks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("retailer_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("return_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("detail", postgresql.JSONB(), nullable=False),
        sa.Column("opened_at", _MOMENT, nullable=False),
        sa.Column("cleared_at", _MOMENT, nullable=True),
        sa.Column("cleared_by", sa.Text(), nullable=True),
        sa.Column("cleared_words", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_tasks"),
    )
    still_open = sa.text("cleared_at IS NULL")
    op.create_index(
        "ix_tasks_open", "tasks", ["retailer_id", "kind", "subject"], unique=True, postgresql_where=still_open
    )
    op.create_index("ix_tasks_return_id", "tasks", ["return_id"])
    op.create_index("ix_tasks_by_age", "tasks", ["retailer_id", "opened_at", "id"], postgresql_where=still_open)


def _create_reports() -> None:
    op.create_table(
        "report_returns",
        sa.Column("return_id", sa.Uuid(), nullable=False),
        sa.Column("retailer_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("owed_amount", sa.BigInteger(), nullable=False),
        sa.Column("paid_amount", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("fee_amount", sa.BigInteger(), nullable=True),
        sa.Column("label", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("submitted_at", _MOMENT, nullable=False),
        *(
            sa.Column(f"{what}_at", _MOMENT, nullable=True)
            for what in (
                "held",
                "approved",
                "fee_paid",
                "label",
                "first_scan",
                "hub_scan",
                "inspected",
                "settled",
                "ended",
            )
        ),
        sa.PrimaryKeyConstraint("return_id", name="pk_report_returns"),
    )
    op.create_index("ix_report_returns_retailer_id_submitted_at", "report_returns", ["retailer_id", "submitted_at"])
    op.create_table(
        "report_lines",
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("retailer_id", sa.Uuid(), nullable=False),
        sa.Column("return_id", sa.Uuid(), nullable=False),
        sa.Column("order_line_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("variant", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("sub_reason", sa.Text(), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=False),
        sa.Column("given", sa.Text(), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("arrived", sa.Integer(), nullable=True),
        sa.Column("condition", sa.Text(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("owed_amount", sa.BigInteger(), nullable=False),
        sa.Column("asked_amount", sa.BigInteger(), nullable=True),
        sa.Column("paid_amount", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("submitted_at", _MOMENT, nullable=False),
        sa.Column("settled_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("line_id", name="pk_report_lines"),
    )
    for columns in (["return_id"], ["retailer_id", "submitted_at"], ["retailer_id", "sku"]):
        op.create_index(f"ix_report_lines_{'_'.join(columns)}", "report_lines", columns)


def downgrade() -> None:
    """The former shape, empty."""
    for table in ("report_lines", "report_returns", "tasks", "review_links", "tracking_numbers"):
        op.drop_table(table)
    op.execute("TRUNCATE returns, return_lines, facts, open_quantities, photos, link_tokens")
    op.drop_index("ix_facts_retailer_id_id", "facts")
    op.drop_column("facts", "by")
    op.drop_column("return_lines", "known")
    op.drop_column("return_lines", "keep_item")
    op.drop_column("returns", "since")
    op.drop_column("returns", "known")
    op.add_column("returns", sa.Column("kept", postgresql.JSONB(), nullable=False))
    op.add_column("returns", sa.Column("reached", postgresql.ARRAY(sa.Text()), nullable=False))
    op.add_column("returns", sa.Column("label_trouble", sa.Text(), nullable=True))
    op.add_column("returns", sa.Column("document_id", sa.Uuid(), nullable=True))
    op.add_column("returns", sa.Column("tracking_number", sa.Text(collation="C"), nullable=True))
    op.create_index("ix_returns_retailer_id_tracking_number", "returns", ["retailer_id", "tracking_number"])
    op.alter_column("returns", "lane_id", nullable=False)
