"""The way back of returns that were made while labels was away."""

from libs.chassis.claims import Claim
from libs.chassis.errors import Failed, Unavailable
from libs.chassis.logs import log
from libs.chassis.rpc import ask
from libs.contracts.errors import Refused
from libs.contracts.labels import QuoteLabelV1
from services.portal.domain import TaskKind, acts
from services.portal.store.quotes import ASKED_AGAIN, needs_quote, plan
from services.portal.store.returns import Returns


def quote(returns: Returns, claim: Claim) -> None:
    """Ask labels for the lane of a return, and have it go on with it. While labels is away it is planned again.

    Where no lane leads from the country a person is told; clearing that asks once more.
    """
    story = returns.get(claim.retailer_id, return_id=claim.subject)
    if story is None or not needs_quote(story.ret):
        return
    country = story.ret.address.country
    try:
        found = ask(claim.retailer_id, QuoteLabelV1(country=country))
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
        returns.act_on(claim.retailer_id, claim.subject, acts.Quoted(found.lane_id, found.price))
