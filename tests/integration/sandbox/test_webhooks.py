"""The shop's webhooks: signed, sent until they are taken, and the same every time."""

import base64
import hashlib
import hmac
import json
from datetime import datetime

import httpx

from deploy.sandbox.shopify.store import Endpoint
from tests.integration.sandbox.running import DOMAIN, Door, running
from tests.integration.sandbox.shops import CREATE, ShopInHand
from tests.integration.sandbox.test_shop_port import wanted

SECRET = "hush-hush"
OF_AN_ORDER = [
    "orders/create",
    "fulfillments/create",
    "fulfillment_events/create",
    "fulfillment_events/create",
    "orders/updated",
]


def point(world, door, secret=SECRET):
    body = {"shop": DOMAIN, "url": door.url, "secret": secret}
    httpx.post(f"{world.shop}/control/webhooks", json=body).raise_for_status()


def topics(arrived):
    return [letter.headers["x-shopify-topic"] for letter in arrived]


def test_an_order_is_told_of_from_its_placing_to_its_delivery(world, door):
    point(world, door)

    sold = world.sell()

    arrived = door.after(5)
    bodies = [json.loads(letter.body) for letter in arrived]
    assert topics(arrived) == OF_AN_ORDER
    assert (bodies[0]["name"], bodies[0]["fulfillments"], bodies[0]["fulfillment_status"]) == (sold["name"], [], None)
    assert [body["status"] for body in bodies[2:4]] == ["in_transit", "delivered"]
    assert (bodies[4]["fulfillment_status"], len(bodies[4]["fulfillments"])) == ("fulfilled", 1)


def test_every_webhook_is_signed_over_its_raw_bytes_and_says_whose_it_is(world, door):
    point(world, door)

    world.sell()

    for letter in door.after(5):
        mac = hmac.new(SECRET.encode(), letter.body, hashlib.sha256).digest()
        assert letter.headers["x-shopify-hmac-sha256"] == base64.b64encode(mac).decode()
        assert letter.headers["x-shopify-shop-domain"] == DOMAIN
        assert letter.headers["x-shopify-api-version"] == "2026-07"
        assert datetime.fromisoformat(letter.headers["x-shopify-triggered-at"]).tzinfo is not None


def test_each_delivery_has_its_own_id_and_all_of_one_act_share_the_event(world, door):
    point(world, door)

    world.sell()

    arrived = door.after(5)
    assert len({letter.headers["x-shopify-webhook-id"] for letter in arrived}) == 5
    assert len({letter.headers["x-shopify-event-id"] for letter in arrived}) == 1


def test_what_we_do_at_the_shop_comes_back_as_a_webhook(world, door):
    sold = world.sell()
    point(world, door)

    world.ask(CREATE, it=wanted(sold))

    assert topics(door.after(1)) == ["orders/updated"]


def test_a_webhook_that_is_not_taken_comes_again_the_same(world):
    door = Door(refusing=2)
    point(world, door)

    world.sell(fulfilled=False)

    (taken,) = door.after(1)
    assert door.refused == [taken, taken]
    door.close()


def test_the_same_webhooks_go_out_again_when_asked_for_twice_and_shuffled(world, door):
    point(world, door)
    sold = world.sell()
    once = door.after(5)

    again = {"order": sold["name"], "times": 2, "shuffle": True}
    httpx.post(f"{world.shop}/control/redeliver", json=again).raise_for_status()

    arrived = door.after(15)[5:]
    assert sorted(letter.body for letter in arrived) == sorted(letter.body for letter in once * 2)
    assert {letter.headers["x-shopify-webhook-id"] for letter in arrived} == {
        letter.headers["x-shopify-webhook-id"] for letter in once
    }
    assert topics(arrived) != OF_AN_ORDER * 2


def test_a_webhook_that_was_not_sent_before_the_restart_is_sent_after_it(tmp_path, door):
    before = ShopInHand(tmp_path)
    with before.memory.change():
        before.store.point(DOMAIN, Endpoint(door.url, SECRET))
    before.sell(fulfilled=False)
    before.memory.close()
    (tmp_path / "shop.sqlite").rename(tmp_path / "shopify.sqlite")

    with running(tmp_path):
        (arrived,) = door.after(1)

    assert json.loads(arrived.body)["name"] == "AL-1001"
