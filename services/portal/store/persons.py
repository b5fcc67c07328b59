"""Which columns of portal tell who a person is, and what stays of them once the person is erased. Reports stay as they are."""

import re
from typing import Any

from sqlalchemy import ColumnElement, Select, Uuid, and_, cast, exists, false, func, or_, select, true

from libs.chassis.personal import (
    ADDRESS,
    CONTACT,
    Holding,
    Rules,
    all_of,
    empty,
    nothing,
    scrubbed,
    word,
)
from libs.contracts.persons import PersonRefs
from services.portal.store.ingress import BODIES
from services.portal.store.tables import (
    cancellations,
    deliveries,
    facts,
    idempotency_keys,
    intake_links,
    intakes,
    link_tokens,
    photos,
    quarantine,
    return_lines,
    returns,
    review_links,
    sessions,
    tasks,
    tracking_numbers,
    uploads,
)

_WRITTEN: Rules = {  # what people wrote, and the addresses that open a shopper's page
    "comment": word,
    "words": word,
    "sent_with": word,
    "answer": word,
    "found": word,
    "description": word,
    "contact": CONTACT,
    "address": ADDRESS,
    "sender": ADDRESS,
    "customer": nothing,
    "customer_tags": all_of,
    "status_url": empty,
    "answer_url": empty,
    "status": empty,
}
_NUMBER = re.compile(r"[0-9]{5,}$")  # of a shop's own id: what webhooks call an order by


def returns_of(who: PersonRefs) -> ColumnElement[bool]:
    """The returns that are meant."""
    return true() if who.everybody else returns.c.id.in_(who.return_ids)


def intakes_of(who: PersonRefs) -> ColumnElement[bool]:
    """The kept requests that are meant."""
    return true() if who.everybody else intakes.c.id.in_(who.intake_ids)


def lines_of(who: PersonRefs) -> ColumnElement[bool]:
    """The lines of those returns."""
    return true() if who.everybody else return_lines.c.return_id.in_(who.return_ids)


def photos_of(who: PersonRefs) -> ColumnElement[bool]:
    """The photos of those lines."""
    return photos.c.return_line_id.in_(select(return_lines.c.id).where(lines_of(who)))


def quarantine_of(who: PersonRefs) -> ColumnElement[bool]:
    """Parcels that nobody knows, with photos of their labels: nobody can say whose, but all of a shop's go with it."""
    return true() if who.everybody else false()


def _cancellations_of(who: PersonRefs) -> ColumnElement[bool]:
    """Orders called off before they were sent; their ids are among those of the returns."""
    return true() if who.everybody else cancellations.c.id.in_(who.return_ids)


def _facts_of(who: PersonRefs) -> ColumnElement[bool]:
    return true() if who.everybody else facts.c.return_id.in_(who.return_ids)


def _tasks_of(who: PersonRefs) -> ColumnElement[bool]:
    kept = tasks.c.subject.in_([str(intake_id) for intake_id in who.intake_ids])
    return true() if who.everybody else or_(tasks.c.return_id.in_(who.return_ids), kept)


def _sessions_of(who: PersonRefs) -> ColumnElement[bool]:
    shoppers = and_(_of_the_retailer(sessions), sessions.c.kind == "shopper")
    return shoppers if who.everybody else and_(shoppers, sessions.c.subject.in_(who.order_ids))


def _links_of(table: Any, who: PersonRefs) -> ColumnElement[bool]:
    mine = _of_the_retailer(table)
    return mine if who.everybody else and_(mine, table.c.return_id.in_(who.return_ids))


def _intake_links_of(who: PersonRefs) -> ColumnElement[bool]:
    mine = _of_the_retailer(intake_links)
    return mine if who.everybody else and_(mine, intake_links.c.intake_id.in_(who.intake_ids))


def _answers_of(who: PersonRefs) -> ColumnElement[bool]:
    text = func.encode(idempotency_keys.c.body, "escape")
    numbers = [
        exists().where(table.c.id.in_(who.return_ids), func.strpos(text, table.c.number) > 0)
        for table in (returns, cancellations)
    ]
    return idempotency_keys.c.body.is_not(None) if who.everybody else or_(*numbers)


def _deliveries_of(who: PersonRefs) -> ColumnElement[bool]:
    """Webhooks that name one of the shop's orders, or one of the parcels, and those of the request itself."""
    if who.everybody:
        return true()
    numbers = [found[0] for each in who.shop_order_ids if (found := _NUMBER.search(each))]
    of_orders = deliveries.c.body.op("~")(rf"\m({'|'.join(numbers)})\M") if numbers else false()
    parcels = tracking_numbers.c.return_id.in_(who.return_ids)
    of_parcels = exists().where(parcels, func.strpos(deliveries.c.body, tracking_numbers.c.tracking_number) > 0)
    return or_(deliveries.c.id.in_(who.delivery_ids), of_orders, of_parcels)


def bodies_of(who: PersonRefs) -> Select[tuple[str]]:
    """The objects with the bodies of such webhooks, where their facts do not carry them."""
    its_key = func.concat(f"{BODIES}/", deliveries.c.retailer_id, "/", deliveries.c.id)
    mine = exists().where(its_key == uploads.c.object_key, _deliveries_of(who))
    bodies = select(uploads.c.object_key).where(uploads.c.object_key.startswith(f"{BODIES}/"))
    return bodies if who.everybody else bodies.where(mine)


