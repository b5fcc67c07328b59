"""Links that open an order without anything to type, for a shop to put into its own mails and pages."""

from datetime import timedelta
from typing import Annotated

from fastapi import Depends
from pydantic import AwareDatetime, Field
from starlette.responses import Response

from libs.chassis.clock import now
from services.portal.access import May
from services.portal.api.acting import Acting, acting
from services.portal.api.answers import Answer, sent
from services.portal.api.bodies import Body, told
from services.portal.api.order_bodies import Email, OrderNumber
from services.portal.api.routing import routes
from services.portal.lookup import LONGEST_LINK, link_key, signed
from services.portal.problems import Problem

router = routes("orders")

Linking = Annotated[Acting, Depends(acting(May.WRITE_RETURNS, by_key=False))]


class LinkToMake(Body):
    """An order as its buyer would find it."""

    model_config = told({"order": "AL-1001", "email": "ana@example.com", "days": 30})

    order: OrderNumber = Field(description="the order's number")
    email: Email = Field(description="the email of the order")
    days: Annotated[int, Field(strict=True, ge=1, le=LONGEST_LINK.days)] = 30


class LinkMade(Answer):
    """Where the order opens, until when."""

    url: str = Field(examples=["https://returns.example/alder/o/QUwtMTAwMXxhbmFAZXhhbXBsZS5jb20.9f86d081"])
    expires_at: AwareDatetime


@router.post("/orders/links", response_model=LinkMade, status_code=201)
def make_order_link(asked: LinkToMake, act: Linking) -> Response:
    """Sign a link that opens an order's items. A number and an email that are of no order are a problem 404.

    Nothing is kept: whoever holds the retailer's `link_key` can sign one alike, of an order that is not known here yet too.
    """
    shop = act.here.people.retailer(id=act.who.retailer_id)
    if shop is None:  # the platform's own keys are of no retailer
        raise Problem(403, "api.no_retailer", "This key is of no retailer.")
    until = (now() + timedelta(days=asked.days)).replace(microsecond=0)
    with act.here.audit.of(act.who, "orders.link", subject=asked.order, days=asked.days):
        act.here.intake.find(shop, number=asked.order, email=asked.email)
        token = signed(link_key(act.here.keyring, shop.id), number=asked.order, email=asked.email, until=until)
    return sent(LinkMade(url=f"{shop.look.portal_url}/o/{token}", expires_at=until), 201)
