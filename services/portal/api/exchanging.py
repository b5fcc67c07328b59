"""What a line may be exchanged for, for programs that make returns."""

from starlette.responses import Response

from libs.contracts.orders import ExchangesV1
from libs.contracts.values import Resolution
from services.portal.api.answers import sent
from services.portal.api.bodies import ExchangesAsked, ReturnToMake
from services.portal.api.making import Looking, decided_for, offered_to, shop_of
from services.portal.api.routing import routes
from services.portal.exchanging import choices_of
from services.portal.problems import Problem

router = routes("returns")


@router.post("/returns/exchanges", response_model=ExchangesV1)
def list_exchanges(asked: ExchangesAsked, act: Looking) -> Response:
    """What a line may be exchanged for on the terms that the policy gives it, with live stock. Nothing is made.

    `choices` are the variants of the line's own product, or of `product_id`. Where the policy lets a shopper choose from a
    collection or from all, `products` is a page of others, and `next` goes into `after` for the next one. `to_settle` is
    what the shopper pays on top for all pieces, or gets back where it is negative: send it back as `exchange_difference`.
    """
    shop = shop_of(act.here, act.who)
    line = asked.line.model_copy(update={"resolution": Resolution.EXCHANGE})
    decided = decided_for(act.here, shop, ReturnToMake(order=asked.order, email=asked.email, lines=[line]))
    (pick,) = decided.picked
    offer = next((each for each in offered_to(decided, pick) if each.resolution is Resolution.EXCHANGE), None)
    if offer is None:
        raise Problem(422, "returns.not_offered", "No exchange is offered for this line.")
    more = {name: value for name in ("product_id", "variant_id", "after") if (value := getattr(asked, name))}
    return sent(choices_of(shop.id, decided.order, pick, offer, search=asked.search or "", first=asked.first, **more))
