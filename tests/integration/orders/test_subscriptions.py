"""A connected shop is asked for the webhooks it does not send: once, again where one is gone, and never where it cannot."""

import pytest

from libs.chassis.claims import Claim
from libs.contracts.errors import Refused
from libs.contracts.orders_webhooks import GetWebhooksV1, SaveWebhookAddressV1
from services.orders.domain.subscriptions import BY_APP, TOPICS
from services.orders.outside.admin import AdminClient
from tests.waiting import until

ADDRESS = "https://returns.alder.example/webhooks/shopify/one"


@pytest.fixture
def fresh(alder):
    """A shop that nobody has asked for anything."""
    client = AdminClient(domain=alder.domain, token="shpat_alder_demo")
    for held in at_the_shop(alder):
        client.act("WebhookDelete", id=held["id"])
    return alder


def at_the_shop(desk):
    client = AdminClient(domain=desk.domain, token="shpat_alder_demo")
    return client.ask("WebhookList", after=None)["webhookSubscriptions"]["nodes"]


def save(desk, address):
    return desk.service.save_webhook_address(desk.call(SaveWebhookAddressV1(address=address)))


def told(desk):
    return desk.service.get_webhooks(desk.call(GetWebhooksV1()))


def check(desk):
    """What the hourly look does."""
    with desk.service.index.unit(retailer_id=desk.retailer_id) as unit:
        asked = "SELECT * FROM claims WHERE kind = 'webhooks' AND retailer_id = %s"
        row = unit.db.exec_driver_sql(asked, (desk.retailer_id,)).one()
    desk.service.subscribe(Claim(row.id, row.kind, row.account, row.retailer_id, row.subject, tries=1))


def test_all_topics_are_asked_for_at_our_address_and_asking_again_changes_nothing(fresh):
    before = save(fresh, ADDRESS)

    check(fresh)
    first = at_the_shop(fresh)
    check(fresh)

    assert before.missing == TOPICS
    assert {held["uri"] for held in first} == {ADDRESS}
    assert len(first) == len(TOPICS)
    assert at_the_shop(fresh) == first
    assert (told(fresh).missing, told(fresh).by_app) == ((), BY_APP)
    assert told(fresh).checked_at is not None


def test_one_that_is_gone_is_asked_for_again(fresh):
    save(fresh, ADDRESS)
    check(fresh)
    client = AdminClient(domain=fresh.domain, token="shpat_alder_demo")
    client.act("WebhookDelete", id=at_the_shop(fresh)[0]["id"])

    check(fresh)

    assert len(at_the_shop(fresh)) == len(TOPICS)


def test_what_goes_to_a_former_address_of_ours_is_ended_and_what_goes_elsewhere_is_left_alone(fresh):
    client = AdminClient(domain=fresh.domain, token="shpat_alder_demo")
    client.act("WebhookCreate", topic="ORDERS_CREATE", webhookSubscription={"uri": "https://erp.example/hook"})
    save(fresh, ADDRESS)
    check(fresh)

    save(fresh, ADDRESS.replace("one", "two"))
    check(fresh)

    assert {held["uri"] for held in at_the_shop(fresh)} == {"https://erp.example/hook", ADDRESS.replace("one", "two")}
    assert told(fresh).missing == ()


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:8080/webhooks/shopify/one", "https://localhost/webhooks/shopify/one"]
)
def test_without_a_public_https_address_nothing_is_asked_and_it_is_said(fresh, address):
    save(fresh, address)

    check(fresh)

    assert at_the_shop(fresh) == []
    assert told(fresh).missing == TOPICS
    assert "public https addresses only" in told(fresh).words
    assert "/webhooks/" not in told(fresh).words


def test_a_shop_that_declines_is_told_in_its_words(fresh):
    save(fresh, ADDRESS)
    fresh.shop.misbehave("refuse", "WebhookCreate")

    check(fresh)

    assert "Declined on demand" in told(fresh).words
    assert len(told(fresh).missing) == 1


def test_a_lost_answer_asks_for_nothing_twice(fresh):
    from libs.chassis.errors import Transient

    save(fresh, ADDRESS)
    fresh.shop.misbehave("fail_after", "WebhookCreate")

    with pytest.raises(Transient):
        check(fresh)
    check(fresh)

    assert len(at_the_shop(fresh)) == len(TOPICS)


def test_a_retailer_without_a_shop_is_refused(desks, alder):
    from dataclasses import replace

    from libs.chassis.ids import new_id

    nobody = replace(alder, retailer_id=new_id())

    with pytest.raises(Refused) as no:
        save(nobody, ADDRESS)

    assert no.value.code == "orders.no_shop"


def test_each_sweep_looks_again(fresh):
    shop = fresh.service.shops.of(fresh.retailer_id)
    with fresh.service.index.unit(retailer_id=fresh.retailer_id) as unit:
        unit.db.exec_driver_sql("DELETE FROM claims")

    def swept():
        """One page more; whether that was the last, and the shop is to be looked at."""
        fresh.service.read_changes(Claim(1, "sweeps", shop.domain, shop.retailer_id, shop.id, tries=1))
        with fresh.service.index.unit(retailer_id=fresh.retailer_id) as unit:
            asked = "SELECT kind FROM claims WHERE subject = %s"
            return "webhooks" in unit.db.exec_driver_sql(asked, (shop.id,)).scalars().all()

    assert until(swept, within=20)
