"""What is known of a shopper from before: what a policy may look at beside the order itself."""

from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from sqlalchemy import func, select

from libs.chassis.store import Store
from libs.contracts.orders import OrderV1
from libs.contracts.rules import Circumstances
from services.portal.domain.states import CALLED_OFF
from services.portal.store.tables import metadata, returns


@dataclass(frozen=True, slots=True)
class Before:
    """What a decision rests on beside the lines: the circumstances, and which fees the order's returns have paid."""

    circumstances: Circumstances
    fees_taken: tuple[str, ...]


class Shoppers(Store):
    """Reads the returns of before; nothing is kept here."""

    service, metadata = "portal", metadata

    def before(self, retailer_id: UUID, order: OrderV1) -> Before:
        """What came before a return of `order`. A return that was called off counts for nothing."""
        email = order.contact.email.strip().lower()
        counted = returns.c.awaiting.not_in(CALLED_OFF)
        theirs = select(func.count()).where(returns.c.email == email, counted)
        fees = select(returns.c.decision["fees"]).where(returns.c.order_id == order.order_id, counted)
        fees = fees.where(returns.c.order_key == order.number.lower())  # there is an index on it
        with self.look(retailer_id) as db:
            count = db.execute(theirs).scalar_one() if email else None
            taken = {code for found in db.execute(fees).scalars() for code in found or ()}
        return Before(
            Circumstances(
                order_number=order.number,
                order_tags=order.tags,
                customer_tags=order.customer_tags,
                channel=order.channel,
                customer=sha256(email.encode()).hexdigest() if email else None,
                earlier_returns=count,
                earlier_orders=order.earlier_orders,
            ),
            tuple(sorted(taken)),
        )
