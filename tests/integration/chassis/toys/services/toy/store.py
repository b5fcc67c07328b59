"""A table that counts how often each toy was poked, and what was done outside for it."""

from sqlalchemy import Column, Integer, Table, Text, Uuid, func
from sqlalchemy.dialects.postgresql import insert

from libs.chassis.store import Store, tables, tenant_id
from services.toy.toy import PokedV1

metadata = tables("toy")
toys = Table("toys", metadata, Column("id", Uuid, primary_key=True), tenant_id(), Column("pokes", Integer, nullable=False))
calls = Table("calls", metadata, Column("id", Integer, primary_key=True, autoincrement=True), tenant_id(),
              Column("subject", Uuid, nullable=False), Column("account", Text, nullable=False), Column("note", Text, nullable=False))


class Toys(Store):
    service, metadata = "toy", metadata

    def poke(self, fact):
        """Count the poke once, and pass it on while hops are left."""
        with self.unit(fact) as unit:
            if unit.seen:
                return
            unit.db.execute(insert(toys).values(id=fact.data.toy_id, retailer_id=unit.retailer_id, pokes=1).on_conflict_do_update(
                index_elements=["id"], set_={"pokes": toys.c.pokes + 1}))
            if fact.data.hops:
                unit.announce(PokedV1(toy_id=fact.data.toy_id, hops=fact.data.hops - 1))

    def note(self, retailer_id, subject, account, words):
        """Write what happened."""
        with self.unit(retailer_id=retailer_id) as unit:
            unit.db.execute(calls.insert().values(retailer_id=retailer_id, subject=subject, account=account, note=words))

    def pokes(self, retailer_id, toy_id):
        """How often it was poked."""
        with self.unit(retailer_id=retailer_id) as unit:
            return unit.db.execute(func.coalesce(toys.select().with_only_columns(toys.c.pokes).where(
                toys.c.id == toy_id).scalar_subquery(), 0).select()).scalar_one()
