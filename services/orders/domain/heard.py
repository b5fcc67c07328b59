"""What a shop's webhooks say, told apart by what they are about."""

from dataclasses import dataclass

from services.orders.domain.orders import News


@dataclass(frozen=True, slots=True)
class Heard:
    """News of one of the shop's orders. There may be none in it: then the order is only read again.

    Some webhooks of a return name the return alone; others name both, and tell which order it is of.
    """

    shop_order_id: str | None
    news: tuple[News, ...] = ()
    shop_return_id: str | None = None
