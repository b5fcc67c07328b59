"""What reports are made from: one row a return and one a line, folded from the facts and rebuilt from them alone."""

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text, Uuid

from libs.chassis.store import tenant_id
from services.portal.store.tables.base import MOMENT, metadata

report_returns = Table(
    "report_returns",
    metadata,
    Column("return_id", Uuid, primary_key=True),
    tenant_id(),
    Column("number", Text, nullable=False),
    Column("kind", Text, nullable=False, server_default="return"),
    Column("order_id", Uuid, nullable=False),
    Column("country", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("policy_version", Integer, nullable=False),
    Column("lines", Integer, nullable=False),
    Column("units", Integer, nullable=False),
    Column("currency", Text, nullable=False),
    Column("owed_amount", BigInteger, nullable=False),
    Column("paid_amount", BigInteger, nullable=False, server_default="0"),
    Column("fee_amount", BigInteger),
    Column("label", Text),
    Column("outcome", Text),
    Column("submitted_at", MOMENT, nullable=False),
    Column("held_at", MOMENT),
    Column("approved_at", MOMENT),
    Column("fee_paid_at", MOMENT),
    Column("label_at", MOMENT),
    Column("first_scan_at", MOMENT),
    Column("hub_scan_at", MOMENT),
    Column("inspected_at", MOMENT),
    Column("settled_at", MOMENT),
    Column("ended_at", MOMENT),
)
Index(None, report_returns.c.retailer_id, report_returns.c.submitted_at)

report_lines = Table(
    "report_lines",
    metadata,
    Column("line_id", Uuid, primary_key=True),
    tenant_id(),
    Column("return_id", Uuid, nullable=False, index=True),
    Column("order_line_id", Uuid, nullable=False),
    Column("sku", Text),
    Column("title", Text, nullable=False),
    Column("variant", Text),
    Column("reason", Text, nullable=False),
    Column("sub_reason", Text),
    Column("resolution", Text, nullable=False),
    Column("given", Text),
    Column("quantity", Integer, nullable=False),
    Column("arrived", Integer),
    Column("condition", Text),
    Column("currency", Text, nullable=False),
    Column("owed_amount", BigInteger, nullable=False),
    Column("asked_amount", BigInteger),
    Column("paid_amount", BigInteger, nullable=False, server_default="0"),
    Column("submitted_at", MOMENT, nullable=False),
    Column("settled_at", MOMENT),
)
Index(None, report_lines.c.retailer_id, report_lines.c.submitted_at)
Index(None, report_lines.c.retailer_id, report_lines.c.sku)
