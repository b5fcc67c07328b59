"""The connection to a shop, from the first question to its owner to the day the shop shuts the door."""

import json
import re
import threading
import urllib.request
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest

from libs.chassis.clock import now
from libs.chassis.ids import new_id
from libs.chassis.outside import NotSent
from libs.chassis.settings import load
from libs.contracts.errors import Refused
from libs.contracts.orders_shops import (
    BeginInstallV1,
    CheckShopV1,
    ConnectShopV1,
    DisconnectShopV1,
    FinishInstallV1,
    GetShopsV1,
    ShopAccessLostV1,
    ShopConnectedV1,
)
from libs.contracts.portal import ShopWebhookReceivedV1
from services.orders.domain.shops import Pair
from services.orders.outside.clients import REFRESH_TOKEN, TOKEN, secrets
from services.orders.outside.gate import AccessLost, Throttled
from services.orders.reaching import client_of
from services.orders.settings import OrdersSettings

BACK = "http://portal.example/shops/shopify/callback"
MANAGER = "manager@alder.example"


def begin(desk, domain="alder-demo.myshopify.com", by=MANAGER):
    """Where the shop sends its owner's browser back to, as the query that comes with it."""
    asked = BeginInstallV1(domain=domain, back_to=BACK, by=by)
    address = desk.service.begin_install(desk.call(asked)).address
    with urllib.request.urlopen(address, timeout=5) as shown:
        link = re.search(r"id=install href='([^']+)'", shown.read().decode())[1]
    back = urlsplit(unescape(link))
    assert f"{back.scheme}://{back.netloc}{back.path}" == BACK
    return dict(parse_qsl(back.query))


def finish(desk, query, by=MANAGER):
    return desk.service.finish_install(desk.call(FinishInstallV1(query=query, by=by, currency="GBP")))


def shop_of(desk):
    return desk.service.shops.of(desk.retailer_id)


def connect(desk):
    asked = ConnectShopV1(domain="alder-demo.myshopify.com", token="shpat_alder_demo", currency="GBP")
    return desk.service.connect_shop(desk.call(asked))


def tokens(desk, do):
    return desk.shop.ask("/control/tokens", {"shop": desk.domain, "do": do})["tokens"]


def renewals(desk):
    return sum(row["renewed"] for row in desk.shop.ask("/control/tokens")["tokens"] if row["shop"] == desk.domain)


def who(shop, **wishes):
    return client_of(shop, **wishes).ask("ShopAndScopes")["shop"]["myshopifyDomain"]


def stated(desk, kind):
    return len(desk.said(kind))


@pytest.fixture
def alder(alder):
    """A connected shop, connected again afterwards as it was."""
    connect(alder)
    yield alder
    tokens(alder, "restore")
    alder.shop.ask("/control/throttle", method="DELETE")
    connect(alder)


@pytest.fixture
def installed(alder):
    """The same, by installing our app: its token ends in an hour."""
    alder.service.disconnect_shop(alder.call(DisconnectShopV1()))
    finish(alder, begin(alder))
    return alder


def test_an_installed_shop_shows_what_it_granted_and_when_its_token_ends(installed):
    [told, *_] = installed.service.get_shops(installed.call(GetShopsV1())).shops

    assert (told.domain, told.installed, told.missing) == (installed.domain, True, ())
    assert set(told.not_granted) == {"read_gift_cards", "write_gift_cards"}
    assert timedelta(minutes=50) < told.expires_at - now() <= timedelta(hours=1)
    assert "shpat" not in told.model_dump_json()


def test_a_pasted_token_shows_the_scopes_that_are_missing(alder):
    told = alder.service.check_shop(alder.call(CheckShopV1()))

    assert told.missing == ()
    assert "read_all_orders" in told.not_granted
    assert told.expires_at is None


TAMPERED = {
    "another shop": {"shop": "kite-demo.myshopify.com"},
    "no shop at all": {"shop": "alder-demo.myshopify.com.evil.example"},
    "another state": {"state": "guessed"},
    "another code": {"code": "0" * 32},
    "no signature": {"hmac": ""},
}


@pytest.mark.parametrize("what", TAMPERED)
def test_what_did_not_come_from_the_shop_as_it_is_connects_nothing(alder, what):
    query = begin(alder) | TAMPERED[what]

    with pytest.raises(Refused, match="install_refused"):
        finish(alder, query)
    assert shop_of(alder).installed is False


