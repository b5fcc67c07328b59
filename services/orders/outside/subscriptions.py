"""The webhook subscriptions of a shop, as the Admin API has them."""

from libs.chassis.outside import Declined
from services.orders.domain.subscriptions import Subscription, named
from services.orders.outside.admin import AdminClient

_TAKEN = "already been taken"  # it is there: another process, or a call whose answer was lost, has made it


def read_subscriptions(client: AdminClient) -> tuple[Subscription, ...]:
    """Those that were asked for by the API. Those of the app's own configuration are not told."""
    found: list[Subscription] = []
    after = None
    while True:
        page = client.ask("WebhookList", after=after)["webhookSubscriptions"]
        found += [Subscription(node["id"], node["topic"], node["uri"]) for node in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            return tuple(found)
        after = page["pageInfo"]["endCursor"]


def subscribe(client: AdminClient, topic: str, address: str) -> None:
    """Ask for one topic; nothing where it is there already. Raises Declined with the shop's words."""
    try:
        client.act("WebhookCreate", topic=named(topic), webhookSubscription={"uri": address})
    except Declined as no:
        if _TAKEN not in no.words:
            raise


def unsubscribe(client: AdminClient, id_: str) -> None:
    """End one. Raises Declined."""
    client.act("WebhookDelete", id=id_)
