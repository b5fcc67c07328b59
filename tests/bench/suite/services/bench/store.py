"""Chains that count their hops: each hop is a lock, an update and the next fact."""

from uuid import UUID

from services.bench.bench import HoppedV1
from sqlalchemy import Column, Integer, Table, Uuid, insert, select, update

from libs.chassis.store import Store, tables, tenant_id
from libs.contracts.base import Envelope

metadata = tables("bench")
chains = Table(
    "chains",
    metadata,
    Column("id", Uuid, primary_key=True),
    tenant_id(),
    Column("hops", Integer, nullable=False),
)


class Chains(Store):
    service, metadata = "bench", metadata

    def hop(self, fact: Envelope[HoppedV1]) -> None:
        """Count one hop, and state the next while some are left."""
        with self.unit(fact) as unit:
            if unit.seen:
                return
            mine = chains.c.id == fact.data.chain_id
            hops = unit.db.execute(select(chains.c.hops).where(mine).with_for_update()).scalar_one()
            unit.db.execute(update(chains).where(mine).values(hops=hops + 1))
            if fact.data.hops:
                unit.announce(HoppedV1(chain_id=fact.data.chain_id, hops=fact.data.hops - 1))

    def begin(self, retailer_id: UUID, ids: list[UUID]) -> None:
        """Make chains without hops."""
        with self.unit(retailer_id=retailer_id) as unit:
            unit.db.execute(insert(chains), [{"id": id, "retailer_id": retailer_id, "hops": 0} for id in ids])
