"""Mails of the whole life of a return, and those of no return: what happened, what each mail tells, whom it is for."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
STATES = "state IN ('planned', 'sent', 'done', 'refused', 'overtaken')"
FORMER_STATES = "state IN ('planned', 'sent', 'done', 'refused')"
# What the mails made so far say of what happened. A mail on its way was made by a scan that was seen.
HAPPENED = """
INSERT INTO happenings (subject_id, retailer_id, what, about, first_at, last_at)
SELECT return_id, retailer_id, said.what, part, min(at), max(at)
FROM messages JOIN (VALUES
  ('return_submitted', 'submitted'), ('label_ready', 'labelled'), ('in_transit', 'scanned'), ('in_transit', 'moving'),
  ('arrived', 'arrived'), ('arrived', 'moving'), ('refunded', 'settled')) AS said (template, what) USING (template)
GROUP BY return_id, retailer_id, said.what, part"""


def upgrade() -> None:
    _create_happenings()
    op.create_table(
        "addressees",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("retailer_id", sa.Uuid(), nullable=False),
        sa.Column("contact", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_addressees")),
    )
    # Its owner moves the rows of every retailer at once; the isolation is forced again when the migration is done.
    op.execute("ALTER TABLE messages NO FORCE ROW LEVEL SECURITY")
    op.execute(HAPPENED)
    _upgrade_messages()


def _create_happenings() -> None:
    op.create_table(
        "happenings",
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("retailer_id", sa.Uuid(), nullable=False),
        sa.Column("first_at", MOMENT, nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("subject_id", "what", "about", name=op.f("pk_happenings")),
    )


def _upgrade_messages() -> None:
    op.add_column("messages", sa.Column("subject_id", sa.Uuid(), nullable=True))
    op.add_column("messages", sa.Column("about", sa.Text(), nullable=True))
    op.add_column("messages", sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.execute("UPDATE messages SET subject_id = return_id, about = part, details = '{}'")
    for name in ("subject_id", "about", "details"):
        op.alter_column("messages", name, nullable=False)
    op.alter_column("messages", "return_id", nullable=True)
    op.drop_constraint(op.f("uq_messages_retailer_id_return_id_template_part"), "messages")
    op.create_unique_constraint(
        op.f("uq_messages_retailer_id_subject_id_template_part"),
        "messages",
        ["retailer_id", "subject_id", "template", "part"],
    )
    op.drop_constraint(op.f("ck_messages_state"), "messages")
    op.create_check_constraint(op.f("ck_messages_state"), "messages", STATES)


def downgrade() -> None:
    op.execute("ALTER TABLE messages NO FORCE ROW LEVEL SECURITY")
    op.execute("DELETE FROM messages WHERE return_id IS NULL OR state = 'overtaken'")
    op.drop_constraint(op.f("ck_messages_state"), "messages")
    op.create_check_constraint(op.f("ck_messages_state"), "messages", FORMER_STATES)
    op.drop_constraint(op.f("uq_messages_retailer_id_subject_id_template_part"), "messages")
    op.create_unique_constraint(
        op.f("uq_messages_retailer_id_return_id_template_part"),
        "messages",
        ["retailer_id", "return_id", "template", "part"],
    )
    op.alter_column("messages", "return_id", nullable=False)
    for name in ("details", "about", "subject_id"):
        op.drop_column("messages", name)
    op.drop_table("addressees")
    op.drop_table("happenings")
