"""What a person's erasure leaves in portal: links to exports, and webhooks in the order in which their bodies are given up."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "person_links",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("retailer_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_person_links")),
    )
    kept = sa.text("body != ''")
    op.create_index("ix_deliveries_kept", "deliveries", ["retailer_id", "received_at"], postgresql_where=kept)


def downgrade() -> None:
    op.drop_index("ix_deliveries_kept", table_name="deliveries")
    op.drop_table("person_links")
