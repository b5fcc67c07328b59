"""Where a request comes from."""

import pytest
from starlette.requests import Request

from services.portal.security import address_of
from services.portal.settings import PortalSettings


def a_request(peer: str, *forwarded: str) -> Request:
    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    return Request({"type": "http", "method": "GET", "path": "/", "headers": headers, "client": (peer, 40000)})


@pytest.mark.parametrize(
    ("request_", "address"),
    [
        (a_request("203.0.113.9", "198.51.100.1"), "203.0.113.9"),
        (a_request("10.0.0.1", "198.51.100.1"), "198.51.100.1"),
        (a_request("10.0.0.1", "1.1.1.1, 198.51.100.1"), "198.51.100.1"),
        (a_request("10.0.0.1", "1.1.1.1", "198.51.100.1"), "198.51.100.1"),
        (a_request("10.0.0.1"), "10.0.0.1"),
        (a_request("10.0.0.1", "2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64"),
        (a_request("10.0.0.1", "what"), "what"),
    ],
)
def test_an_address_is_the_last_hop_that_no_proxy_of_ours_added(request_: Request, address: str):
    assert address_of(request_, PortalSettings.model_construct(forwarded_by="10.0.0.1")) == address
