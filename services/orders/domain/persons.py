"""Requests about a person's data: what is asked, until when, and when to look again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from libs.contracts.errors import Refused
from libs.contracts.orders_persons import PersonRequestKind

SHOPIFY = "shopify"  # who asks by a compliance webhook
WITHIN = timedelta(days=30)  # Shopify's privacy law compliance, and GDPR article 12: one month
WARNED = timedelta(days=5)  # before that, of a request that is not done
EXPORT_LIVES = timedelta(days=7)
STATED_AGAIN = timedelta(hours=1)  # for a service that holds something so long after it was told
AFTER_STATING = timedelta(seconds=2)  # the services are asked whether anything is left
LOOKS_AFTER = (timedelta(hours=1), timedelta(days=1), timedelta(days=30))  # once done: what came late goes too
_FIRST, _LONGEST = timedelta(seconds=5), timedelta(hours=1)
BATCH = 200  # orders of a shop that are erased at a time


class NobodyMeant(Refused):
    """No person can be told from what was given."""

    def __init__(self) -> None:
        super().__init__("orders.nobody_meant", "Give the email address of the person.")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came. `subject` tells it from others of its kind; `shop_order_ids` are the shop's own."""

    kind: PersonRequestKind
    by: str
    subject: str
    email: str | None = None
    shop_order_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pursued:
    """A request in hand, with the batch of orders that is looked at now, or with `everybody` all that is left of the retailer."""

    id: UUID
    retailer_id: UUID
    kind: PersonRequestKind
    order_ids: tuple[UUID, ...]
    email: str | None
    everybody: bool = False
    is_done: bool = False
    is_export_over: bool = False

    @property
    def pseudonym(self) -> str:
        """What stands in place of the name."""
        return pseudonym(self.id)


def pseudonym(request_id: UUID) -> str:
    """What stands in place of a name: made of the request's own random id, so of nothing of the person."""
    return f"erased {request_id.hex[-8:]}"


def next_look(ended_at: datetime, now: datetime) -> datetime | None:
    """When to look again at a request that is done; None after the last time."""
    return next((ended_at + after for after in LOOKS_AFTER if ended_at + after > now), None)


def again(looks: int) -> timedelta:
    """When to look at a request again that is not done."""
    return min(_LONGEST, _FIRST * 2 ** min(looks, 12))