def test_a_state_is_good_once_and_only_for_who_began(alder):
    query = begin(alder)

    with pytest.raises(Refused, match="not begun here"):
        finish(alder, query, by="agent@alder.example")
    finish(alder, query)
    with pytest.raises(Refused, match="not begun here"):
        finish(alder, query)


def test_a_state_of_another_retailer_is_none(alder, kite):
    query = begin(alder)

    with pytest.raises(Refused, match="not begun here"):
        finish(kite, query)


@pytest.mark.parametrize("domain", ["alder.example", "evil.example/alder-demo.myshopify.com", "", "a b.myshopify.com"])
def test_nobody_is_sent_to_what_is_no_shop(alder, domain):
    with pytest.raises(Refused, match="not a shop"):
        alder.service.begin_install(alder.call(BeginInstallV1(domain=domain, back_to=BACK, by=MANAGER)))


def test_tokens_are_kept_sealed(installed):
    shop = shop_of(installed)

    assert b"shpat" not in shop.token and b"shprt" not in shop.refresh_token
    assert secrets().open(shop.retailer_id, TOKEN, shop.token).startswith("shpat_")
    assert secrets().open(shop.retailer_id, REFRESH_TOKEN, shop.refresh_token).startswith("shprt_")


def test_of_many_who_find_the_token_ended_one_renews_it(installed):
    tokens(installed, "expire")
    stale, before, seen = shop_of(installed), renewals(installed), []
    threads = [threading.Thread(target=lambda: seen.append(who(stale))) for _ in range(8)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert seen == [installed.domain] * 8
    assert renewals(installed) - before == 1


def test_a_token_that_is_about_to_end_is_renewed_before_it_is_used(installed):
    shop = shop_of(installed)
    soon = Pair(shop.token, shop.refresh_token, now() + timedelta(minutes=2), installed=True)
    closing = installed.service.tokens.keep(shop, soon)

    assert who(closing) == installed.domain
    assert shop_of(installed).expires_at > now() + timedelta(minutes=50)
    assert shop_of(installed).token != shop.token


def test_a_renewal_whose_answer_was_lost_is_made_again_with_the_same_refresh_token(installed):
    from services.orders.outside import oauth

    stale = shop_of(installed)
    oauth.refresh(stale.domain, secrets().open(stale.retailer_id, REFRESH_TOKEN, stale.refresh_token))
    tokens(installed, "expire")

    assert who(stale) == installed.domain


def test_a_process_that_died_in_a_renewal_holds_nobody_up_for_ever(installed, monkeypatch):
    tokens(installed, "expire")
    stale = shop_of(installed)
    monkeypatch.setattr("services.orders.store.tokens.LEASE", timedelta(seconds=0.3))
    _, is_ours = installed.service.tokens.turn(stale)

    assert is_ours
    assert installed.service.tokens.turn(stale)[1] is False
    assert who(stale) == installed.domain


def test_a_shop_that_shuts_the_door_is_lost_once_and_nothing_more_is_sent(alder):
    tokens(alder, "revoke")
    before = stated(alder, ShopAccessLostV1)

    for _ in range(3):
        with pytest.raises(AccessLost):
            who(shop_of(alder))

    assert stated(alder, ShopAccessLostV1) - before == 1
    lost = alder.said(ShopAccessLostV1)[-1]
    assert (lost.domain, lost.code) == (alder.domain, "http_401")
    assert shop_of(alder).lost_at is not None


def test_a_shop_whose_refresh_token_is_refused_is_lost(installed):
    tokens(installed, "revoke")

    with pytest.raises(AccessLost):
        who(shop_of(installed))
    assert installed.said(ShopAccessLostV1)[-1].code == "refresh_400"


def test_a_wrong_secret_of_our_app_loses_no_shop(installed, monkeypatch):
    tokens(installed, "expire")
    stale = shop_of(installed)
    monkeypatch.setattr(load(OrdersSettings), "shopify_client_secret", "mistyped")

    with pytest.raises(NotSent) as no:
        who(stale)

    assert not isinstance(no.value, AccessLost)
    assert shop_of(installed).lost_at is None
    assert "invalid_client" in shop_of(installed).trouble.words


def test_a_lost_shop_is_connected_again_by_trying_it_once_it_lets_us_in(alder):
    tokens(alder, "revoke")
    with pytest.raises(AccessLost):
        who(shop_of(alder))
    with pytest.raises(Refused, match="shop_not_reached"):
        alder.service.check_shop(alder.call(CheckShopV1()))
    tokens(alder, "restore")
    before = stated(alder, ShopConnectedV1)

    told = alder.service.check_shop(alder.call(CheckShopV1()))

    assert (told.lost_at, told.failed_words) == (None, None)
    assert stated(alder, ShopConnectedV1) - before == 1
    assert who(shop_of(alder)) == alder.domain


def test_the_money_of_a_return_waits_for_the_connection_and_is_not_refused(alder):
    _, approval = alder.shirt_back()
    tokens(alder, "revoke")
    alder.tell(approval)

    with pytest.raises(AccessLost):
        alder.do(alder.settling())
    assert alder.steps(approval.return_id) == {"open_return": "planned"}

    tokens(alder, "restore")
    connect(alder)
    alder.do(alder.settling())
    assert alder.steps(approval.return_id) == {"open_return": "done"}


def uninstalled(desk, triggered_at):
    told = {"delivery_id": new_id(), "topic": "app/uninstalled", "shop": desk.domain, "body": "{}"}
    return desk.fact(ShopWebhookReceivedV1(**told, triggered_at=triggered_at))


def test_an_app_that_is_uninstalled_is_called_no_more(alder):
    fact = uninstalled(alder, now() + timedelta(seconds=1))
    before = stated(alder, ShopAccessLostV1)

    alder.service.on_shop_webhook_received(fact)
    alder.service.on_shop_webhook_received(fact)

    assert stated(alder, ShopAccessLostV1) - before == 1
    assert shop_of(alder).token is None
    with pytest.raises(AccessLost):
        who(shop_of(alder))


def test_an_uninstall_that_is_told_after_a_new_install_does_not_end_it(alder):
    alder.service.on_shop_webhook_received(uninstalled(alder, now() - timedelta(minutes=5)))

    assert who(shop_of(alder)) == alder.domain


def test_scopes_follow_what_the_shop_tells_of_them(alder):
    body = json.dumps({"id": 1, "previous": [], "current": ["write_orders", "read_returns"]})
    told = {"delivery_id": new_id(), "topic": "app/scopes_update", "shop": alder.domain, "body": body}

    alder.service.on_shop_webhook_received(
        alder.fact(ShopWebhookReceivedV1(**told, triggered_at=now() + timedelta(seconds=1)))
    )

    [shop, *_] = alder.service.get_shops(alder.call(GetShopsV1())).shops
    assert shop.scopes == ("read_returns", "write_orders")
    assert "read_orders" not in shop.missing and "write_returns" in shop.missing


def test_a_disconnected_shop_keeps_its_orders_and_no_token(alder):
    _, order = alder.order()
    shop_id = shop_of(alder).id

    alder.service.disconnect_shop(alder.call(DisconnectShopV1()))

    gone = shop_of(alder)
    assert (gone.id, gone.token, gone.refresh_token) == (shop_id, None, None)
    assert alder.get(order.order_id).number == order.number
    with pytest.raises(AccessLost):
        who(gone)
    with pytest.raises(Refused, match="no_shop"):
        alder.service.check_shop(alder.call(CheckShopV1()))
    assert connect(alder).shop_id == shop_id


def test_work_in_the_background_leaves_half_of_the_bucket_to_people(alder):
    alder.shop.ask("/control/throttle", {"shop": alder.domain, "size": 2000, "restore": 1, "available": 900})
    shop = shop_of(alder)
    who(shop)  # which hears how much is left

    with pytest.raises(Throttled):
        who(shop)
    assert who(shop, until=far_off()) == alder.domain
    assert alder.shop.ask("/control/throttle")[alder.domain]["turnedAway"] == 0


def test_many_who_ask_at_once_are_never_turned_away_by_the_shop(alder):
    alder.shop.ask("/control/throttle", {"shop": alder.domain, "size": 200, "restore": 200, "available": 20})
    shop, seen = shop_of(alder), []
    who(shop, until=far_off())
    threads = [threading.Thread(target=lambda: seen.append(who(shop, until=far_off()))) for _ in range(12)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert seen == [alder.domain] * 12
    assert alder.shop.ask("/control/throttle")[alder.domain]["turnedAway"] == 0


def far_off():
    """As long as the time limit of one call lets a person wait."""
    import time

    return time.monotonic() + 10 * load(OrdersSettings).shopify_timeout
