"""Webhooks that an app asks a shop for. The refusal of plain http is recorded; that a topic is taken is our assumption."""

from typing import Any

from graphql import GraphQLResolveInfo

from deploy.sandbox.shopify.amounts import View
from deploy.sandbox.shopify.gid import gid, number_of
from deploy.sandbox.shopify.pages import page

_PATH = ["webhookSubscription", "callbackUrl"]


def _list(
    _: Any, info: GraphQLResolveInfo, topics: list[str] | None = None, uri: str | None = None, **cut: Any
) -> View:
    rows = info.context.store.memory.rows(
        "SELECT * FROM subscriptions WHERE shop = ? ORDER BY id", info.context.shop.domain
    )
    kept = [row for row in rows if (not topics or row["topic"] in topics) and (uri is None or row["uri"] == uri)]
    return page(kept, _view, **cut)


def _create(_: Any, info: GraphQLResolveInfo, topic: str, webhookSubscription: dict[str, Any]) -> View:
    store, shop, uri = info.context.store, info.context.shop.domain, webhookSubscription.get("uri") or ""
    with store.memory.change():
        if words := _refusal(store, shop, topic, uri):
            return {"webhookSubscription": None, "userErrors": [{"field": _PATH, "message": words}]}
        number = store.next_id("WebhookSubscription")
        store.memory.run(
            "INSERT INTO subscriptions (id, shop, topic, uri) VALUES (?, ?, ?, ?)", number, shop, topic, uri
        )
        row = store.memory.row("SELECT * FROM subscriptions WHERE id = ?", number)
    return {"webhookSubscription": _view(row), "userErrors": []}


def _refusal(store: Any, shop: str, topic: str, uri: str) -> str | None:
    if not uri:
        return "Address can't be blank"
    if not uri.startswith("https://"):
        return f"Address protocol {uri.partition('//')[0]}// is not supported"
    taken = "SELECT 1 FROM subscriptions WHERE shop = ? AND topic = ? AND uri = ?"
    return "Address for this topic has already been taken" if store.memory.row(taken, shop, topic, uri) else None


def _delete(_: Any, info: GraphQLResolveInfo, id: str) -> View:
    number, memory = number_of(id, "WebhookSubscription"), info.context.store.memory
    with memory.change():
        if (
            memory.row("SELECT 1 FROM subscriptions WHERE id = ? AND shop = ?", number, info.context.shop.domain)
            is None
        ):
            errors = [{"field": ["id"], "message": "Webhook subscription does not exist"}]
            return {"deletedWebhookSubscriptionId": None, "userErrors": errors}
        memory.run("DELETE FROM subscriptions WHERE id = ?", number)
    return {"deletedWebhookSubscriptionId": id, "userErrors": []}


def _view(row: Any) -> View:
    return {"id": gid("WebhookSubscription", row["id"]), "topic": row["topic"], "uri": row["uri"]}


QUERIES: dict[str, Any] = {"webhookSubscriptions": _list}
MUTATIONS: dict[str, Any] = {"webhookSubscriptionCreate": _create, "webhookSubscriptionDelete": _delete}
