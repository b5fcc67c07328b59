"""The shop over the wire: who may ask, how it misbehaves on demand, and its pictures."""

import io
import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from PIL import Image

from deploy.sandbox.shopify.catalogue import SHOPS
from tests.integration.sandbox.running import DOMAIN, Running
from tests.integration.sandbox.shops import CREATE, TOO_BIG

NAME = "query Name { shop { name } }"
PICTURES = [product.handle for shop in SHOPS.values() for product in shop.products]


@pytest.fixture
def shop(world: Running) -> Iterator[Running]:
    """The world's shop, without a fault left over."""
    yield world
    httpx.delete(f"{world.shop}/control/faults")


def wanted(sold):
    line = {
        "fulfillmentLineItemId": sold["lines"][0]["fulfillment_line"],
        "quantity": 1,
        "returnReasonDefinitionId": TOO_BIG,
    }
    return {"orderId": sold["id"], "returnLineItems": [line]}


def test_the_shop_answers_who_has_its_token(shop):
    answer = shop.ask(NAME)

    assert answer.json()["data"] == {"shop": {"name": "Alder"}}
    assert answer.headers["x-shopify-api-version"] == "2026-07"


@pytest.mark.parametrize("token", ["", "shpat_kite_demo", "shpat_wrong"])
def test_who_has_no_token_of_this_shop_is_told_so_as_text_and_not_as_a_list(shop, token):
    answer = shop.ask(NAME, token=token)

    assert answer.status_code == 401
    assert answer.json() == {"errors": "[API] Invalid API key or access token (unrecognized login or wrong password)"}


def test_a_version_that_shopify_no_longer_or_not_yet_serves_is_not_found(shop):
    assert [shop.ask(NAME, version=version).status_code for version in ("2026-07", "2026-10", "2025-01", "latest")] == [
        200,
        200,
        404,
        404,
    ]


def test_a_body_that_asks_nothing_is_a_bad_request(shop):
    answer = httpx.post(
        f"{shop.shop}/{DOMAIN}/admin/api/2026-07/graphql.json",
        content=b"{",
        headers={"X-Shopify-Access-Token": "shpat_alder_demo"},
    )

    assert (answer.status_code, answer.json()) == (400, {"errors": {"query": "Required parameter missing or invalid"}})


def test_a_call_that_fails_before_leaves_nothing_done(shop):
    sold, before = shop.sell(), shop.effects()
    shop.misbehave(kind="fail_before", operation="returnCreate")

    answer = shop.ask(CREATE, it=wanted(sold))

    assert (answer.status_code, answer.json()) == (500, {"errors": "Internal Server Error"})
    assert shop.effects() == before


@pytest.mark.parametrize(("kind", "seconds"), [("fail_after", None), ("reset_after", None), ("hang_after", 0.05)])
def test_a_call_that_fails_after_has_done_its_work(shop, kind, seconds):
    sold, before = shop.sell(), shop.effects()
    shop.misbehave(kind=kind, operation="M", seconds=seconds)

    outcome = status_or_error(shop, CREATE, it=wanted(sold))

    assert outcome == (500 if kind == "fail_after" else "ReadError")
    assert shop.effects()[len(before) :] == ["return_opened"]


@pytest.mark.parametrize(("kind", "seconds"), [("reset", None), ("hang", 0.05)])
def test_a_connection_that_is_cut_before_has_done_nothing(shop, kind, seconds):
    sold, before = shop.sell(), shop.effects()
    shop.misbehave(kind=kind, operation="returnCreate", seconds=seconds)

    assert status_or_error(shop, CREATE, it=wanted(sold)) == "ReadError"
    assert shop.effects() == before


def status_or_error(shop, query, **variables):
    try:
        return shop.ask(query, **variables).status_code
    except httpx.HTTPError as lost:
        return type(lost).__name__


def test_a_call_that_is_declined_on_demand_leaves_nothing_done(shop):
    sold, before = shop.sell(), shop.effects()
    shop.misbehave(kind="refuse", operation="returnCreate")

    told = shop.ask(CREATE, it=wanted(sold)).json()["data"]["returnCreate"]

    assert (told["return"], told["userErrors"][0]["code"]) == (None, "INVALID_STATE")
    assert shop.effects() == before


