"""A hub takes its scan back while its milestone is on the way: the return knows first, and one of the two wins."""

from functools import partial

import pytest

from libs.chassis.ids import new_id
from libs.contracts.portal import SettlementRequestedV1
from libs.contracts.values import Milestone
from services.portal.access import May
from services.portal.domain import Awaiting, NotNow, acts
from tests.integration.facts import said
from tests.integration.portal.programs import Program, submitted, tell
from tests.integration.tracking.conftest import at_once
from tests.unit.portal import lives


@pytest.fixture
def posted(returns, retailer):
    """Call it: a return whose parcel is with its carrier."""

    def post():
        ret = submitted(returns, retailer)
        tell(returns, retailer, *(fact(ret) for fact in (lives.fee_waived, lives.label_issued, lives.first_scan)))
        return ret

    return post


def asked_for(returns, retailer, ret):
    return [told for told in said(returns, retailer.id, SettlementRequestedV1) if told.return_id == ret.id]


def planned(returns, retailer, ret):
    with returns.unit(retailer_id=retailer.id) as unit:
        query = "SELECT count(*) FROM claims WHERE kind = 'undos' AND subject = %s"
        return unit.db.exec_driver_sql(query, (ret.id,)).scalar_one()


def take_back(returns, retailer, ret, scan_id):
    try:
        returns.act_on(retailer.id, ret.id, acts.TakeBack(scan_id, "The parcel beside it"), "staff Piotr")
    except NotNow:
        return False
    return True


def void(ret, scan_id):
    return lives.scan_voided(ret).model_copy(update={"scan_id": scan_id})


def test_a_scan_taken_back_before_its_milestone_is_heard_gives_nothing_and_one_in_earnest_does(
    returns, retailer, posted
):
    ret, scan_id = posted(), new_id()

    assert take_back(returns, retailer, ret, scan_id)
    tell(returns, retailer, lives.hub_scan(ret), void(ret, scan_id))
    nothing, stands = asked_for(returns, retailer, ret), returns.get(retailer.id, return_id=ret.id).ret.awaiting
    tell(returns, retailer, lives.milestone(ret, Milestone.HUB_RECEIVED, taken_back=1))

    assert (nothing, stands) == ([], Awaiting.IN_TRANSIT)
    assert len(asked_for(returns, retailer, ret)) == 1


def test_tracking_is_asked_again_where_it_went_away_in_between(returns, retailer, posted):
    from libs.chassis.claims import Claim
    from services.portal.undoing import undo

    ret = posted()
    take_back(returns, retailer, ret, new_id())
    claim = Claim(id=1, kind="undos", retailer_id=retailer.id, account="", subject=ret.id, tries=1)

    undo(returns, claim)

    assert planned(returns, retailer, ret) >= 1
    assert returns.get(retailer.id, return_id=ret.id).ret.open_undos


def test_of_an_undo_and_its_milestone_at_one_moment_one_wins(returns, retailer, posted):
    for _ in range(8):
        ret, scan_id, accepted = posted(), new_id(), []
        at_once(
            lambda: accepted.append(take_back(returns, retailer, ret, scan_id)),  # noqa: B023
            partial(tell, returns, retailer, lives.hub_scan(ret)),
        )
        if accepted == [True]:
            tell(returns, retailer, void(ret, scan_id))
        assert len(asked_for(returns, retailer, ret)) == (0 if accepted == [True] else 1)


def test_a_scan_that_nobody_can_ask_after_is_not_taken_back(browser, retailer, a_key, returns, posted):
    hub = Program(browser, a_key(retailer.id, May.READ_RETURNS, May.SCAN))

    answer = hub.post(f"/scans/{new_id()}/void", {"words": "Wrong one"})

    assert answer.status_code == 503
