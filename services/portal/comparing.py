"""Whether the shop would give back for a return what the shopper is shown, asked as it is submitted."""

from uuid import UUID

from libs.chassis.errors import Failed, Unavailable
from libs.chassis.logs import log
from libs.chassis.rpc import ask
from libs.contracts.errors import Refused
from libs.contracts.orders import OrderV1
from libs.contracts.orders_quotes import QuoteReturnV1, UnitsToReturn
from libs.contracts.rules import DecideReturnV1, LineAsked
from services.portal.domain.returns import total
from services.portal.terms import units_before

AMOUNT = "amount"  # what holds a return until a person has decided: the shop would give back another amount
PATIENCE = 2.0  # seconds a shopper waits for it: the amount is compared again before anything is given


def differs(retailer_id: UUID, order: OrderV1, asked: DecideReturnV1) -> bool:
    """Whether a person must look, for the amounts are not the same to the minor unit. False where the shop does not say."""
    if not asked.lines:
        return False
    shown = total(line.paid for line in asked.lines)
    wanted = QuoteReturnV1(order_id=order.order_id, lines=tuple(_units(line) for line in asked.lines))
    try:
        found = ask(retailer_id, wanted, timeout=PATIENCE)
    except (Refused, Unavailable, Failed) as away:
        log.warning("portal.amount_not_compared", order_id=str(order.order_id), error=type(away).__name__)
        return False
    if found.worth is None or found.offered is None or found.worth == found.offered == shown:
        return False
    amounts = {"shown": shown.amount, "worth": found.worth.amount, "offered": found.offered.amount}
    log.warning("portal.amount_differs", order_id=str(order.order_id), currency=shown.currency, **amounts)
    return True


def _units(line: LineAsked) -> UnitsToReturn:
    return UnitsToReturn(line_id=line.line.id, quantity=line.quantity, before=units_before(line.line, line.quantity))
