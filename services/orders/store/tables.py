"""The tables of orders."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    false,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from libs.chassis import ledger
from libs.chassis.store import money, tables, tenant_id
from libs.contracts.values import CreditAs
from services.orders.domain.native import Source
from services.orders.domain.shops import ShopKind
from services.orders.domain.steps import Action, State
from services.orders.store.shop_tables import installs_of, shop_buckets_of

metadata = tables("orders")
shops = Table(
    "shops",
    metadata,
    Column("id", Uuid, primary_key=True),
    tenant_id(),
    Column("domain", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("prefix", Text, nullable=False),
    Column("suffix", Text, nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),
    Column("token", LargeBinary),
    Column("refresh_token", LargeBinary),
    Column("expires_at", DateTime(timezone=True)),
    Column("renewing_until", DateTime(timezone=True)),
    Column("installed", Boolean, nullable=False, server_default=false()),
    Column("connected_at", DateTime(timezone=True), nullable=False),
    Column("lost_at", DateTime(timezone=True)),
    Column("disconnected_at", DateTime(timezone=True)),
    Column("failed_at", DateTime(timezone=True)),
    Column("failed_words", Text),
    Column("kind", Text, nullable=False, server_default=ShopKind.SHOPIFY.value),
    UniqueConstraint("retailer_id", "domain"),
)
# A retailer has one shop at a time and a shop one retailer; a former shop stays, for its orders and settlements do.
_CONNECTED = shops.c.disconnected_at.is_(None)
Index("uq_shops_connected_retailer", shops.c.retailer_id, unique=True, postgresql_where=_CONNECTED)
Index("uq_shops_connected_domain", shops.c.domain, unique=True, postgresql_where=_CONNECTED)
shop_buckets = shop_buckets_of(metadata)
installs = installs_of(metadata)
orders = Table(
    "orders",
    metadata,
    Column("id", Uuid, primary_key=True),
    tenant_id(),
    Column("shop_id", Uuid, ForeignKey("shops.id"), nullable=False),
    Column("shop_order_id", Text, nullable=False),
    Column("number_key", Text),
    Column("email_key", LargeBinary),
    Column("proof_keys", ARRAY(LargeBinary), nullable=False, server_default="{}"),
    Column("known", JSONB, nullable=False),
    Column("view", JSONB),
    Column("heard_at", DateTime(timezone=True)),
    Column("read_at", DateTime(timezone=True)),
    Column("source", Text, nullable=False, server_default=Source.SHOP.value),
    Column("erased_as", Text),  # the pseudonym, once its buyer is erased
)
Index(None, orders.c.retailer_id, orders.c.number_key)
Index(None, orders.c.retailer_id, orders.c.email_key)
settlements = Table(
    "settlements",
    metadata,
    Column("id", Uuid, primary_key=True),
    tenant_id(),
    Column("shop_id", Uuid, ForeignKey("shops.id"), nullable=False),
    Column("return_id", Uuid, nullable=False),
    Column("order_id", Uuid),
    Column("action", Text, nullable=False),
    Column("part", Text, nullable=False),
    Column("key", Uuid, nullable=False),
    Column("state", Text, nullable=False),
    Column("asked", JSONB, nullable=False),
    Column("request", JSONB),
    Column("gift_card_code", LargeBinary),
    Column("reference", Text),
    Column("gave", Text),
    Column("last4", Text),
    *money("owed", nullable=True),
    Column("code", Text),
    Column("words", Text),
    Column("recorded_by", Text),
    Column("planned_at", DateTime(timezone=True), nullable=False),
    Column("sent_at", DateTime(timezone=True)),
    Column("ended_at", DateTime(timezone=True)),
    UniqueConstraint("retailer_id", "return_id", "action", "part"),
    CheckConstraint(f"action IN ({', '.join(repr(str(action)) for action in Action)})", name="action"),
    CheckConstraint(f"state IN ({', '.join(repr(str(state)) for state in State)})", name="state"),
)
Index(None, settlements.c.retailer_id, settlements.c.order_id)
# What store credit is at a retailer's shop, where it was said.
credit_settings = Table(
    "credit_settings",
    metadata,
    Column("retailer_id", Uuid, primary_key=True),
    Column("given_as", Text, nullable=False),
    CheckConstraint(f"given_as IN ({', '.join(repr(str(way)) for way in CreditAs)})", name="given_as"),
)
# One refund of the shop is the effect of one settlement.
Index(
    "uq_settlements_retailer_id_refund",
    settlements.c.retailer_id,
    settlements.c.reference,
    unique=True,
    postgresql_where=(settlements.c.action == Action.SETTLE.value) & (settlements.c.owed_amount > 0),
)
# A return line is in one settlement at a time, whatever groups it is asked in; a refused one lets it go.
settlement_lines = Table(
    "settlement_lines",
    metadata,
    Column("line_id", Uuid, primary_key=True),
    tenant_id(),
    Column("settlement_id", Uuid, ForeignKey("settlements.id"), nullable=False, index=True),
)
ledger_entries = Table(
    "ledger_entries",
    metadata,
    Column("id", Uuid, primary_key=True),
    tenant_id(),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("return_id", Uuid, nullable=False),
    Column("line_id", Uuid, nullable=False),
    Column("account", Text, nullable=False),
    *money("amount"),
    Column("effect_id", Uuid, nullable=False),
    Column("note", Text, nullable=False),
    *ledger.chain(),
    UniqueConstraint("retailer_id", "seq"),
    info={"grants": "SELECT, INSERT"},
)
Index(None, ledger_entries.c.retailer_id, ledger_entries.c.return_id)
