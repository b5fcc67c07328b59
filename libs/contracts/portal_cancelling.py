"""What portal states of orders that are cancelled before they are sent."""

from uuid import UUID

from libs.contracts.base import Message
from libs.contracts.values import Contact, Money, UnsentLine


class CancellationRequestedV1(Message):
    """Somebody asked for an order, or a part of it, to be cancelled before it is sent, and was shown `amount`.

    `whole`: nothing is left of the order, and `shipping` is given back too. `by` is `shopper`, or who acted for them.
    """

    cancellation_id: UUID
    number: str
    order_id: UUID
    order_number: str
    contact: Contact
    lines: tuple[UnsentLine, ...]
    whole: bool
    shipping: Money
    amount: Money
    reason: str | None = None
    by: str
    status_url: str


class CancellationClosedV1(Message):
    """It is over: `cancelled`, or not, and then `words` say why. `late`: it was sent in between, and may be returned."""

    cancellation_id: UUID
    number: str
    order_number: str
    contact: Contact
    lines: tuple[UnsentLine, ...]
    amount: Money
    cancelled: bool
    late: bool = False
    words: str | None = None
    status_url: str
