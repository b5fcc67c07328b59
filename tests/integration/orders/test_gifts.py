"""Credit for a present is for whoever got it: a gift card, and never the giver's account."""

from libs.contracts.orders import SettlementSucceededV1
from libs.contracts.values import Resolution
from tests.integration.orders.conftest import asked


def test_credit_for_a_gift_is_a_gift_card_whatever_the_shops_own_credit_is(alder):
    sold, approval = alder.shirt_back(resolution=Resolution.STORE_CREDIT)

    alder.tell(approval, asked(approval).model_copy(update={"gift": True}))
    alder.work()

    (given,) = alder.told(SettlementSucceededV1, approval.return_id)
    assert given.credit_code_last4 is not None
    assert (alder.shop.credit(sold)["credits"], alder.shop.refunded(sold)) == ([], [])
