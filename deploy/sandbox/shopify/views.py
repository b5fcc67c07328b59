"""Orders as GraphQL shows them: dictionaries for the default resolver, with a function where a part is seldom asked."""

from deploy.sandbox.shopify.amounts import View, bag
from deploy.sandbox.shopify.catalogue import SHOPS, Shop
from deploy.sandbox.shopify.gid import gid
from deploy.sandbox.shopify.line_views import discount_views, fulfillment_line_view, line_view
from deploy.sandbox.shopify.orders import (
    TEXT_OF_GATEWAY,
    Fulfillment,
    Order,
    Refund,
    Status,
    Transaction,
)

BEHIND = "__behind"  # what a view was made from, for resolvers that go on from there


def shop_view(shop: Shop) -> View:
    """The shop."""
    return {
        "id": gid("Shop", shop.id),
        "name": shop.name,
        "myshopifyDomain": shop.domain,
        "currencyCode": shop.currency,
        "ianaTimezone": shop.timezone,
        "orderNumberFormatPrefix": shop.prefix,
        "orderNumberFormatSuffix": "",
        "plan": {"publicDisplayName": "Basic", "shopifyPlus": False, "partnerDevelopment": True},
    }


def installation_view(shop: Shop) -> View:
    """Our app as this shop installed it."""
    return {
        "id": gid("AppInstallation", shop.id),
        "app": {"id": gid("App", 1), "handle": "homeward"},
        "accessScopes": [{"handle": scope} for scope in shop.scopes],
    }


def order_view(order: Order) -> View:
    """An order, whole."""
    return {
        **_order_itself(order),
        **_order_states(order),
        **_order_money(order),
        "lineItems": lambda _: [line_view(order, line) for line in order.lines],
        "shippingLines": lambda _: [_postage(order)],
        "fulfillments": lambda _: [_fulfillment(order, one) for one in order.fulfillments],
        "transactions": lambda _: [transaction_view(order, one) for one in order.transactions],
        "refunds": lambda _: [refund_view(order, one) for one in order.refunds],
        BEHIND: order,
    }


def _order_itself(order: Order) -> View:
    address = _address(order)
    return {
        "id": gid("Order", order.id),
        "legacyResourceId": str(order.id),
        "name": order.name,
        "confirmationNumber": f"{order.id:X}"[-9:],
        "email": order.email,
        "phone": order.phone,
        "note": None,
        "tags": order.tags,
        "test": False,
        "createdAt": order.created_at,
        "processedAt": order.created_at,
        "cancelledAt": order.cancelled_at,
        "cancellation": {"staffNote": order.staff_note} if order.cancelled_at else None,
        "sourceName": order.source,
        "closedAt": None,
        "updatedAt": order.updated_at,
        "customerLocale": order.locale,
        "customer": {"id": gid("Customer", order.customer_id), "tags": order.customer_tags},
        "shippingAddress": address,
        "billingAddress": address | ({"zip": order.billed_to} if order.billed_to else {}),
        "metafield": None,
    }


def _order_states(order: Order) -> View:
    return {
        "displayFinancialStatus": financial_status(order),
        "displayFulfillmentStatus": _fulfillment_status(order),
        "returnStatus": _return_status(order),
        "refundable": order.refunded < order.received,
        "paymentGatewayNames": [TEXT_OF_GATEWAY["shopify_payments"]],
        "discountCodes": [order.discount_code] if order.discount_code else [],
        "discountApplications": discount_views(order),
    }


def _order_money(order: Order) -> View:
    return {
        "currencyCode": SHOPS[order.shop].currency,
        "presentmentCurrencyCode": order.currency,
        "taxesIncluded": True,
        "dutiesIncluded": False,
        "totalPriceSet": bag(order, order.total),
        "totalReceivedSet": bag(order, order.received),
        "totalRefundedSet": bag(order, order.refunded),
        "totalShippingPriceSet": bag(order, order.postage),
        "totalRefundedShippingSet": bag(order, sum(refund.shipping for refund in order.refunds)),
        "netPaymentSet": bag(order, order.received - order.refunded),
        "refundDiscrepancySet": bag(order, 0),
    }


