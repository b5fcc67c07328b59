"""The tables of the connection to a shop besides the shop itself: its bucket of points, and installs under way."""

from sqlalchemy import Column, DateTime, Float, ForeignKey, LargeBinary, MetaData, Table, Text, Uuid

from libs.chassis.store import tenant_id


def shop_buckets_of(metadata: MetaData) -> Table:
    """How many points of its API a shop has left for us, one row a shop. `measured_at` is the database's own time."""
    return Table(
        "shop_buckets",
        metadata,
        Column("shop_id", Uuid, ForeignKey("shops.id"), primary_key=True),
        tenant_id(),
        Column("size", Float, nullable=False),
        Column("available", Float, nullable=False),
        Column("restore", Float, nullable=False),
        Column("held", Float, nullable=False),
        Column("measured_at", DateTime(timezone=True), nullable=False),
    )


def installs_of(metadata: MetaData) -> Table:
    """Installs that were begun: the state that the shop must bring back, as a hash, and who may come with it."""
    return Table(
        "installs",
        metadata,
        Column("state_hash", LargeBinary, primary_key=True),
        tenant_id(),
        Column("domain", Text, nullable=False),
        Column("begun_by", Text, nullable=False),
        Column("begun_at", DateTime(timezone=True), nullable=False),
        Column("used_at", DateTime(timezone=True)),
    )
