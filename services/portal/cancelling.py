"""Cancelling an order that is not sent: what would be given back, and asking for it once, as it was shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from secrets import choice
from uuid import UUID

from libs.chassis.rpc import ask
from libs.chassis.secrets import Secrets
from libs.contracts.errors import Refused
from libs.contracts.orders import OrderV1
from libs.contracts.orders_cancelling import CancellationQuoteV1, QuoteCancellationV1, UnitsToCancel
from libs.contracts.values import Contact, Money
from services.portal.intake import ALPHABET, NUMBER_LENGTH, NUMBERS
from services.portal.store.cancelling import Cancellation, Cancellations, NumberTaken, Wish, status_link
from services.portal.store.people import Retailer

WAIT = 8.0  # seconds: the shop is asked twice, and a person waits for it


class AmountChanged(Refused):
    """What would be given back is not what was shown."""

    def __init__(self, now: CancellationQuoteV1) -> None:
        super().__init__("portal.amount_changed", "The amount has changed.")
        self.now = now


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for which units, under the form's own key; `shown` is the amount that they agreed to."""

    order_id: UUID
    units: Mapping[UUID, int]
    shown: Money
    contact: Contact
    key: str
    by: str
    reason: str | None = None


class Cancelling:
    """What the gateway asks of orders, and keeps, while somebody waits."""

    def __init__(self, kept: Cancellations, keyring: Secrets) -> None:
        self._kept, self._keyring = kept, keyring

    @staticmethod
    def quote(retailer_id: UUID, order_id: UUID, units: Mapping[UUID, int] | None = None) -> CancellationQuoteV1:
        """What would be given back for `units`, or for all that is not sent. Refused with a code that says why not."""
        lines = tuple(UnitsToCancel(line_id=line_id, quantity=count) for line_id, count in (units or {}).items())
        return ask(retailer_id, QuoteCancellationV1(order_id=order_id, lines=lines), timeout=WAIT)

    def request(self, retailer: Retailer, asked: Asked) -> Cancellation:
        """Ask for it once. Raises AmountChanged, CancellationUnderWay, or what the quote is refused as."""
        key = f"{asked.by} {asked.key}"
        token = self.token(retailer.id, key)
        if (made := self._kept.get(retailer.id, token=token)) is not None:
            return made
        quoted = self.quote(retailer.id, asked.order_id, asked.units)
        if quoted.amount != asked.shown:
            raise AmountChanged(quoted)
        wish = Wish(quoted, asked.contact, key, token, asked.by, asked.reason)
        for _ in range(NUMBERS):
            number = "C-" + "".join(choice(ALPHABET) for _ in range(NUMBER_LENGTH))
            try:
                url = self.page_of(retailer, key)
                return self._kept.ask(retailer.id, wish, number=number, status_url=url)
            except NumberTaken:
                continue  # two random numbers in 729 million met
        raise RuntimeError(f"{NUMBERS} random numbers in a row were in use")

    def page_of(self, retailer: Retailer, key: str) -> str:
        """The address of its page, for its shopper."""
        return retailer.look.portal_url + status_link(self.token(retailer.id, key))

    def token(self, retailer_id: UUID, key: str) -> str:
        """What opens its page: the same for the same form, and nobody guesses it."""
        return self._keyring.fingerprint(retailer_id, "portal.cancellations", key).hex()[:48]


def may_cancel(retailer: Retailer, order: OrderV1) -> bool:
    """Whether the retailer lets its shoppers cancel, and something of the order is not sent."""
    return retailer.may_cancel and not order.cancelled and any(line.unsent > 0 for line in order.lines)
