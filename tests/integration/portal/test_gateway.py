"""The gateway's doors: forged, repeated, oversized and foreign requests, and what a person is told."""

import base64
import hashlib
import hmac
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from libs.chassis.metrics import meter
from libs.chassis.objects import Objects
from libs.contracts.portal import ShopWebhookReceivedV1
from services.portal.security import STAFF
from tests.integration.facts import said

SECRET = "whsec_" + base64.b64encode(b"a parcel on its way home, signed").decode()


def a_form(browser, address):
    """The hidden fields of a page's form."""
    page = browser.get(address).text
    return {"csrf": page.split('name="csrf"', 1)[1].split('value="', 1)[1].split('"', 1)[0]}


@pytest.fixture
def keyring(environment):
    from libs.chassis.secrets import Secrets

    return Secrets.from_settings()


@pytest.fixture
def ingress(people):
    from services.portal.store.ingress import Ingress

    return Ingress()


def shop_hook(body: bytes, secret: str = "shop secret", **headers):
    signature = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
    return {
        "x-shopify-hmac-sha256": signature,
        "x-shopify-topic": "orders/create",
        "x-shopify-shop-domain": "alder.myshopify.com",
        "x-shopify-webhook-id": "w-1",
    } | headers


def carrier_hook(body: str, at: datetime | None = None):
    at = at or datetime.now(UTC)
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(SECRET).sign("msg_1", at, body),
    }


def test_a_signed_shop_webhook_is_stored_and_stated_once_however_often_it_comes(
    browser, retailer, ingress, keyring, outbox
):
    token = ingress.save_endpoint(retailer.id, source="shopify", name="alder", secret="shop secret", keyring=keyring)
    body = b'{"id": 1}'

    answers = [browser.post(f"/webhooks/shopify/{token}", content=body, headers=shop_hook(body)) for _ in range(3)]

    assert [answer.json() for answer in answers] == [
        {"received": True, "repeated": again} for again in (False, True, True)
    ]
    assert outbox(retailer.id).count("shop_webhook_received.v1") == 1


