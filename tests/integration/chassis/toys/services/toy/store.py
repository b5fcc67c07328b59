"""A table that counts how often each toy was poked, and what was done outside for it."""

import os

from services.toy.toy import PokedV1
from sqlalchemy import Column, Integer, Table, Text, Uuid, func, select
from sqlalchemy.dialects.postgresql import insert

from libs.chassis.store import Store, tables, tenant_id

metadata = tables("toy")
toys = Table(
    "toys",
    metadata,
    Column("id", Uuid, primary_key=True),
    tenant_id(),
    Column("pokes", Integer, nullable=False),
)
calls = Table(
    "calls",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    tenant_id(),
    Column("subject", Uuid, nullable=False),
    Column("account", Text, nullable=False),
    Column("process", Integer, nullable=False),
    Column("note", Text, nullable=False),
)


class Toys(Store):
    service, metadata = "toy", metadata

    def poke(self, fact):
        """Count the poke once, pass it on while hops are left, and plan a call when an account is named."""
        with self.unit(fact) as unit:
            if unit.seen:
                return
            unit.db.execute(
                insert(toys)
                .values(id=fact.data.toy_id, retailer_id=unit.retailer_id, pokes=1)
                .on_conflict_do_update(index_elements=["id"], set_={"pokes": toys.c.pokes + 1})
            )
            if fact.data.hops:
                unit.announce(PokedV1(toy_id=fact.data.toy_id, mood=fact.data.mood, hops=fact.data.hops - 1))
            if fact.data.account:
                unit.claim("calls", account=fact.data.account, subject=fact.data.toy_id)

    def note(self, claim, words):
        """Write what happened."""
        with self.unit(retailer_id=claim.retailer_id) as unit:
            unit.db.execute(
                calls.insert().values(
                    retailer_id=claim.retailer_id,
                    subject=claim.subject,
                    account=claim.account,
                    process=os.getpid(),
                    note=words,
                )
            )

    def notes(self, retailer_id, subject=None):
        """What happened, in its order: account, process and note."""
        with self.unit(retailer_id=retailer_id) as unit:
            mine = calls.c.subject == subject if subject else calls.c.id > 0
            return unit.db.execute(
                select(calls.c.account, calls.c.process, calls.c.note).where(mine).order_by(calls.c.id)
            ).all()

    def pokes(self, retailer_id, toy_id):
        """How often it was poked."""
        with self.unit(retailer_id=retailer_id) as unit:
            return unit.db.execute(select(toys.c.pokes).where(toys.c.id == toy_id)).scalar() or 0

    def all_pokes(self, retailer_id):
        """How many toys of the retailer were poked, and how often together."""
        with self.unit(retailer_id=retailer_id) as unit:
            return tuple(unit.db.execute(select(func.count(), func.coalesce(func.sum(toys.c.pokes), 0))).one())

    def wait(self, retailer_id, seconds):
        """Keep a transaction open for a while."""
        with self.unit(retailer_id=retailer_id) as unit:
            unit.db.exec_driver_sql("SELECT pg_sleep(%s)", (seconds,))
