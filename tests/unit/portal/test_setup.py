"""A retailer as it is written down, before anything is made of it."""

import pytest
from pydantic import ValidationError

from deploy.local.retailers import retailers
from services.portal.setup import NewRetailer


def alder(**changes: object) -> dict:
    return retailers("https://pictures.example")[0] | changes


def test_the_retailers_of_the_demo_are_retailers():
    assert [NewRetailer.model_validate(each).slug for each in retailers("http://127.0.0.1:9100")] == ["alder", "kite"]


@pytest.mark.parametrize(
    "changes",
    [
        {"slug": "admin"},
        {"slug": "homeward"},
        {"name": "Alder\r\nBcc: all@example.com"},
        {"shop_url": "javascript:alert(1)"},
        {"image": "https://pictures.example/a.webp; script-src *"},
        {"image_origin": "https://pictures.example; script-src *"},
        {"support_email": "help@alder.example>, <all@example.com"},
    ],
)
def test_what_would_mean_something_else_in_an_address_a_header_or_a_mail_is_refused(changes: dict):
    with pytest.raises(ValidationError, match=next(iter(changes))):
        NewRetailer.model_validate(alder(**changes))
