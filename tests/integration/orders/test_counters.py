"""What a shop sold over a counter is of channel `store`, whichever way we hear of it."""

import pytest

from libs.contracts.values import Channel


@pytest.mark.parametrize(("source", "channel"), [("pos", Channel.STORE), ("web", Channel.ONLINE)])
def test_an_order_is_of_its_channel_by_webhook_and_by_reading(alder, source, channel):
    sold = alder.sell(source=source)
    alder.index(sold, refreshed=False)
    by_webhook = alder.service.list_orders(alder.call(_by(sold))).orders[0].channel

    alder.work()

    assert (by_webhook, alder.find(sold["name"], sold["email"]).channel) == (channel, channel)


def _by(sold):
    from libs.contracts.orders import ListOrdersV1

    return ListOrdersV1(number=sold["name"])
