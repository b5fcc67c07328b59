import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from libs.chassis.ids import new_id
from services.orders.domain.shops import EARLY, OPTIONAL, REQUIRED, Shop, ShopKind, is_domain, lacking

ROOT = Path(__file__).parents[3]
CLASS_WIDE = re.compile(r"Session\.temp|activate_session|ShopifyResource|shopify\.Session")
VERSION = re.compile(r"\b20\d\d-(?:01|04|07|10)\b")
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ALDER = Shop(new_id(), new_id(), "alder-demo.myshopify.com", "GBP", "AL-", "", b"sealed")


def written(folder: str) -> dict[str, str]:
    return {str(path.relative_to(ROOT)): path.read_text() for path in (ROOT / folder).rglob("*.py")}


@pytest.mark.parametrize("folder", ["services", "libs"])
def test_nobody_uses_the_library_s_way_of_one_active_shop_for_all(folder: str):
    assert [path for path, text in written(folder).items() if CLASS_WIDE.search(text)] == []


def test_the_version_of_the_api_stands_in_one_place():
    named = {path for path, text in written("services/orders").items() if VERSION.search(text)}

    assert named == {"services/orders/settings.py"}


@pytest.mark.parametrize("domain", ["alder-demo.myshopify.com", "a.myshopify.com", "shop-1.myshopify.com"])
def test_the_whole_name_of_a_shop_is_one(domain: str):
    assert is_domain(domain)


@pytest.mark.parametrize(
    "domain",
    [
        "",
        "alder-demo",
        "alder.example",
        "-a.myshopify.com",
        "A.myshopify.com",
        "a.myshopify.com.evil.example",
        "evil.example/a.myshopify.com",
        "a.myshopify.com/x",
        "a.myshopify.com\n",
        "a.b.myshopify.com",
        "https://a.myshopify.com",
    ],
)
def test_what_is_more_or_less_than_the_name_of_a_shop_is_none(domain: str):
    assert not is_domain(domain)


def test_the_right_to_write_includes_the_right_to_read():
    granted = ("write_orders", "write_returns", "read_products", "read_inventory", "read_locations", "read_customers")

    assert lacking(REQUIRED, granted) == ()
    assert lacking(REQUIRED, granted[1:]) == ("read_orders", "write_orders")


def test_nothing_is_needed_and_optional_at_once():
    assert set(REQUIRED).isdisjoint(OPTIONAL)


def test_a_token_is_renewed_some_minutes_before_it_ends():
    shop = replace(ALDER, expires_at=NOON)

    assert not shop.ends_soon(NOON - EARLY - timedelta(seconds=1))
    assert shop.ends_soon(NOON - EARLY)
    assert (shop.has_ended(NOON - timedelta(seconds=1)), shop.has_ended(NOON)) == (False, True)


def test_a_pasted_token_has_no_end():
    assert not ALDER.ends_soon(NOON) and not ALDER.has_ended(NOON)


def test_a_shop_is_open_while_it_has_a_token_and_is_neither_lost_nor_disconnected():
    shut = [replace(ALDER, token=None), replace(ALDER, lost_at=NOON), replace(ALDER, disconnected_at=NOON)]

    assert ALDER.is_open
    assert not any(shop.is_open for shop in shut)
    assert not replace(ALDER, kind=ShopKind.NATIVE, token=b"").is_open
