"""The shop's page while nobody answers it, and the task of a shop that lets us in no more."""

import pytest

from libs.chassis.clock import now
from libs.chassis.ids import new_id
from libs.contracts.base import Envelope
from libs.contracts.orders_shops import ShopAccessLostV1, ShopConnectedV1
from tests.integration.portal.test_gateway import a_form

SHOP = "alder-demo.myshopify.com"


@pytest.fixture
def tasks(people):
    """The list of tasks."""
    from services.portal.store.tasks import Tasks

    return Tasks()


def fact(retailer, body):
    return Envelope.of(body, id=new_id(), time=now(), retailer_id=retailer.id, correlation_id=new_id())


def lost(shop_id):
    return ShopAccessLostV1(shop_id=shop_id, domain=SHOP, code="http_401", words="the shop does not accept our token")


def test_a_lost_shop_is_one_task_of_the_manager_s_until_it_is_connected_again(retailer, tasks):
    shop_id = new_id()

    for _ in range(2):
        tasks.hear_of_shop(fact(retailer, lost(shop_id)))
    [task] = tasks.list(retailer.id)
    tasks.hear_of_shop(fact(retailer, ShopConnectedV1(shop_id=shop_id, domain=SHOP)))

    assert (task.kind, task.role, task.detail) == ("shop_access_lost", "manager", {"shop": SHOP, "code": "http_401"})
    assert task.words == "the shop does not accept our token"
    assert tasks.list(retailer.id) == ()


def test_another_shop_that_is_connected_leaves_the_task(retailer, tasks):
    tasks.hear_of_shop(fact(retailer, lost(new_id())))

    tasks.hear_of_shop(fact(retailer, ShopConnectedV1(shop_id=new_id(), domain=SHOP)))

    assert len(tasks.list(retailer.id)) == 1


def test_the_page_says_that_it_cannot_know_while_orders_is_away(browser, retailer, sit):
    sit(browser, retailer)

    answer = browser.get("/admin/shops")

    assert answer.status_code == 503
    assert "is not answering" in answer.text
    assert "No shop is connected" not in answer.text


@pytest.mark.parametrize("form", [{"domain": SHOP}, {"token": "shpat_1"}, {}])
def test_half_a_form_connects_nothing_and_says_what_is_missing(browser, retailer, sit, form):
    sit(browser, retailer)

    answer = browser.post("/admin/shops/connect", data=a_form(browser, "/admin/account") | form)

    assert "There" in answer.text and "problem" in answer.text
    assert "shpat_1" not in answer.text


def test_what_a_shop_sends_back_leads_to_signing_in_first_when_nobody_is(browser, people):
    answer = browser.get("/shops/shopify/callback?shop=alder-demo.myshopify.com&code=1&state=2&hmac=3")

    assert (answer.status_code, answer.headers["location"]) == (303, "/admin/sign-in?to=%2Fshops%2Fshopify%2Fcallback")
