"""Which columns of orders tell who a person is, and what stays of them once the person is erased. The ledger stays."""

from typing import Any

from sqlalchemy import ColumnElement, true

from libs.chassis.personal import Holding, Rules, all_of, nothing, scrubbed, word
from libs.contracts.persons import PersonRefs
from services.orders.store.cancel_tables import cancellations
from services.orders.store.erased import OF_AN_ORDER
from services.orders.store.tables import orders, settlements


def _mark_of(note: Any, _pseudonym: str) -> Any:
    """The mark that a line's note begins with, by which it is found again, stays; the shopper's words do not."""
    return str(note).split(maxsplit=1)[0] if note else note


_ASKED: Rules = {"comment": word, "words": word}
_SENT: Rules = {"returnReasonNote": _mark_of, "customerNote": word, "comment": word}


def orders_of(who: PersonRefs) -> ColumnElement[bool]:
    """The orders that are meant."""
    return true() if who.everybody else orders.c.id.in_(who.order_ids)


def _settlements_of(who: PersonRefs) -> ColumnElement[bool]:
    return true() if who.everybody else settlements.c.return_id.in_(who.return_ids)


def _cancellations_of(who: PersonRefs) -> ColumnElement[bool]:
    return true() if who.everybody else cancellations.c.order_id.in_(who.order_ids)


HOLDINGS = (
    Holding(
        orders,
        orders_of,
        {
            "known": scrubbed(OF_AN_ORDER),
            "view": scrubbed(OF_AN_ORDER),
            "email_key": nothing,
            "proof_keys": all_of,
        },
        shown=("shop_order_id",),
    ),
    Holding(
        settlements,
        _settlements_of,
        {"asked": scrubbed(_ASKED), "request": scrubbed(_SENT), "words": word},
        shown=("return_id", "action", "state", "owed_amount", "owed_currency"),
    ),
    Holding(
        cancellations,
        _cancellations_of,
        {"lines": scrubbed(_ASKED), "request": scrubbed(_SENT), "words": word},
        shown=("number", "state"),
    ),
)
# Every other column, so that a new one cannot be forgotten: it is about the order, the goods or the retailer's own people.
IMPERSONAL: dict[str, str] = {
    "cancellations": (
        "id retailer_id shop_id order_id number key state whole owed_amount owed_currency shipping_amount "
        "shipping_currency job reference code recorded_by planned_at sent_at ended_at"
    ),
    "collections": "id retailer_id shop_id handle shop_collection_id read_at",
    "credit_settings": "retailer_id given_as",
    "installs": "state_hash retailer_id domain begun_by begun_at used_at",
    "ledger_entries": (
        "id retailer_id at return_id line_id account amount_amount amount_currency effect_id note seq prev_hash hash"
    ),
    "orders": "id retailer_id shop_id shop_order_id number_key heard_at read_at source erased_as",
    "person_requests": (
        "id retailer_id kind state by subject_key shop_id email order_ids return_ids intake_ids delivery_ids "
        "waiting_orders open_returns answered everybody orders returns looks received_at due_at stated_at "
        "stated warned_at late_at ended_at export_until"
    ),
    "product_collections": "id retailer_id shop_id handles read_at",
    "products": "id retailer_id shop_id updated_at told_at known",
    "scans": "shop_id kind retailer_id since after newest listed kept expected began_at ended_at",
    "settlement_lines": "line_id retailer_id settlement_id",
    "settlements": (
        "id retailer_id shop_id return_id order_id action part key state gift_card_code reference gave last4 "
        "owed_amount owed_currency code recorded_by planned_at sent_at ended_at"
    ),
    "shop_buckets": "shop_id retailer_id size available restore held measured_at",
    "shop_returns": "id retailer_id shop_order_id",
    "shops": (
        "id retailer_id domain currency prefix suffix scopes token refresh_token expires_at renewing_until "
        "installed connected_at lost_at disconnected_at failed_at failed_words kind"
    ),
    "webhook_checks": "shop_id retailer_id address missing words checked_at",
}