def test_a_question_that_is_declined_on_demand_is_denied(shop):
    shop.misbehave(kind="refuse", operation="Name")

    answer = shop.ask(NAME).json()

    assert (answer["data"], answer["errors"][0]["extensions"]["code"]) == (None, "ACCESS_DENIED")


def test_a_throttled_call_has_no_data_and_shopifys_code(shop):
    shop.misbehave(kind="throttled", operation="Name")

    answer = shop.ask(NAME)

    assert answer.status_code == 200
    assert "data" not in answer.json()
    assert answer.json()["errors"][0]["extensions"]["code"] == "THROTTLED"


def test_a_slow_call_is_answered_all_the_same(shop):
    shop.misbehave(kind="slow", operation="Name", seconds=0.05)

    answer = shop.ask(NAME)

    assert answer.elapsed.total_seconds() >= 0.05
    assert answer.json()["data"] == {"shop": {"name": "Alder"}}


def test_an_order_is_made_as_it_was_wished(shop):
    sold = shop.sell(
        email="maya@example.com",
        name="Maya Okafor",
        country="NL",
        lines=[{"product": "wide-trousers", "variant": "12", "quantity": 2}, {"product": "wool-scarf"}],
    )

    kept = httpx.get(f"{shop.shop}/control/orders/{sold['name']}").json()["kept"]

    assert [(line["sku"], line["quantity"], line["paid"]) for line in sold["lines"]] == [
        ("AL-WIDE-TROUSERS-12", 2, 13000),
        ("AL-WOOL-SCARF-ONESIZE", 1, 3800),
    ]
    assert (sold["email"], kept["address"]["last_name"], kept["address"]["country"]) == (
        "maya@example.com",
        "Okafor",
        "NL",
    )
    assert [event["status"] for event in kept["fulfillments"][0]["events"]] == ["in_transit", "delivered"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"shop": "oak.myshopify.com"}, "shop must be one of"),
        ({"shop": DOMAIN, "lines": [{"product": "hat"}]}, "Alder does not sell 'hat'"),
        ({"shop": DOMAIN, "lines": [{"product": "camp-shirt", "variant": "44"}]}, "comes in 8, 10, 12, 14"),
        ({"shop": DOMAIN, "colour": "sage"}, "colour: Extra inputs are not permitted"),
    ],
)
def test_an_order_that_cannot_be_is_refused_in_words(shop, asked, words):
    answer = httpx.post(f"{shop.shop}/control/orders", json=asked)

    assert answer.status_code == 422
    assert words in answer.json()["error"]


@pytest.mark.parametrize("path", ["/images/{}@144.webp", "/cdn/shop/images/{}.webp?width=144"])
@pytest.mark.parametrize("stem", PICTURES)
def test_every_product_has_a_small_picture_of_at_most_12_kb(shop, stem, path):
    answer = httpx.get(shop.shop + path.format(stem))

    assert Image.open(io.BytesIO(answer.content)).size == (144, 180)
    assert answer.headers["content-type"] == "image/webp"
    assert len(answer.content) <= 12 * 1024


@pytest.mark.parametrize(("ending", "size"), [("", (800, 1000)), ("-wide", (1600, 900))])
@pytest.mark.parametrize("slug", ["alder", "kite"])
def test_every_shop_has_a_start_photo_of_at_most_60_kb(shop, slug, ending, size):
    answer = httpx.get(f"{shop.shop}/images/{slug}-start{ending}.webp")

    assert Image.open(io.BytesIO(answer.content)).size == size
    assert len(answer.content) <= 60 * 1024


@pytest.mark.parametrize(
    "name", ["top-hat.webp", "camp-shirt@7.webp", "camp-shirt@9999.webp", "..%2Fapp.py", "camp-shirt.png"]
)
def test_there_is_no_other_picture(shop, name):
    assert httpx.get(f"{shop.shop}/images/{name}").status_code == 404


