"""Orders that a retailer brings itself: by a program, or as a file; and any order by its number."""

import re
from io import BytesIO
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Path, Query, Request
from pydantic import Field
from starlette.responses import Response

from libs.chassis.rpc import ask
from libs.contracts.orders import GetOrderV1, ListOrdersV1, OrderOutcome, OrdersSavedV1, OrderV1, SaveOrdersV1
from libs.contracts.values import Country, Currency
from services.portal import bringing
from services.portal.access import Actor, May
from services.portal.api.access import allowed
from services.portal.api.acting import Acting, acting
from services.portal.api.answers import Answer, sent
from services.portal.api.order_bodies import OrdersToSave
from services.portal.api.routing import Described, routes
from services.portal.bringing import Brought, Reader
from services.portal.problems import Problem
from services.portal.reach import Portal, portal
from services.portal.store.people import Retailer

router = routes("orders")
CSV = "text/csv"
WAIT = 10.0  # seconds: 500 orders are more than a question
MOST_FAULTS = 1_000  # that are told of one file
_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
FILE = "number,placed_at,email,title,quantity,paid\nAP-77,2026-11-20,maya@example.com,Linen camp shirt,2,90.00\n"
_BODY = {"requestBody": {"required": True, "content": {CSV: {"schema": {"type": "string"}, "example": FILE}}}}
_SEVERAL: Described = {
    409: {
        "description": "Several orders have this number: `orders.several`, with their `order_ids`.",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
}

Bringing = Annotated[Acting, Depends(acting(May.WRITE_ORDERS, by_key=False))]
BringingAFile = Annotated[Acting, Depends(acting(May.WRITE_ORDERS, by_key=False, media=CSV))]


class FaultInFile(Answer):
    """What is wrong with a row, counted from 1 with the headings; `order` is left out for it."""

    row: int = Field(examples=[7])
    column: str = Field(examples=["Line total"])
    words: str = Field(examples=["“ninety” is not an amount"])
    order: str = Field("", examples=["AP-77"])


class FileTold(Answer):
    """What came of a file. Orders without a fault are saved; one with a faulty row is left out whole."""

    rows: int = Field(description="below the headings", examples=[2])
    created: int = Field(examples=[1])
    changed: int
    unchanged: int
    checked: int = Field(0, description="orders that could be saved, where the file was only checked")
    repeated: int = Field(0, description="rows that stand there twice and count once")
    faulty: int = Field(0, description="faults, of which `faults` has the first thousand")
    columns: dict[str, str] = Field(description="by field, the heading of its column")
    faults: tuple[FaultInFile, ...] = ()


@router.post("/orders", response_model=OrdersSavedV1)
async def save_orders(asked: OrdersToSave, act: Bringing) -> Response:
    """Save one order or up to 500, all or none.

    An order is known by its channel, its place and its number: sending it again changes it where it differs. A retailer
    whose shop is connected may save receipts only, `orders.kept_by_the_shop`.
    """

    def save(effect_id: UUID) -> Response:
        given = SaveOrdersV1(orders=tuple(order.given() for order in asked.orders))
        with act.here.audit.of(act.who, "orders.save", subject=asked.orders[0].number, orders=len(given.orders)):
            return sent(ask(act.who.retailer_id, given, timeout=WAIT))

    return await act.once(save)


@router.post("/orders/csv", response_model=FileTold, openapi_extra=_BODY)
async def save_orders_of_file(
    request: Request,
    act: BringingAFile,
    column: Annotated[
        list[str] | None,
        Query(
            max_length=40, description="`field:heading`, once a field, for headings that are not known by themselves"
        ),
    ] = None,
    currency: Annotated[Currency | None, Query(description="of amounts whose row names none")] = None,
    country: Annotated[Country | None, Query(description="of addresses that name none")] = None,
    decimal: Annotated[
        Literal[",", "."] | None, Query(description="what stands before the pence, where amounts leave it open")
    ] = None,
    months_first: Annotated[bool, Query(description="11/23/2026 is a day")] = False,
    only_check: Annotated[bool, Query(description="save nothing")] = False,
) -> Response:
    """Save the orders of a CSV file: a row a line of an order, at most 20,000 rows.

    Commas, semicolons or tabs; UTF-8, UTF-16 or Windows-1252. Sending a file again changes nothing but what differs.
    """
    file, chosen = await request.body(), _chosen(column or [])

    def save(effect_id: UUID) -> Response:
        shop = _shop(act.here, act.who)
        plain = reader_of(shop)
        how = Reader(currency or plain.currency, country or plain.country, decimal or "", months_first)
        with act.here.audit.of(act.who, "orders.import", subject=shop.slug) as record:
            brought = _brought(shop, file, chosen, how, only_check=only_check)
            record.after(rows=brought.rows, faults=len(brought.faults))
        return sent(_told(brought, only_check=only_check))

    return await act.once(save)


@router.get("/orders/{order}", response_model=OrderV1, responses=_SEVERAL)
def get_order(
    order: Annotated[str, Path(description="the order's number, or its id", max_length=64, examples=["AP-77"])],
    who: Annotated[Actor, allowed(May.READ_RETURNS)],
    here: Annotated[Portal, Depends(portal)],
) -> Response:
    """The order with this number or id, whoever tells of it; what of its lines is in returns is not `returnable`.

    Where several receipts share the number it is a problem 409, whose `order_ids` are theirs.
    """
    shop = _shop(here, who)
    if _ID.fullmatch(order):
        return sent(here.intake.less_open(shop, ask(shop.id, GetOrderV1(order_id=UUID(order)))))
    found = ask(who.retailer_id, ListOrdersV1(number=order)).orders
    if not found:
        raise Problem(404, "orders.not_found", "No order of yours has this number.")
    if len(found) > 1:
        ids = [str(each.order_id) for each in found]
        raise Problem(409, "orders.several", "Several orders have this number: ask for one by its id.", order_ids=ids)
    return sent(here.intake.less_open(shop, found[0]))


def reader_of(shop: Retailer) -> Reader:
    """How a retailer's files are read where nothing else is said: its currency, and the country of its language."""
    region = shop.look.language.rpartition("-")[2]
    return Reader(shop.currency, region if len(region) == 2 and region.isupper() else "GB")


def _shop(here: Portal, who: Actor) -> Retailer:
    shop = here.people.retailer(id=who.retailer_id)
    if shop is None:  # the platform's own keys are of no retailer
        raise Problem(403, "api.no_retailer", "This key is of no retailer.")
    return shop


def _chosen(columns: list[str]) -> dict[str, str]:
    known = {field.name for field in bringing.FIELDS}
    chosen = {name: heading for name, _, heading in (each.partition(":") for each in columns)}
    if strange := sorted(chosen.keys() - known):
        words = f"Not a field: {', '.join(strange)[:200]}. Fields are {', '.join(sorted(known))}."
        raise Problem(422, "orders.no_such_field", words, fields=sorted(known))
    return chosen


def _brought(shop: Retailer, file: bytes, chosen: dict[str, str], how: Reader, *, only_check: bool) -> Brought:
    try:
        return bringing.bring(shop.id, BytesIO(file), chosen, how, only_check=only_check)
    except bringing.Unmapped as unmapped:
        words = f"The file has no column for: {', '.join(unmapped.missing)}. Name them by `column`."
        raise Problem(422, "orders.columns_missing", words, headings=unmapped.header[:100]) from None


def _told(brought: Brought, *, only_check: bool) -> FileTold:
    counted = {outcome.value: 0 if only_check else brought.outcomes.get(outcome, 0) for outcome in OrderOutcome}
    return FileTold(
        rows=brought.rows,
        **counted,
        checked=sum(brought.outcomes.values()) if only_check else 0,
        repeated=brought.repeated,
        faulty=len(brought.faults),
        columns=dict(brought.headings),
        faults=tuple(
            FaultInFile(row=fault.row, column=fault.column, words=fault.words, order=fault.order)
            for fault in brought.faults[:MOST_FAULTS]
        ),
    )
