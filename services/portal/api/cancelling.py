"""Orders that are not sent, cancelled by programs: what would be given back, asking for it, and what became of it."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Request
from pydantic import AwareDatetime, Field, model_validator
from starlette.responses import Response

from libs.chassis.rpc import ask
from libs.contracts.orders import GetOrderV1, SettlementOutcome
from libs.contracts.orders_cancelling import CancellationQuoteV1, CancellationV1, RecordCancellationV1
from libs.contracts.values import Contact, Money, UnsentLine
from services.portal.access import Actor, May
from services.portal.api.access import allowed
from services.portal.api.acting import Acting, acting
from services.portal.api.answers import Answer, sent
from services.portal.api.bodies import LINES, Amount, Body, Quantity, Words, told
from services.portal.api.paging import Cursor, Limit, Place, cursors, link
from services.portal.api.routing import ROOT, WITH_LINK, Described, routes
from services.portal.cancelling import AmountChanged, Asked
from services.portal.problems import Problem
from services.portal.reach import Portal, portal
from services.portal.store.cancelling import Cancellation, State
from services.portal.store.people import Retailer

router = routes("orders")

Here = Annotated[Portal, Depends(portal)]
Reading = Annotated[Actor, allowed(May.READ_RETURNS)]
Looking = Annotated[Acting, Depends(acting(May.WRITE_ORDERS, by_key=False))]
Making = Annotated[Acting, Depends(acting(May.WRITE_ORDERS))]
Paying = Annotated[Acting, Depends(acting(May.MOVE_MONEY))]
OrderId = Annotated[UUID, Path(description="the order's id")]
CancellationNumber = Annotated[str, Path(description="the cancellation's number", max_length=20, examples=["C-7KQ2M9"])]
_WITH_LOCATION: Described = {
    201: {"headers": {"Location": {"description": "the cancellation's address", "schema": {"type": "string"}}}}
}


class UnitsOfLine(Body):
    """So many units of an order line."""

    line_id: UUID
    quantity: Quantity = 1


class LinesToCancel(Body):
    """Units that are not sent; without lines, all of them."""

    model_config = told({"lines": []})

    lines: list[UnitsOfLine] = Field([], max_length=LINES)

    @model_validator(mode="after")
    def _each_once(self) -> "LinesToCancel":
        if len({line.line_id for line in self.lines}) < len(self.lines):
            raise ValueError("name each line once")
        return self

    @property
    def units(self) -> dict[UUID, int]:
        """By line."""
        return {line.line_id: line.quantity for line in self.lines}


class CancellationToMake(LinesToCancel):
    """The same, with the `amount` that a preview said is given back: with another one nothing is done."""

    model_config = told({"lines": [], "amount": {"amount": 15895, "currency": "GBP"}, "reason": "Ordered twice"})

    amount: Amount
    reason: Words | None = None


class CancellationRecord(Body):
    """What a person found at the shop. `reference` is the shop's own number of it, for `succeeded`."""

    model_config = told(
        {"outcome": "succeeded", "reference": "gid://shopify/Refund/1", "words": "Cancelled in the admin"}
    )

    outcome: SettlementOutcome
    reference: Words | None = None
    words: Words


class CancellationTold(Answer):
    """A cancellation, and what became of it. `asked` is under way; `refused` and `unknown` may wait for a person."""

    number: str = Field(examples=["C-7KQ2M9"])
    order_id: UUID
    order_number: str = Field(examples=["AL-1001"])
    state: State
    lines: tuple[UnsentLine, ...]
    whole: bool = Field(description="nothing is left of the order")
    shipping: Money
    amount: Money = Field(description="what is given back: the lines' worth and the postage")
    reason: str | None = None
    by: str = Field(examples=["shopper"])
    code: str | None = Field(None, description="why not", examples=["orders.already_sent"])
    words: str | None = None
    reference: str | None = Field(None, description="the shop's own number of it")
    contact: Contact
    created_at: AwareDatetime
    ended_at: AwareDatetime | None = None


class CancellationsPage(Answer):
    """Cancellations, the newest first."""

    cancellations: tuple[CancellationTold, ...]
    next: str | None = Field(None, description="the cursor of the next page")


