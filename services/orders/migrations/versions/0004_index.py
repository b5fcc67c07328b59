"""How far the reading of a shop's orders is, its products, and which order a return is of."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        'scans',
        sa.Column('shop_id', sa.Uuid(), nullable=False),
        sa.Column('kind', sa.Text(), nullable=False),
        sa.Column('retailer_id', sa.Uuid(), nullable=False),
        sa.Column('since', MOMENT, nullable=False),
        sa.Column('after', sa.Text(), nullable=True),
        sa.Column('newest', MOMENT, nullable=True),
        sa.Column('listed', sa.Integer(), nullable=False),
        sa.Column('kept', sa.Integer(), nullable=False),
        sa.Column('expected', sa.Integer(), nullable=True),
        sa.Column('began_at', MOMENT, nullable=True),
        sa.Column('ended_at', MOMENT, nullable=True),
        sa.CheckConstraint("kind IN ('import', 'sweep')", name=op.f('ck_scans_kind')),
        sa.ForeignKeyConstraint(['shop_id'], ['shops.id'], name=op.f('fk_scans_shop_id_shops')),
        sa.PrimaryKeyConstraint('shop_id', 'kind', name=op.f('pk_scans')),
    )
    op.create_table(
        'products',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('retailer_id', sa.Uuid(), nullable=False),
        sa.Column('shop_id', sa.Uuid(), nullable=False),
        sa.Column('updated_at', MOMENT, nullable=False),
        sa.Column('told_at', MOMENT, nullable=False),
        sa.Column('known', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(['shop_id'], ['shops.id'], name=op.f('fk_products_shop_id_shops')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_products')),
    )
    op.create_table(
        'shop_returns',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('retailer_id', sa.Uuid(), nullable=False),
        sa.Column('shop_order_id', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_shop_returns')),
    )


def downgrade() -> None:
    op.drop_table('shop_returns')
    op.drop_table('products')
    op.drop_table('scans')
