"""What the hub's pages need: which numbers are returns, and parcels in quarantine."""

from sqlalchemy import Column, LargeBinary, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from libs.chassis.store import OUTSIDE_RLS, tenant_id
from services.portal.store.tables.base import MOMENT, metadata

return_numbers = Table(
    "return_numbers",
    metadata,
    Column("digest", LargeBinary, primary_key=True),  # SHA-256 of the number
    Column("retailer_id", Uuid, primary_key=True),
    info={OUTSIDE_RLS: "tells a hub that a return is another retailer's; holds no number, and nothing of the return"},
)

quarantine = Table(  # parcels that nobody knows, as the hub set them aside; each is a task too
    "quarantine",
    metadata,
    Column("scan_id", Uuid, primary_key=True),
    tenant_id(),
    Column("words", Text),
    Column("photos", JSONB, nullable=False),
    Column("by", Text, nullable=False),
    Column("kept_at", MOMENT, nullable=False),
)