@router.post("/orders/{order_id}/cancellations/preview", response_model=CancellationQuoteV1)
def preview_cancellation(order_id: OrderId, asked: LinesToCancel, act: Looking) -> Response:
    """What would be given back now, by our own formula and by the shop's. Nothing is done.

    Without lines it is for all that is not sent. `orders.already_sent` is a problem 409.
    """
    return sent(act.here.cancelling.quote(act.who.retailer_id, order_id, asked.units))


@router.post(
    "/orders/{order_id}/cancellations", response_model=CancellationTold, status_code=201, responses=_WITH_LOCATION
)
async def make_cancellation(order_id: OrderId, asked: CancellationToMake, act: Making) -> Response:
    """Cancel what is not sent, for what a preview said. The shopper is mailed what becomes of it.

    It is done in a moment: read it again until it has ended.
    """

    def make(effect_id: UUID) -> Response:
        shop, shown = _shop(act), asked.amount.money()
        order = ask(shop.id, GetOrderV1(order_id=order_id))
        wish = Asked(order_id, asked.units, shown, order.contact, str(effect_id), str(act.who), asked.reason)
        with act.here.audit.of(act.who, "order.cancel", subject=order.number, before={"amount": shown.amount}) as kept:
            try:
                made = act.here.cancelling.request(shop, wish)
            except AmountChanged as changed:
                now = changed.now.amount.model_dump(mode="json")
                raise Problem(409, changed.code, "Another amount is given back now.", amount=now) from None
            kept.after(number=made.number)
        return sent(_told(made), 201, {"Location": f"{ROOT}/cancellations/{made.number}"})

    return await act.once(make)


@router.get("/cancellations", response_model=CancellationsPage, responses=WITH_LINK)
def list_cancellations(
    request: Request, here: Here, who: Reading, cursor: Cursor = None, limit: Limit = 50
) -> Response:
    """All of them, the newest first."""
    paging = cursors(request, here.keyring, who.retailer_id)
    after = paging.read(cursor)
    found = here.cancellations.list(who.retailer_id, before=(after.at, after.id) if after else None, limit=limit + 1)
    more = paging.write(Place(found[limit - 1].created_at, found[limit - 1].id)) if len(found) > limit else None
    page = CancellationsPage(cancellations=tuple(_told(each) for each in found[:limit]), next=more)
    return sent(page, headers=link(request, here.settings.url, more))


@router.get("/cancellations/{cancellation}", response_model=CancellationTold)
def get_cancellation(cancellation: CancellationNumber, here: Here, who: Reading) -> Response:
    """One, with what became of it."""
    return sent(_told(_found(here, who.retailer_id, cancellation)))


@router.post("/cancellations/{cancellation}/record", response_model=CancellationV1)
async def record_cancellation(cancellation: CancellationNumber, asked: CancellationRecord, act: Paying) -> Response:
    """Record what became of one that was refused or is unknown, as it is seen at the shop."""

    def record(effect_id: UUID) -> Response:
        found = _found(act.here, act.who.retailer_id, cancellation)
        wish = RecordCancellationV1(cancellation_id=found.id, by=str(act.who), **asked.model_dump())
        with act.here.audit.of(act.who, "cancellation.record", subject=found.number, before={"state": found.state}):
            return sent(ask(act.who.retailer_id, wish))

    return await act.once(record)


def _shop(act: Acting) -> Retailer:
    shop = act.here.people.retailer(id=act.who.retailer_id)
    if shop is None:  # the platform's own keys are of no retailer
        raise Problem(403, "api.no_retailer", "This key is of no retailer.")
    return shop


def _found(here: Portal, retailer_id: UUID, number: str) -> Cancellation:
    found = here.cancellations.get(retailer_id, number=number.upper())
    if found is None:
        raise Problem(404, "cancellations.not_found", "No cancellation of yours has this number.")
    return found


def _told(found: Cancellation) -> CancellationTold:
    names = CancellationTold.model_fields
    return CancellationTold(**{name: getattr(found, name) for name in names})
