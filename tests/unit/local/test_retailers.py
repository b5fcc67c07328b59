"""The demo's retailers can do what the documents show."""

import re
from pathlib import Path

import pytest

from deploy.local.retailers import KEY_SCOPES, retailers
from services.portal.access import May
from services.portal.setup import NewRetailer

API = (Path(__file__).parents[3] / "docs" / "api.md").read_text()


def test_the_demos_key_may_do_all_that_the_api_s_page_shows_for_a_retailer():
    table = API.partition("| scope | for |")[2].partition("\n\n")[0]
    named = set(re.findall(r"^\| `([a-z]+\.[a-z]+)`", table, re.MULTILINE))

    assert "carriers.manage" in named
    assert named <= set(KEY_SCOPES)


def test_the_demos_key_may_manage_neither_people_nor_keys_nor_the_shop():
    assert set(KEY_SCOPES) == {*May} - {May.MANAGE_STAFF, May.MANAGE_KEYS, May.MANAGE_SHOPS, May.OPERATE}


@pytest.mark.parametrize("place", [0, 1], ids=["alder", "kite"])
def test_what_the_demo_tells_of_a_retailer_is_whole(place: int):
    given = retailers("http://127.0.0.1:9100")[place]

    assert set(NewRetailer.model_validate(given).key_scopes) == set(KEY_SCOPES)