def _fulfillment_status(order: Order) -> str:
    if not order.fulfillments:
        return "UNFULFILLED"
    return "PARTIALLY_FULFILLED" if any(order.unsent(line) for line in order.lines) else "FULFILLED"


def financial_status(order: Order) -> str:
    """Whether the money was given back, in part, or not."""
    if not order.refunded:
        return "PAID"
    return "REFUNDED" if order.refunded >= order.received else "PARTIALLY_REFUNDED"


def _return_status(order: Order) -> str:
    """Shopify's ranking: an open return wins over a closed one, and a cancelled one counts for nothing."""
    statuses = {one.status for one in order.returns}
    return "IN_PROGRESS" if Status.OPEN in statuses else "RETURNED" if Status.CLOSED in statuses else "NO_RETURN"


def _address(order: Order) -> View:
    address = order.address
    return {
        "id": gid("MailingAddress", address.id),
        "name": f"{address.first_name} {address.last_name}".strip(),
        "firstName": address.first_name,
        "lastName": address.last_name,
        "company": None,
        "address1": address.line1,
        "address2": None,
        "city": address.city,
        "provinceCode": address.province_code,
        "zip": address.zip,
        "countryCodeV2": address.country,
        "phone": None,
    }


def _fulfillment(order: Order, parcel: Fulfillment) -> View:
    shop = SHOPS[order.shop]
    delivered, moving = parcel.at("delivered"), parcel.at("in_transit")
    return {
        "id": gid("Fulfillment", parcel.id),
        "name": f"{order.name}-F{order.fulfillments.index(parcel) + 1}",
        "status": "SUCCESS",
        "displayStatus": "DELIVERED" if delivered else "IN_TRANSIT" if moving else "FULFILLED",
        "createdAt": parcel.created_at,
        "updatedAt": parcel.updated_at,
        "inTransitAt": moving,
        "estimatedDeliveryAt": None,
        "deliveredAt": delivered,
        "requiresShipping": True,
        "location": {"id": gid("Location", shop.location_id), "name": shop.hub},
        "trackingInfo": [{"company": "Sandbox Post", "number": parcel.tracking_number, "url": None}],
        "fulfillmentLineItems": lambda _: [fulfillment_line_view(order, line) for line in parcel.lines],
    }


def _postage(order: Order) -> View:
    return {
        "id": gid("ShippingLine", order.postage_line_id),
        "title": "Standard delivery",
        "discountedPriceSet": bag(order, order.postage),
        "taxLines": [
            {
                "title": order.vat_title,
                "rate": order.vat_percent / 100,
                "priceSet": bag(order, order.vat(order.postage)),
            }
        ],
    }


def returnable_view(order: Order, parcel: Fulfillment) -> View:
    """A parcel as far as it can still come back; empty of lines when nothing can."""
    lines = [(line, order.returnable(line)) for line in parcel.lines]
    return {
        "id": gid("ReturnableFulfillment", parcel.id),
        "fulfillment": lambda _: _fulfillment(order, parcel),
        "returnableFulfillmentLineItems": [
            {"quantity": quantity, "fulfillmentLineItem": fulfillment_line_view(order, line)}
            for line, quantity in lines
            if quantity
        ],
    }


def transaction_view(order: Order, one: Transaction) -> View:
    """Money that moved."""
    parent = order.transaction(one.parent_id) if one.parent_id else None
    return {
        "id": gid("OrderTransaction", one.id),
        "kind": one.kind.value,
        "status": "SUCCESS",
        "gateway": one.gateway,
        "formattedGateway": TEXT_OF_GATEWAY[one.gateway],
        "manualPaymentGateway": False,
        "test": False,
        "processedAt": one.processed_at,
        "amountSet": bag(order, one.amount),
        "parentTransaction": transaction_view(order, parent) if parent else None,
    }


def refund_view(order: Order, refund: Refund) -> View:
    """Money given back, and the return it was given for."""
    return {
        "id": gid("Refund", refund.id),
        "createdAt": refund.created_at,
        "processedAt": refund.created_at,
        "note": refund.note,
        "totalRefundedSet": bag(order, refund.amount),
        BEHIND: (order, order.return_of(refund.return_id) if refund.return_id else None),
    }