def test_every_port_has_a_front_page_and_a_sign_of_life(world):
    world.sell()

    for port in (world.shop, world.carrier, world.mailbox):
        front = httpx.get(port)
        assert httpx.get(f"{port}/livez").text == "ok\n"
        assert front.status_code == 200
        assert front.headers["content-security-policy"].startswith("default-src 'none'")


def test_the_journal_is_a_line_of_json_for_each_effect(shop):
    sold = shop.sell()
    shop.ask(CREATE, it=wanted(sold))

    lines = httpx.get(f"{shop.shop}/control/journal", params={"shop": DOMAIN, "order": sold["name"]}).text.splitlines()

    assert [line.startswith("{") for line in lines] == [True, True]
    assert "return_opened" in lines[1]


CARD = """mutation M($it: GiftCardCreateInput!) {
  giftCardCreate(input: $it) { giftCard { id } giftCardCode userErrors { message } } }"""


def installed(shop, *scopes):
    """A token that was granted these scopes and no others."""
    asked = {"client_id": "homeward-sandbox", "redirect_uri": "http://portal.example/back", "scope": ",".join(scopes)}
    page = httpx.get(f"{shop.shop}/{DOMAIN}/admin/oauth/authorize", params=asked).text
    back = urlsplit(unescape(re.search("id=install href='([^']+)'", page)[1]))
    told = {"client_id": "homeward-sandbox", "client_secret": "shpss_homeward_sandbox"} | dict(parse_qsl(back.query))
    return httpx.post(f"{shop.shop}/{DOMAIN}/admin/oauth/access_token", json=told).json()["access_token"]


def test_what_a_token_has_no_scope_for_is_denied_and_not_done(shop):
    token = installed(shop, "read_orders")
    wish = {"initialAmount": {"amount": "5.00", "currencyCode": "GBP"}, "code": "abcd1234efgh5678"}
    sold = shop.sell()
    before = shop.effects()

    card = shop.ask(CARD, token=token, it=wish).json()
    opened = shop.ask(CREATE, token=token, it=wanted(sold)).json()

    for told, field, scope in ((card, "giftCardCreate", "write_gift_cards"), (opened, "returnCreate", "write_returns")):
        [error] = told["errors"]
        assert told["data"] == {field: None}
        assert error["extensions"]["code"] == "ACCESS_DENIED"
        assert f"Access denied for {field} field. Required access: `{scope}`" in error["message"]
    assert shop.effects() == before


def test_one_denied_field_leaves_the_rest_beside_its_error(shop):
    sold = shop.sell()
    query = "query Q($it: ID!) { order(id: $it) { name customer { id } } }"

    told = shop.ask(query, token=installed(shop, "write_orders"), it=sold["id"]).json()

    assert told["data"] == {"order": {"name": sold["name"], "customer": None}}
    assert [error["path"] for error in told["errors"]] == [["order", "customer"]]


@pytest.mark.parametrize(("fault", "status"), [("http_401", 401), ("http_402", 402), ("http_429", 429)])
def test_a_shop_turns_away_by_status_before_anything_is_done(shop, fault, status):
    sold = shop.sell()
    shop.misbehave(kind=fault, operation="returnCreate", seconds=0.5)

    answer = shop.ask(CREATE, it=wanted(sold))

    assert (answer.status_code, type(answer.json()["errors"])) == (status, str)
    assert answer.headers.get("retry-after") == ("0.5" if status == 429 else None)
    assert shop.ask(CREATE, it=wanted(sold)).json()["data"]["returnCreate"]["userErrors"] == []


def test_an_answer_with_a_part_denied_or_cut_short_comes_after_the_work(shop):
    first, second = shop.sell(), shop.sell()
    shop.misbehave(kind="partial", operation="returnCreate")
    shop.misbehave(kind="truncated", operation="returnCreate")
    before = shop.effects().count("return_opened")

    denied, cut = (shop.ask(CREATE, it=wanted(sold)) for sold in (first, second))

    assert denied.json()["data"]["returnCreate"]["return"] is None
    assert denied.json()["errors"][0]["path"] == ["returnCreate", "return"]
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        cut.json()
    assert shop.effects().count("return_opened") - before == 2
