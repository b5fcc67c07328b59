"""The four calls a return takes at the shop: how each is asked, and how its effect is recognised."""

from collections.abc import Callable
from dataclasses import dataclass

from libs.contracts.values import Money
from services.orders.domain import matching, money
from services.orders.domain.jobs import Job, Request
from services.orders.domain.matching import Effect, Finding, ProcessItem
from services.orders.domain.settlements import Action, AmountDiffers, NoPaymentToRefund, NoReturnAtShop
from services.orders.outside import returns
from services.orders.outside.admin import AdminClient, JsonObject
from services.orders.outside.orders import read_returnable


@dataclass(frozen=True, slots=True)
class Doing:
    """`ask` writes the request, `made` finds the effect in its answer, `found` finds it at the shop.

    `ask` raises Refused where asking would be wrong.
    """

    ask: Callable[[Job, AdminClient], Request]
    made: Callable[[Job, Request, JsonObject], Effect | Finding]
    found: Callable[[Job, Request, AdminClient], Effect | Finding]


def _ask_opening(job: Job, client: AdminClient) -> Request:
    left = read_returnable(client, job.shop_order_id)
    items = matching.allot(job.number, job.lines, shop_lines=job.shop_lines, left=left)
    known = returns.reasons(client)
    reasons = {
        matching.mark(job.number, place): returns.reason_id(known, line)
        for place, line in enumerate(job.lines, start=1)
    }
    return returns.opening(job.shop_order_id, items, [reasons[matching.mark_of(item.note)] for item in items])


def _opening_made(_job: Job, _request: Request, payload: JsonObject) -> Effect | Finding:
    return Effect(payload["return"]["id"]) if payload["return"] else Finding.UNCLEAR


def _opening_found(job: Job, request: Request, client: AdminClient) -> Effect | Finding:
    return matching.opened(returns.read_returns(client, job.shop_order_id), job.number, returns.opening_items(request))


def _ask_label(job: Job, client: AdminClient) -> Request:
    held = returns.read_return(client, job.shop_return_id)
    if not held.reverse_orders:
        raise NoReturnAtShop()
    return returns.labelling(held.reverse_orders[0], job.tracking_number)


def _label_made(_job: Job, _request: Request, payload: JsonObject) -> Effect | Finding:
    return Effect(payload["reverseDelivery"]["id"]) if payload["reverseDelivery"] else Finding.UNCLEAR


def _label_found(job: Job, _request: Request, client: AdminClient) -> Effect | Finding:
    return matching.labelled(returns.read_return(client, job.shop_return_id), job.tracking_number)


def _ask_settlement(job: Job, client: AdminClient) -> Request:
    held = returns.read_return(client, job.shop_return_id)
    items = matching.items_of(held, job.number, job.lines, job.places)
    payments = _payments(job.owed, items, job.shop_return_id, client) if job.owed.amount else ()
    return returns.processing(job.shop_return_id, items, payments, note=f"{job.number} {job.key}")


def _payments(
    owed: Money, items: tuple[ProcessItem, ...], return_id: str, client: AdminClient
) -> tuple[returns.Payment, ...]:
    """From which payments `owed` goes back. Raises AmountDiffers unless the shop would give exactly that."""
    offered = returns.outcome(client, return_id, items, owed.currency)
    if offered.amount != owed:
        raise AmountDiffers(owed, offered.amount)
    if money.total([amount for _, amount in offered.payments], owed.currency) != owed:
        raise NoPaymentToRefund(owed)
    return offered.payments


def _settlement_made(job: Job, request: Request, payload: JsonObject) -> Effect | Finding:
    if not payload["return"]:
        return Finding.UNCLEAR
    return matching.processed(
        returns.returned(payload["return"]),
        returns.processing_items(request),
        key=job.key,
        owed=job.owed,
        taken=job.taken,
    )


def _settlement_found(job: Job, request: Request, client: AdminClient) -> Effect | Finding:
    return _settlement_made(job, request, {"return": returns.read_raw(client, job.shop_return_id)})


def _ask_closing(job: Job, _client: AdminClient) -> Request:
    return returns.closing(job.shop_return_id)


def _closing_made(_job: Job, _request: Request, payload: JsonObject) -> Effect | Finding:
    return matching.closed(returns.returned(payload["return"])) if payload["return"] else Finding.UNCLEAR


def _closing_found(job: Job, _request: Request, client: AdminClient) -> Effect | Finding:
    return matching.closed(returns.read_return(client, job.shop_return_id))


DOING: dict[Action, Doing] = {
    Action.OPEN_RETURN: Doing(_ask_opening, _opening_made, _opening_found),
    Action.ATTACH_LABEL: Doing(_ask_label, _label_made, _label_found),
    Action.SETTLE: Doing(_ask_settlement, _settlement_made, _settlement_found),
    Action.CLOSE_RETURN: Doing(_ask_closing, _closing_made, _closing_found),
}
