"""Whom a request about a person's data would be about, in numbers: told before anything is erased."""

from dataclasses import dataclass
from uuid import UUID

from libs.chassis.rpc import ask
from libs.contracts.orders_persons import FindPersonOrdersV1
from libs.contracts.portal_persons import FindPersonV1
from services.portal.store.erasing import Persons

WAIT = 5.0  # seconds for orders to answer


@dataclass(frozen=True, slots=True)
class Meant:
    """What there is of somebody; of `returns`, `open_returns` keep what they need until they end."""

    orders: int
    returns: int
    open_returns: int
    kept_requests: int


def meant_by(persons: Persons, retailer_id: UUID, email: str) -> Meant:
    """What there is of whoever has this address. Refused as `orders.nobody_meant`; raises Unavailable."""
    order_ids = ask(retailer_id, FindPersonOrdersV1(email=email), timeout=WAIT).order_ids
    found = persons.find(retailer_id, FindPersonV1(order_ids=order_ids, email=email))
    open_returns = sum(each.open for each in found.returns)
    return Meant(len(order_ids), len(found.returns), open_returns, len(found.intake_ids))
