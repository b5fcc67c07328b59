"""Drafts, who and why, the cases that were decided, and trials on them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("policies", sa.Column("by", sa.Text(), nullable=True))
    op.add_column("policies", sa.Column("words", sa.Text(), nullable=True))
    op.add_column("policies", sa.Column("restores", sa.Integer(), nullable=True))
    op.alter_column("policies", "version", existing_type=sa.Integer(), nullable=True)
    op.drop_constraint(op.f("ck_policies_state"), "policies", type_="check")
    op.create_check_constraint(
        op.f("ck_policies_state"), "policies", "state IN ('draft', 'published', 'superseded', 'rolled_back')"
    )
    op.create_check_constraint(op.f("ck_policies_numbered"), "policies", "(version IS NULL) = (state = 'draft')")
    op.create_index(
        "uq_policies_draft",
        "policies",
        ["retailer_id"],
        unique=True,
        postgresql_where=sa.text("state = 'draft'"),
    )
    op.create_table(
        "cases",
        sa.Column("return_id", sa.Uuid(), nullable=False),
        sa.Column("retailer_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("given", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("chosen", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("return_id", name=op.f("pk_cases")),
    )
    op.create_index(
        op.f("ix_cases_retailer_id_decided_at_return_id"), "cases", ["retailer_id", "decided_at", "return_id"]
    )
    op.create_table(
        "replays",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("retailer_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("tally", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reached_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reached_id", sa.Uuid(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('running', 'done', 'failed')", name=op.f("ck_replays_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replays")),
    )
    op.create_index(op.f("ix_replays_retailer_id_started_at"), "replays", ["retailer_id", "started_at"])


def downgrade() -> None:
    op.drop_table("replays")
    op.drop_table("cases")
    op.drop_index("uq_policies_draft", table_name="policies")
    op.execute("DELETE FROM policies WHERE state = 'draft'")
    op.execute("UPDATE policies SET state = 'superseded' WHERE state = 'rolled_back'")
    op.drop_constraint(op.f("ck_policies_numbered"), "policies", type_="check")
    op.drop_constraint(op.f("ck_policies_state"), "policies", type_="check")
    op.create_check_constraint(
        op.f("ck_policies_state"), "policies", "state IN ('draft', 'published', 'superseded')"
    )
    op.alter_column("policies", "version", existing_type=sa.Integer(), nullable=False)
    op.drop_column("policies", "restores")
    op.drop_column("policies", "words")
    op.drop_column("policies", "by")
