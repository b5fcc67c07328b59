"""Gift cards, what was given in place of an exchange, and what a settlement leaves to be done."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BEFORE = "'open_return', 'attach_label', 'settle', 'release_units', 'close_return', 'reopen_return', 'cancel_return'"
NOW = (
    "'open_return', 'attach_label', 'settle', 'take_goods', 'give_bonus', 'drop_exchange', "
    "'release_units', 'close_return', 'reopen_return', 'cancel_return'"
)


def upgrade() -> None:
    op.add_column("settlements", sa.Column("gift_card_code", sa.LargeBinary(), nullable=True))
    op.add_column("settlements", sa.Column("gave", sa.Text(), nullable=True))
    op.add_column("settlements", sa.Column("last4", sa.Text(), nullable=True))
    _allow(NOW)
    op.create_table(
        "credit_settings",
        sa.Column("retailer_id", sa.Uuid(), nullable=False),
        sa.Column("given_as", sa.Text(), nullable=False),
        sa.CheckConstraint("given_as IN ('store_credit', 'gift_card')", name=op.f("ck_credit_settings_given_as")),
        sa.PrimaryKeyConstraint("retailer_id", name=op.f("pk_credit_settings")),
    )


def downgrade() -> None:
    op.drop_table("credit_settings")
    _allow(BEFORE)
    for name in ("last4", "gave", "gift_card_code"):
        op.drop_column("settlements", name)


def _allow(actions: str) -> None:
    op.drop_constraint(op.f("ck_settlements_action"), "settlements", type_="check")
    op.create_check_constraint(op.f("ck_settlements_action"), "settlements", f"action IN ({actions})")