def _of_the_retailer(table: Any) -> ColumnElement[bool]:
    """For a table that stands outside row-level security."""
    owner: ColumnElement[bool] = table.c.retailer_id == cast(func.current_setting("app.retailer_id"), Uuid)
    return owner


def _no_bytes(value: Any, _pseudonym: str) -> Any:
    return None if value is None else b"{}"


HOLDINGS = (
    Holding(
        idempotency_keys, _answers_of, {"body": _no_bytes}, shown=("created_at",)
    ),  # while the numbers still stand in the returns
    Holding(
        returns,
        returns_of,
        {
            "contact": scrubbed(CONTACT),
            "address": scrubbed(ADDRESS),
            "known": scrubbed({**_WRITTEN, "asked": word}),
            "decision": scrubbed(_WRITTEN),
            "status_path": empty,
        },
        shown=("number", "order_number", "created_at"),
    ),
    Holding(
        return_lines,
        lines_of,
        {"comment": word, "known": scrubbed(_WRITTEN)},
        shown=("return_id", "title", "variant", "quantity", "reason", "sub_reason", "resolution"),
    ),
    Holding(
        cancellations,
        _cancellations_of,
        {"contact": scrubbed(CONTACT), "reason": word, "words": word, "history": scrubbed(_WRITTEN)},
        shown=("number", "order_number", "created_at"),
    ),
    Holding(facts, _facts_of, {"data": scrubbed(_WRITTEN)}, shown=("return_id", "type", "at")),
    Holding(tasks, _tasks_of, {"words": word, "cleared_words": word}, shown=("kind", "opened_at")),
    Holding(deliveries, _deliveries_of, {"body": empty}, shown=("topic", "received_at")),
    Holding(photos, photos_of, shown=("return_line_id", "created_at"), goes=True),
    Holding(quarantine, quarantine_of, shown=("words", "photos", "kept_at"), goes=True),
    Holding(link_tokens, lambda who: _links_of(link_tokens, who), goes=True),
    Holding(review_links, lambda who: _links_of(review_links, who), goes=True),
    Holding(intake_links, _intake_links_of, goes=True),
    Holding(
        intakes,
        intakes_of,
        shown=("number", "contact", "order_number", "items", "reason", "photos", "created_at"),
        goes=True,
    ),
    Holding(sessions, _sessions_of, shown=("subject", "created_at", "data"), goes=True),
)
# Every other column, so that a new one cannot be forgotten: it is about the order, the goods or the retailer's own people.
IMPERSONAL: dict[str, str] = {
    "api_keys": "key_hash id retailer_id label prefix scopes created_by created_at last_used_at revoked_at",
    "audit": (
        "id retailer_id act at actor_kind actor_id actor_name action subject outcome request_id detail seq "
        "prev_hash hash"
    ),
    "cancellations": (
        "id retailer_id number order_id order_number key token_hash lines whole shipping_amount "
        "shipping_currency amount_amount amount_currency by state code reference created_at ended_at"
    ),
    "deliveries": "id retailer_id endpoint_id delivery_key topic headers received_at",
    "endpoints": "token_hash id retailer_id source name secret old_secret",
    "facts": "id retailer_id return_id message_id type at effect by",
    "hosts": "host retailer",
    "idempotency_keys": (
        "retailer_id key_hash request_hash effect_id attempt held_until status headers created_at expires_at"
    ),
    "open_quantities": "retailer_id order_line_id quantity",
    "person_links": "token_hash retailer_id request_id expires_at",
    "rate_buckets": "key tokens at",
    "report_lines": (
        "line_id retailer_id return_id order_line_id sku title variant reason sub_reason resolution given "
        "quantity arrived condition currency owed_amount asked_amount paid_amount submitted_at settled_at"
    ),
    "report_returns": (
        "kind return_id retailer_id number order_id country language policy_version lines units currency "
        "owed_amount paid_amount fee_amount label outcome submitted_at held_at approved_at fee_paid_at "
        "label_at first_scan_at hub_scan_at inspected_at settled_at ended_at"
    ),
    "retailers": "id slug currency look image_origin lookup_by review_email may_cancel created_at",
    "return_numbers": "digest retailer_id",
    "return_lines": (
        "id retailer_id return_id place order_line_id title variant sku image quantity reason sub_reason "
        "resolution owed_amount owed_currency stage keep_item money hs_code origin grams shipped_as"
    ),
    "returns": (
        "kind id retailer_id number order_id order_number order_key email awaiting label fee_amount fee_currency "
        "lane_id inspect policy_version since owed_amount owed_currency submit_key submit_digest created_at "
        "updated_at"
    ),
    "staff": "id retailer_id email name password_hash role invited_at seen_at disabled_at",
    "staff_links": "token_hash retailer_id member_id purpose expires_at",
    "tasks": "id retailer_id kind subject return_id number role detail opened_at cleared_at cleared_by",
    "tracking_numbers": "retailer_id tracking_number return_id",
    "uploads": "id retailer_id object_key kept_until",
}
