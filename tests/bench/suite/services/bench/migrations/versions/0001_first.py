"""The tables as the code knows them: a database of measurements lives for one run."""

from alembic import op
from services.bench.store import metadata

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table."""
    metadata.create_all(op.get_bind())


def downgrade() -> None:
    """Remove every table."""
    metadata.drop_all(op.get_bind())
