"""Planning the reading of a shop's orders, together with its connection."""

from dataclasses import fields
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from libs.chassis.store import Unit
from services.orders.domain.scans import Kind, Scan, first
from services.orders.store.scan_tables import scans

WEBHOOKS = "webhooks"  # the work that looks whether the shop tells us all
WORKS = {Kind.IMPORT: "imports", Kind.SWEEP: "sweeps"}  # the work that reads the pages
FIELDS = [field.name for field in fields(Scan) if field.name != "kind"]


def plan(unit: Unit, shop_id: UUID, domain: str) -> None:
    """Have the orders of a shop that is connected now imported, once, and swept from now on.

    Connected again, the sweep goes on from where it was.
    """
    for kind, work in WORKS.items():
        told = {"shop_id": shop_id, "kind": kind.value, "retailer_id": unit.retailer_id}
        fresh = insert(scans).values(told | values_of(first(kind, unit.now)))
        unit.db.execute(fresh.on_conflict_do_nothing())
        unit.claim(work, account=domain, subject=shop_id)
    unit.claim(WEBHOOKS, account=domain, subject=shop_id)


def values_of(scan: Scan) -> dict[str, Any]:
    """A scan as its row holds it, without its kind."""
    return {name: getattr(scan, name) for name in FIELDS}
