"""What a shopper types to find an order, and the links that a shop signs."""

import base64
import hmac
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from libs.chassis.secrets import Secrets
from libs.contracts.orders import FindOrderV1
from services.portal.lookup import LONGEST_LINK, BadLink, Typed, Way, link_key, opened, signed

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ALDER, KITE = UUID(int=1), UUID(int=2)
OLD, NEW = (f"{name}:{base64.b64encode(bytes([fill]) * 32).decode()}" for name, fill in (("old", 1), ("new", 2)))
KEY = link_key(Secrets(OLD), ALDER)
ALL = {"email": "ana@example.com", "postcode": "YO1 7HH", "phone": "07700 900123"}


def a_link(**changes) -> str:
    said = {"number": "AL-1001", "email": "ana@example.com", "until": NOON + timedelta(days=30)} | changes
    return signed(KEY, **said)


@pytest.mark.parametrize(
    ("way", "asked"),
    [
        (Way.EMAIL, {"email": "ana@example.com"}),
        (Way.POSTCODE, {"email": "", "postcode": "YO1 7HH"}),
        (Way.PHONE, {"email": "", "phone": "07700 900123"}),
        (Way.GIFT, {"email": "", "postcode": "YO1 7HH", "gift": True}),
    ],
)
def test_orders_is_asked_with_the_proof_of_the_way_and_no_other(way: Way, asked: dict):
    assert Typed("AL-1001", way, **ALL).request() == FindOrderV1(number="AL-1001", **asked)


def test_a_link_says_what_was_signed():
    assert opened(KEY, a_link(), NOON) == Typed("AL-1001", Way.EMAIL, "ana@example.com")


def test_a_link_is_what_a_shop_can_sign_with_two_filters_of_its_mail_templates():
    said = base64.urlsafe_b64encode(f"AL-1001|ana@example.com|{int(NOON.timestamp()) + 60}".encode()).decode()
    token = f"{said}.{hmac.new(KEY.encode(), said.encode(), 'sha256').hexdigest()}"

    assert opened(KEY, token, NOON).number == "AL-1001"
    assert opened(KEY, token, NOON) == opened(KEY, a_link(until=NOON + timedelta(seconds=60)), NOON)


def test_a_link_of_base64_without_its_padding_is_as_good():
    said = a_link().partition(".")[0].rstrip("=")

    assert opened(KEY, f"{said}.{hmac.new(KEY.encode(), said.encode(), 'sha256').hexdigest()}", NOON)


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "nothing",
        a_link() + "0",
        "A" + a_link()[1:],
        a_link()[:-1],
        a_link(until=NOON),
        a_link(until=NOON - timedelta(days=1)),
        a_link(until=NOON + LONGEST_LINK + timedelta(days=1)),
        signed(link_key(Secrets(OLD), KITE), number="AL-1001", email="a@b.c", until=NOON + timedelta(days=1)),
        f"AAAA.{hmac.new(KEY.encode(), b'AAAA', 'sha256').hexdigest()}",
        f"{'_' * 5}.{hmac.new(KEY.encode(), b'_____', 'sha256').hexdigest()}",
        "\u00e9.\u00e9",
    ],
)
def test_a_link_that_was_altered_has_ended_or_is_anothers_opens_nothing(token: str):
    with pytest.raises(BadLink):
        opened(KEY, token, NOON)


def test_a_number_may_hold_a_bar():
    assert opened(KEY, a_link(number="AL|1001"), NOON).number == "AL|1001"


def test_each_retailer_has_a_key_of_its_own_that_outlives_the_suites():
    assert link_key(Secrets(OLD), ALDER) != link_key(Secrets(OLD), KITE)
    assert link_key(Secrets(f"{NEW},{OLD}"), ALDER) == KEY
