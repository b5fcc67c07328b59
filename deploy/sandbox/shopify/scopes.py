"""Which access scopes the shop wants for what is asked of it, as Shopify declares them (`tests/contracts` compares).

A type's scopes are wanted wherever one of its objects is told; of several in one group any is enough, and every group is wanted.
A scope to write is one to read as well. `refundCreate` and the webhooks' mutations have none declared: the first is held to
`write_orders`, which is our assumption.
"""

from collections.abc import Callable, Iterable
from typing import Any

from graphql import (
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    default_field_resolver,
    get_named_type,
)

Group = tuple[str, ...]
_DOCUMENTATION = "https://shopify.dev/api/usage/access-scopes"
_ORDERS = ("read_orders", "read_marketplace_orders")
_RETURNS = ("read_returns", "read_marketplace_returns")
_MAKE_RETURNS = ("write_returns", "write_marketplace_returns")
_PARCELS = (
    *_ORDERS,
    "read_assigned_fulfillment_orders",
    "read_merchant_managed_fulfillment_orders",
    "read_third_party_fulfillment_orders",
    "read_marketplace_fulfillment_orders",
)
_FILES = ("read_files", "read_themes", "read_orders", "read_draft_orders", "read_images", "read_quick_sale")
_PLACES = ("read_locations", "read_inventory", "read_markets_home")

WANTED: dict[str, tuple[Group, ...]] = {
    **dict.fromkeys(
        (
            "FulfillmentLineItem",
            "LineItem",
            "OrderCancelUserError",
            "OrderTransaction",
            "QueryRoot.ordersCount",
            "Refund",
            "ShippingRefund",
            "SuggestedOrderTransaction",
            "SuggestedRefund",
            "SuggestedRefundMethod",
            "SuggestedStoreCreditRefund",
        ),
        (_ORDERS,),
    ),
    **dict.fromkeys(
        (
            "InvoiceReturnOutcome",
            "QueryRoot.return",
            "RefundReturnOutcome",
            "RestockingFee",
            "Return",
            "ReturnDecline",
            "ReturnLineItem",
            "ReturnLineItemType",
            "ReturnOutcomeFinancialTransfer",
            "ReturnShippingFee",
            "ReverseDelivery",
            "ReverseDeliveryDeliverable",
            "ReverseDeliveryLabelV2",
            "ReverseDeliveryLineItem",
            "ReverseDeliveryShippingDeliverable",
            "ReverseDeliveryTrackingV2",
            "ReverseFulfillmentOrder",
            "ReverseFulfillmentOrderDisposition",
            "ReverseFulfillmentOrderLineItem",
            "SuggestedReturnFinancialOutcome",
        ),
        (_RETURNS,),
    ),
    **dict.fromkeys(
        (
            "Mutation.returnCancel",
            "Mutation.returnClose",
            "Mutation.returnCreate",
            "Mutation.returnProcess",
            "Mutation.returnReopen",
            "Mutation.reverseDeliveryCreateWithShipping",
        ),
        (_MAKE_RETURNS,),
    ),
    **dict.fromkeys(("Mutation.removeFromReturn", "Mutation.reverseDeliveryShippingUpdate"), (("write_returns",),)),
    **dict.fromkeys(
        ("ExchangeLineItem", "QueryRoot.returnReasonDefinitions", "ReturnReasonDefinition"), (("read_returns",),)
    ),
    **dict.fromkeys(("LineItemGroup", "LineItemSellingPlan", "OrderCancellation"), (("read_orders",),)),
    **dict.fromkeys(("Fulfillment", "FulfillmentTrackingInfo"), (_PARCELS,)),
    **dict.fromkeys(
        (
            "Collection",
            "Product",
            "ProductVariant",
            "ProductVariantContextualPricing",
            "QueryRoot.collectionByIdentifier",
        ),
        (("read_products",),),
    ),
    **dict.fromkeys(("InventoryItem", "InventoryItemMeasurement"), (("read_inventory", "read_products"),)),
    **dict.fromkeys(("Media", "MediaImage"), (("read_products", *_FILES),)),
    **dict.fromkeys(("GiftCard", "GiftCardUserError", "QueryRoot.giftCards"), (("read_gift_cards",),)),
    **dict.fromkeys(
        ("StoreCreditAccountCreditTransaction", "StoreCreditAccountTransaction"),
        (("read_store_credit_account_transactions",),),
    ),
    **dict.fromkeys(("Location", "Location.id"), (_PLACES,)),
    "Customer": (("read_customers",),),
    "Fee": (("read_returns",), _ORDERS),
    "Location.name": (("read_locations", "read_markets_home"),),
    "MediaPreviewImage": (("read_products", "read_files", "read_images"),),
    "Mutation.giftCardCreate": (("write_gift_cards",),),
    "Mutation.orderCancel": (("write_orders", "write_marketplace_orders"),),
    "Mutation.storeCreditAccountCredit": (("write_store_credit_account_transactions",),),
    "Order": ((*_ORDERS, "read_quick_sale"),),
    "ReturnableFulfillment": (_ORDERS, ("read_returns",)),
    "ReturnableFulfillmentLineItem": (("read_orders",), _RETURNS),
    "StoreCreditAccount": (("read_store_credit_accounts",),),
}
ASSUMED: dict[str, tuple[Group, ...]] = {"Mutation.refundCreate": (("write_orders",),)}


def guard(schema: GraphQLSchema) -> None:
    """Have every field of `schema` that needs a scope look for it first."""
    for type_ in schema.type_map.values():
        if isinstance(type_, GraphQLObjectType) and not type_.name.startswith("__"):
            for name, field in type_.fields.items():
                if groups := _wanted(type_.name, name, field):
                    field.resolve = _guarded(name, groups, field.resolve)


def may(scopes: Iterable[str], groups: Iterable[Group]) -> bool:
    """Whether a token with `scopes` has one of every group."""
    held = set(scopes)
    held |= {scope.replace("write_", "read_", 1) for scope in held}
    return all(held.intersection(group) for group in groups)


def _wanted(owner: str, name: str, field: GraphQLField) -> tuple[Group, ...]:
    """What a field wants: its own scopes and its objects', less what whoever has its owner shows anyway."""
    told = get_named_type(field.type).name
    groups = (*WANTED.get(f"{owner}.{name}", ASSUMED.get(f"{owner}.{name}", ())), *WANTED.get(told, ()))
    shown = WANTED.get(owner, ())
    return tuple(dict.fromkeys(group for group in groups if group not in shown))


def _guarded(name: str, groups: tuple[Group, ...], resolve: Callable[..., Any] | None) -> Callable[..., Any]:
    ask = resolve or default_field_resolver

    def look_first(source: Any, info: GraphQLResolveInfo, **args: Any) -> Any:
        if not may(info.context.shop.scopes, groups):
            raise _denied(name, groups)
        return ask(source, info, **args)

    return look_first


def _denied(name: str, groups: tuple[Group, ...]) -> GraphQLError:
    first, *more = (_spoken(group) for group in groups)
    wanted = f"{first}." + "".join(f" Also: Requires the {each}." for each in more)
    facts = {"code": "ACCESS_DENIED", "documentation": _DOCUMENTATION, "requiredAccess": wanted}
    return GraphQLError(f"Access denied for {name} field. Required access: {wanted}", extensions=facts)


def _spoken(group: Group) -> str:
    *others, last = (f"`{scope}` access scope" for scope in group)
    return f"{', '.join(others)} or {last}" if others else last
