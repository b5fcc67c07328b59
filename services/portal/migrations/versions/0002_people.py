"""Staff with names, invites and resets; keys with scopes; the audit's chain."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from libs.chassis.ledger import append_only

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _upgrade_staff()
    _upgrade_keys()
    op.create_index(op.f("ix_sessions_subject"), "sessions", ["subject"])
    _create_audit()


def _upgrade_staff() -> None:
    op.add_column("staff", sa.Column("name", sa.Text(), nullable=True))
    op.execute("UPDATE staff SET name = split_part(email, '@', 1)")
    op.alter_column("staff", "name", nullable=False)
    op.alter_column("staff", "password_hash", nullable=True)
    for name in ("invited_at", "seen_at", "disabled_at"):
        op.add_column("staff", sa.Column(name, MOMENT, nullable=True))
    op.create_index(op.f("ix_staff_retailer_id"), "staff", ["retailer_id"])
    op.create_table(
        "staff_links",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("retailer_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_staff_links")),
        info={"outside_rls": "read to learn whose invite or reset a link is"},
    )
    op.create_index(op.f("ix_staff_links_member_id_purpose"), "staff_links", ["member_id", "purpose"], unique=True)


def _upgrade_keys() -> None:
    op.add_column("api_keys", sa.Column("id", sa.Uuid(), nullable=True))
    op.add_column("api_keys", sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=True))
    op.add_column("api_keys", sa.Column("created_by", sa.Text(), nullable=True))
    op.add_column("api_keys", sa.Column("last_used_at", MOMENT, nullable=True))
    # A key without scopes could read returns and record scans.
    op.execute(
        "UPDATE api_keys SET id = gen_random_uuid(), scopes = '{returns.read,scans.write}', created_by = 'system'"
    )
    for name in ("id", "scopes", "created_by"):
        op.alter_column("api_keys", name, nullable=False)
    op.create_unique_constraint(op.f("uq_api_keys_id"), "api_keys", ["id"])
    op.create_index(op.f("ix_api_keys_retailer_id"), "api_keys", ["retailer_id"])


def _create_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("retailer_id", sa.Uuid(), nullable=False),
        sa.Column("act", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("detail", postgresql.JSONB(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("prev_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sa.UniqueConstraint("retailer_id", "seq", name=op.f("uq_audit_retailer_id_seq")),
        info={"grants": "SELECT, INSERT"},
    )
    op.create_index(op.f("ix_audit_retailer_id_act"), "audit", ["retailer_id", "act"])
    op.execute(append_only("audit"))


def downgrade() -> None:
    op.drop_table("audit")
    op.execute("DROP FUNCTION audit_only_grow")
    op.drop_index(op.f("ix_sessions_subject"), table_name="sessions")
    op.drop_index(op.f("ix_api_keys_retailer_id"), table_name="api_keys")
    op.drop_constraint(op.f("uq_api_keys_id"), "api_keys")
    for name in ("id", "scopes", "created_by", "last_used_at"):
        op.drop_column("api_keys", name)
    op.drop_table("staff_links")
    op.drop_index(op.f("ix_staff_retailer_id"), table_name="staff")
    op.execute("DELETE FROM staff WHERE password_hash IS NULL")
    op.alter_column("staff", "password_hash", nullable=False)
    for name in ("name", "invited_at", "seen_at", "disabled_at"):
        op.drop_column("staff", name)
