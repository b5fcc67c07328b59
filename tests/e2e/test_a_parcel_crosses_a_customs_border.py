"""A jacket comes back to the Netherlands from Britain: by the lane of its weight, with papers that name what customs ask for."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import httpx
import pypdfium2
import pytest

from deploy.local.seed import place_order
from deploy.local.stack import Stack
from tests.e2e.test_a_parcel_travels_with_a_carrier import SHOP, Kite
from tests.waiting import until

FREE = {"amount": 0, "currency": "EUR"}
LIGHT = {"country": "GB", "hub": "TIL", "service": "Light parcel", "price": FREE, "most_grams": 500}
HEAVY = {"country": "GB", "hub": "TIL", "service": "Heavy parcel", "price": FREE, "least_grams": 501}


@pytest.fixture(scope="module")
def kite(suite: Stack) -> Iterator[Kite]:
    """Kite, while it takes parcels from Britain."""
    kite = Kite(suite)
    kite.api("POST", "/lanes", json={"lanes": [LIGHT, HEAVY]}).raise_for_status()
    yield kite
    kite.api("POST", "/lanes", json={"lanes": [lane | {"on": False} for lane in (LIGHT, HEAVY)]}).raise_for_status()


def sends_back(kite: Kite, *products: str) -> dict[str, Any]:
    """The return of all of an order that was sent to Britain, once it has its label."""
    shopify = kite.suite.facts["sandbox"]["shopify"]
    order = place_order(shopify, SHOP, country="GB", lines=[{"product": product} for product in products])
    lines = [
        {"sku": line["sku"], "reason": "does_not_fit", "sub_reason": "too_small", "resolution": "refund"}
        for line in order["lines"]
    ]
    wish = {"order": order["number"], "email": order["email"], "lines": lines}
    until(lambda: kite.api("POST", "/returns/preview", json=wish).is_success)
    made = kite.api("POST", "/returns", json=wish, key=order["number"]).raise_for_status().json()
    kite.label(made["number"])
    return dict(made) | {"order": order["number"]}


def papers(kite: Kite, number: str) -> list[str]:
    """The words of each page of the customs papers, by the link that staff and shopper have."""
    documents = kite.api("GET", f"/returns/{number}/documents").raise_for_status().json()["documents"]
    (link,) = (document["url"] for document in documents if document["form"] == "customs")
    pages = pypdfium2.PdfDocument(BytesIO(httpx.get(link, follow_redirects=True).raise_for_status().content))
    return [" ".join(page.get_textpage().get_text_range().split()) for page in pages]


def test_the_papers_name_tariff_number_origin_weight_and_the_way_out(kite: Kite):
    made = sends_back(kite, "rain-jacket")
    (line,) = kite.api("GET", f"/orders/{made['order']}").json()["lines"]

    invoice, declaration = papers(kite, made["number"])

    for paper in (invoice, declaration):
        assert "Rain jacket, Sunflower / 2-3 years 1 621050 PORTUGAL 0.420 kg" in paper
        assert f"Original export Order {made['order']}, parcel {line['shipped_as'][0]}" in paper
        assert "Net weight 0.420 kg" in paper


def test_a_parcel_takes_the_lane_of_what_is_sent_back(kite: Kite):
    light, heavy = sends_back(kite, "rain-jacket"), sends_back(kite, "rain-jacket", "striped-tee")

    stories = [kite.api("GET", f"/returns/{made['number']}/story").text for made in (light, heavy)]

    assert [("Light parcel" in story, "Heavy parcel" in story) for story in stories] == [(True, False), (False, True)]
