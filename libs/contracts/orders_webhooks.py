"""What orders answers of the webhooks that a shop is asked to send."""

from pydantic import AwareDatetime

from libs.contracts.base import Named, Request


class WebhooksV1(Named):
    """What the connected shop tells us of, as it was when it was last looked at.

    `wanted` and `missing` are topics as Shopify writes them, `by_app` those that only the app's own configuration can ask
    for. `words` say why some are missing.
    """

    wanted: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    by_app: tuple[str, ...] = ()
    has_address: bool = False
    words: str | None = None
    checked_at: AwareDatetime | None = None


class GetWebhooksV1(Request[WebhooksV1]):
    """What the connected shop tells us of; refused as `orders.no_shop`."""


class SaveWebhookAddressV1(Request[WebhooksV1]):
    """Have the connected shop send its webhooks to `address`, which is kept sealed; refused as `orders.no_shop`."""

    address: str
