"""intakes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "intakes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("retailer_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("contact", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("order_number", sa.Text(), nullable=False),
        sa.Column("items", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("photos", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("picked", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column("misses", sa.Integer(), nullable=False),
        sa.Column("can", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("cannot", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("matched_by", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intakes")),
    )
    op.create_index(op.f("ix_intakes_retailer_id_number"), "intakes", ["retailer_id", "number"], unique=True)
    op.create_index(op.f("ix_intakes_retailer_id_digest"), "intakes", ["retailer_id", "digest"], unique=True)
    op.create_index(
        op.f("ix_intakes_retailer_id_state_created_at"), "intakes", ["retailer_id", "state", "created_at"], unique=False
    )
    op.create_table(
        "intake_links",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("retailer_id", sa.Uuid(), nullable=False),
        sa.Column("intake_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_intake_links")),
        info={"outside_rls": "read to learn which kept request a link opens"},
    )
    op.create_table(
        "uploads",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("retailer_id", sa.Uuid(), nullable=False),
        sa.Column("object_key", sa.Text(), nullable=False),
        sa.Column("kept_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
    )
    op.create_index(op.f("ix_uploads_retailer_id_object_key"), "uploads", ["retailer_id", "object_key"], unique=True)
    op.create_index(op.f("ix_photos_retailer_id_object_key"), "photos", ["retailer_id", "object_key"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_photos_retailer_id_object_key"), table_name="photos")
    op.drop_table("uploads")
    op.drop_table("intake_links")
    op.drop_table("intakes")
