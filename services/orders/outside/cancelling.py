"""Orders that are cancelled at the shop: how the shop tells what was not sent of them, and the calls that cancel it."""

from collections.abc import Mapping
from dataclasses import dataclass

from libs.contracts.errors import Refused
from libs.contracts.values import Money
from services.orders.domain import money
from services.orders.domain.cancelling import BEING_PACKED, PAID, Call, Job, ShopRefunded, Standing, Unsent
from services.orders.domain.settlements import Payment, shares
from services.orders.outside.admin import AdminClient, JsonObject
from services.orders.outside.orders import VOID, presentment, sold

_PARTIAL = "RefundCreate"


@dataclass(frozen=True, slots=True)
class Offer:
    """What the shop itself would give back, and from which of the order's payments: its id, amount and gateway."""

    amount: Money
    payments: tuple[Payment, ...]
    gateways: Mapping[str, str]


class OrderGone(Refused):
    """The shop has this order no more."""

    def __init__(self) -> None:
        super().__init__("orders.not_found", "The shop has this order no more.")


def read_standing(client: AdminClient, shop_order_id: str) -> Standing:
    """How the order stands now. Raises OrderGone, Declined or a Transient."""
    order = client.ask("OrderToCancel", id=shop_order_id)["order"]
    if order is None:
        raise OrderGone()
    lines, page = list(order["lineItems"]["nodes"]), order["lineItems"]["pageInfo"]
    while page["hasNextPage"]:
        more = client.ask("OrderToCancel", id=shop_order_id, after=page["endCursor"])["order"]["lineItems"]
        lines, page = lines + more["nodes"], more["pageInfo"]
    sent = [parcel for parcel in order["fulfillments"] if parcel["status"] not in VOID]
    return Standing(
        lines=tuple(_unsent(line, net=not order["taxesIncluded"]) for line in lines),
        shipping=_shipping(order),
        is_cancelled=order["cancelledAt"] is not None,
        note=(order["cancellation"] or {}).get("staffNote") or "",
        is_paid=order["displayFinancialStatus"] in PAID,
        was_sent=bool(sent),
        is_packed=order["displayFulfillmentStatus"] in BEING_PACKED,
        has_returns=order["returnStatus"] != "NO_RETURN",
        refunds=tuple(
            ShopRefunded(refund["id"], presentment(refund["totalRefundedSet"]), refund["note"] or "")
            for refund in order["refunds"]
        ),
    )


def offer(client: AdminClient, shop_order_id: str, units: Mapping[str, int], *, is_whole: bool) -> Offer:
    """What the shop would give back for `units`, or for all that is left."""
    asked: JsonObject = {"whole": True} if is_whole else {"lines": _lines(units), "whole": False}
    told = client.ask("CancelPreview", id=shop_order_id, **asked)["order"]["suggestedRefund"]
    parts = [(part["parentTransaction"], part) for part in told["suggestedTransactions"]]
    paid = [(parent["id"], presentment(part["amountSet"])) for parent, part in parts if parent]
    gateways = {parent["id"]: part["gateway"] or "" for parent, part in parts if parent}
    return Offer(presentment(told["amountSet"]), tuple(each for each in paid if each[1].amount), gateways)


def calling(job: Job, offered: Offer) -> Call:
    """The call that cancels it, with its money."""
    if job.whole:
        return Call("OrderCancel", {"orderId": job.shop_order_id, "staffNote": job.note})
    drawn = shares(job.owed, offered.amount, offered.payments)
    asked = {
        "orderId": job.shop_order_id,
        "note": job.note,
        "notify": False,
        "currency": job.owed.currency,
        "refundLineItems": _lines(job.units),
        "transactions": [
            {
                "orderId": job.shop_order_id,
                "parentId": payment,
                "kind": "REFUND",
                "gateway": offered.gateways[payment],
                "amount": money.major(amount),
            }
            for payment, amount in drawn
        ],
    }
    return Call(_PARTIAL, {"input": asked, "key": str(job.key)})


def effect_in(call: Call, payload: JsonObject) -> tuple[str | None, str | None]:
    """The shop's id of the refund that was made, or of the job that cancels the order; neither where it is not clear."""
    if call.operation == _PARTIAL:
        return (payload["refund"] or {}).get("id"), None
    return None, (payload["job"] or {}).get("id")


def is_job_done(client: AdminClient, job_id: str) -> bool:
    """Whether the shop has run the job, to whatever end. One that it knows no more has run."""
    told = client.ask("CancelJob", id=job_id)["job"]
    return told is None or bool(told["done"])


def _lines(units: Mapping[str, int]) -> list[JsonObject]:
    """CANCEL puts units that were not sent back into stock where they are kept for the order."""
    return [{"lineItemId": id_, "quantity": count, "restockType": "CANCEL"} for id_, count in sorted(units.items())]


def _unsent(line: JsonObject, *, net: bool) -> Unsent:
    cost = sold(
        unit=presentment(line["originalUnitPriceSet"]),
        quantity=line["quantity"],
        discounts=[presentment(part["allocatedAmountSet"]) for part in line["discountAllocations"]],
        taxes=[presentment(tax["priceSet"]) for tax in line["taxLines"]] if net else [],
    )
    variant = f", {line['variantTitle']}" if line["variantTitle"] else ""
    return Unsent(
        shop_line_id=line["id"],
        title=f"{line['title']}{variant}",
        quantity=line["quantity"],
        unsent=min(line["unfulfilledQuantity"], line["refundableQuantity"]),
        gone=line["quantity"] - line["refundableQuantity"],
        paid=cost.paid,
    )


def _shipping(order: JsonObject) -> Money:
    """What is left of the postage, tax included."""
    given_back = presentment(order["totalRefundedShippingSet"])
    costs = [presentment(line["discountedPriceSet"]) for line in order["shippingLines"]["nodes"]]
    if not order["taxesIncluded"]:
        taxes = [tax["priceSet"] for line in order["shippingLines"]["nodes"] for tax in line["taxLines"]]
        costs += [presentment(tax) for tax in taxes]
    paid = money.total(costs, given_back.currency)
    return Money(amount=max(0, paid.amount - given_back.amount), currency=paid.currency)
