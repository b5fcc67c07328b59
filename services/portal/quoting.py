"""The way back of returns that were made while labels was away."""

from libs.chassis.claims import Claim
from libs.chassis.errors import Failed, Unavailable
from libs.chassis.logs import log
from libs.chassis.rpc import ask
from libs.contracts.errors import Refused
from libs.contracts.labels import QuoteLabelV1
from libs.contracts.values import Money
from services.portal.domain import Return, TaskKind, acts
from services.portal.store.quotes import ASKED_AGAIN, needs_quote, plan
from services.portal.store.returns import Returns
from services.portal.terms import at_the_policys_price


def quote(returns: Returns, claim: Claim) -> None:
    """Ask labels for the lane of a return, and have it go on with it. While labels is away it is planned again.

    Where no lane leads from the country a person is told; clearing that asks once more.
    """
    story = returns.get(claim.retailer_id, return_id=claim.subject)
    if story is None or not needs_quote(story.ret):
        return
    country = story.ret.address.country
    try:
        found = ask(claim.retailer_id, wanted(story.ret, hub=story.decision.get("hub")))
    except (Unavailable, Failed) as away:
        log.info("portal.quote_waits", number=story.ret.number, error=type(away).__name__)
        with returns.unit(retailer_id=claim.retailer_id) as unit:
            plan(unit, story.ret, after=ASKED_AGAIN)
    except Refused as refused:
        log.warning("portal.no_lane", number=story.ret.number, code=refused.code)
        returns.act_on(
            claim.retailer_id, claim.subject, acts.MarkFor(TaskKind.NO_LANE, country, refused.detail or None)
        )
    else:
        fixed = story.decision.get("label_price")
        found = at_the_policys_price(found, Money.model_validate(fixed) if fixed else None)
        returns.act_on(claim.retailer_id, claim.subject, acts.Quoted(found.lane_id, found.price, found.method))


def wanted(ret: Return, *, hub: str | None = None) -> QuoteLabelV1:
    """What labels are asked for a return: where it comes from, the hub that is wished, and what a hub must take."""
    return QuoteLabelV1(
        country=ret.address.country,
        postcode=ret.address.postcode,
        hub=hub,
        grams=ret.grams,
        reasons=ret.reasons,
        product_types=ret.product_types,
    )