@pytest.mark.parametrize(
    "headers",
    [{}, {"x-shopify-hmac-sha256": "bm8="}, shop_hook(b'{"id": 2}'), shop_hook(b'{"id": 1}', "not the secret")],
)
def test_a_forged_shop_webhook_is_refused_and_leaves_nothing(browser, retailer, ingress, keyring, outbox, headers):
    token = ingress.save_endpoint(retailer.id, source="shopify", name="alder", secret="shop secret", keyring=keyring)

    answer = browser.post(f"/webhooks/shopify/{token}", content=b'{"id": 1}', headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (401, "webhook.bad_signature")
    assert "shop_webhook_received.v1" not in outbox(retailer.id)


def test_a_replaced_secret_stays_good_for_what_is_under_way(browser, retailer, ingress, keyring):
    ingress.save_endpoint(retailer.id, source="shopify", name="alder", secret="shop secret", keyring=keyring)
    token = ingress.save_endpoint(retailer.id, source="shopify", name="alder", secret="new secret", keyring=keyring)

    old, new = (
        browser.post(f"/webhooks/shopify/{token}", content=b"{}", headers=shop_hook(b"{}", secret))
        for secret in ("shop secret", "new secret")
    )

    assert (old.status_code, new.status_code) == (200, 200)


def test_a_signed_carrier_scan_is_stored_once(browser, retailer, ingress, keyring, outbox):
    token = ingress.save_endpoint(retailer.id, source="carriers", name="own", secret=SECRET, keyring=keyring)
    body = json.dumps({"type": "tracking.scan", "data": {}})

    answers = [browser.post(f"/webhooks/carriers/{token}", content=body, headers=carrier_hook(body)) for _ in range(2)]

    assert [answer.json()["repeated"] for answer in answers] == [False, True]
    assert outbox(retailer.id).count("carrier_webhook_received.v1") == 1


@pytest.mark.parametrize("off", [timedelta(seconds=-301), timedelta(seconds=301)])
def test_a_carrier_scan_signed_long_ago_or_in_the_future_is_refused(browser, retailer, ingress, keyring, off):
    token = ingress.save_endpoint(retailer.id, source="carriers", name="own", secret=SECRET, keyring=keyring)
    body = "{}"

    answer = browser.post(
        f"/webhooks/carriers/{token}", content=body, headers=carrier_hook(body, datetime.now(UTC) + off)
    )

    assert answer.status_code == 401


@pytest.mark.parametrize("body", [b"\xff", b"not json", b"\x00", b"[" * 100_000, b""])
def test_what_a_shop_signed_and_is_no_json_is_taken_counted_and_set_aside_whole(
    browser, retailer, ingress, keyring, body
):
    token = ingress.save_endpoint(retailer.id, source="shopify", name="alder", secret="shop secret", keyring=keyring)
    labels = {"source": "shopify", "sender": "shopify", "outcome": "unreadable"}

    def unreadable():
        return meter().registry.get_sample_value(f"homeward_{meter().service}_webhooks_total", labels) or 0

    before = unreadable()
    answer = browser.post(f"/webhooks/shopify/{token}", content=body, headers=shop_hook(body))

    (told,) = said(ingress, retailer.id, ShopWebhookReceivedV1)
    assert (answer.status_code, answer.json()["repeated"]) == (200, False)
    assert (told.body, Objects().get(told.body_key)) == ("", body)
    assert unreadable() == before + 1


@pytest.mark.parametrize("size", [256 * 1024 + 1, 5 * 1024 * 1024])
def test_a_large_webhook_of_a_shop_travels_as_an_object(browser, retailer, ingress, keyring, size):
    token = ingress.save_endpoint(retailer.id, source="shopify", name="alder", secret="shop secret", keyring=keyring)
    body = b'"' + b"x" * (size - 2) + b'"'

    answers = [
        browser.post(f"/webhooks/shopify/{token}", content=body, headers=shop_hook(body)).json() for _ in range(2)
    ]

    (told,) = said(ingress, retailer.id, ShopWebhookReceivedV1)
    assert [answer["repeated"] for answer in answers] == [False, True]
    assert (told.body, Objects().get(told.body_key)) == ("", body)
    assert len(list((Objects().folder / told.body_key).parent.iterdir())) == 1


def test_a_webhook_at_an_address_of_nobody_is_not_found(browser, people):
    assert browser.post("/webhooks/carriers/nothing-here", content=b"{}").status_code == 404


@pytest.mark.parametrize(("source", "megabytes"), [("shopify", 8), ("carriers", 1)])
def test_a_body_larger_than_its_address_takes_is_cut_off(browser, retailer, ingress, keyring, source, megabytes):
    token = ingress.save_endpoint(retailer.id, source=source, name="alder", secret=SECRET, keyring=keyring)

    answer = browser.post(f"/webhooks/{source}/{token}", content=b"x" * (megabytes * 1024 * 1024 + 1))

    assert (answer.status_code, answer.json()["code"]) == (413, "request.too_large")


def test_a_form_from_another_site_is_refused(browser, retailer):
    form = a_form(browser, f"/{retailer.slug}/") | {"order": "AL-1001", "email": "ana@example.com"}

    crossed = browser.post(f"/{retailer.slug}/find", data=form, headers={"sec-fetch-site": "cross-site"})
    foreign = browser.post(f"/{retailer.slug}/find", data=form, headers={"origin": "https://evil.example"})
    without = browser.post(f"/{retailer.slug}/find", data=form | {"csrf": "00"})

    assert [answer.status_code for answer in (crossed, foreign, without)] == [403, 403, 403]


def test_a_shopper_is_told_when_a_service_is_away_and_keeps_the_answers(browser, retailer):
    form = a_form(browser, f"/{retailer.slug}/") | {"order": "AL-1001", "email": "ana@example.com"}

    answer = browser.post(f"/{retailer.slug}/find", data=form)

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "30"
    assert "We cannot look up your order right now" in answer.text
    assert 'value="AL-1001"' in answer.text
    assert "Traceback" not in answer.text


def test_guessing_orders_is_stopped_with_the_time_to_wait(browser, retailer):
    form = a_form(browser, f"/{retailer.slug}/") | {"order": "AL-1001", "email": "ana@example.com"}

    answers = [browser.post(f"/{retailer.slug}/find", data=form) for _ in range(11)]

    assert [answer.status_code for answer in answers] == [503] * 10 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0


def test_pages_of_an_order_ask_for_the_order_first(browser, retailer):
    answer = browser.get(f"/{retailer.slug}/items")

    assert answer.status_code == 401
    assert "Your session has ended" in answer.text


def test_an_address_of_nobody_is_a_page_of_its_own(browser, people):
    answer = browser.get("/nobody-here/")

    assert answer.status_code == 404
    assert "This page does not exist" in answer.text


def test_every_page_carries_a_strict_policy_and_a_cookie_scripts_cannot_read(browser, retailer):
    answer = browser.get(f"/{retailer.slug}/")

    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "HttpOnly" in answer.headers["set-cookie"] and "SameSite=lax" in answer.headers["set-cookie"]


@pytest.mark.parametrize(
    ("url", "name"), [("https://returns.example", "__Host-hw_visit"), ("http://127.0.0.1:8080", "hw_visit")]
)
def test_cookies_are_host_bound_over_https_and_plain_over_http(people, url, name):
    from libs.chassis.settings import load
    from services.portal.security import cookies_of
    from services.portal.settings import PortalSettings

    cookies = cookies_of(load(PortalSettings).model_copy(update={"url": url}))

    assert cookies.name("hw_visit") == name


def test_staff_sign_in_see_their_returns_and_sign_out(browser, retailer, a_member):
    a_member(retailer, name="m")
    form = a_form(browser, "/admin/sign-in")

    entered = browser.post(
        "/admin/sign-in", data=form | {"email": f"M@{retailer.slug}.example", "password": "walk the long way home"}
    )
    inside = browser.get("/admin")
    left = browser.post("/admin/sign-out", data=form)

    assert (entered.status_code, inside.status_code, left.status_code) == (303, 200, 303)
    assert browser.get("/admin").headers["location"] == "/admin/sign-in?to=%2Fadmin"


def test_a_wrong_password_and_an_unknown_person_are_answered_alike(browser, retailer, a_member):
    a_member(retailer, name="m")
    form = a_form(browser, "/admin/sign-in")

    wrong = browser.post(
        "/admin/sign-in", data=form | {"email": f"m@{retailer.slug}.example", "password": "walk the short way"}
    )
    unknown = browser.post(
        "/admin/sign-in", data=form | {"email": f"x@{retailer.slug}.example", "password": "walk the short way"}
    )

    assert (wrong.status_code, unknown.status_code) == (422, 422)
    told = [re.sub('name="csrf" value="[0-9a-f]+"', "", page.text) for page in (wrong, unknown)]
    assert told[0].replace("m@", "x@") == told[1]
    assert STAFF not in wrong.cookies


def test_a_key_of_one_retailer_opens_nothing_of_another(browser, retailer, people, returns, a_key):
    from tests.integration.portal.test_returns import a_submission

    asked = a_submission()
    returns.submit(retailer.id, asked)
    own = a_key(retailer.id)
    foreign = a_key(people.save_retailer(_another(retailer)).id)

    answers = [
        browser.get(f"/api/v1/returns/{asked.ret.number}", headers={"authorization": f"Bearer {key}"}).status_code
        for key in (own, foreign, "hw_wrong")
    ]

    assert answers == [200, 404, 401]


def test_a_scan_that_is_not_one_names_the_fault(browser, retailer, a_key):
    key = a_key(retailer.id)

    answer = browser.post(
        "/api/v1/scans", json={"code": "R-1", "colour": "red"}, headers={"authorization": f"Bearer {key}"}
    )

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["faults"][0]["pointer"] == "/scans/0/colour"


def _another(retailer):
    from dataclasses import replace

    from libs.chassis.ids import new_id

    id = new_id()
    return replace(retailer, id=id, slug=f"r{id.hex[-12:]}")


def test_a_form_s_token_is_another_each_time_and_good_each_time(browser, retailer):
    first, second = a_form(browser, f"/{retailer.slug}/"), a_form(browser, f"/{retailer.slug}/")

    answers = [browser.post(f"/{retailer.slug}/find", data=form).status_code for form in (first, second)]

    assert first != second
    assert answers == [422, 422]
