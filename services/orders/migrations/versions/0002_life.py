"""The steps that end a return early, and who recorded a settlement by hand."""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

BEFORE = "'open_return', 'attach_label', 'settle', 'close_return'"
NOW = "'open_return', 'attach_label', 'settle', 'release_units', 'close_return', 'reopen_return', 'cancel_return'"


def upgrade() -> None:
    op.add_column('settlements', sa.Column('recorded_by', sa.Text(), nullable=True))
    _allow(NOW)


def downgrade() -> None:
    _allow(BEFORE)
    op.drop_column('settlements', 'recorded_by')


def _allow(actions: str) -> None:
    op.drop_constraint(op.f('ck_settlements_action'), 'settlements', type_='check')
    op.create_check_constraint(op.f('ck_settlements_action'), 'settlements', f'action IN ({actions})')
