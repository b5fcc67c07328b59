"""Links to the export of a person's data, by which whoever was mailed one may fetch it for a while."""

from sqlalchemy import Column, LargeBinary, Table, Uuid

from libs.chassis.store import OUTSIDE_RLS
from services.portal.store.tables.base import MOMENT, metadata

person_links = Table(
    "person_links",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("retailer_id", Uuid, nullable=False),
    Column("request_id", Uuid, nullable=False),
    Column("expires_at", MOMENT, nullable=False),
    info={OUTSIDE_RLS: "read to learn which export a link opens"},
)
