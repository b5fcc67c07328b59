import pytest

from libs.contracts.orders import FindOrderV1
from services.orders.domain.lookup import (
    Buyer,
    email_key,
    is_number,
    number_key,
    postcode_key,
    proof_of,
    proofs_of,
    search_term,
)

TYPED = ["1001", "#1001", " 1001 ", "AL-1001", "al-1001", "AL 1001", "al1001", "＃1001", "１００１", "#AL-1001"]
DASHES = ["AL\N{EN DASH}1001", "AL\N{EM DASH}1001", "AL\N{NON-BREAKING HYPHEN}1001"]


@pytest.mark.parametrize("typed", TYPED + DASHES)
def test_a_number_is_known_however_it_is_typed(typed):
    assert number_key(typed) == number_key("AL-1001")
    assert is_number(typed, "AL-1001")


@pytest.mark.parametrize("typed", ["KT-1001", "1002", "AL-1001-B", "01001", "2-1001", ""])
def test_the_number_of_another_shop_or_order_is_not_meant(typed):
    assert not is_number(typed, "AL-1001")


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("EU2-1001", "1001"),
        ("1001-B", "1001"),
        ("2024-1001", "1001"),
        ("#POS", "pos"),
        ("GIFT-X", "giftx"),
        ("AL-01001", "01001"),
    ],
)
def test_the_longest_run_of_digits_is_the_number(name, key):
    assert number_key(name) == key


@pytest.mark.parametrize("typed", ["", "   ", "1001; drop", 'name:"1001"', "1" * 41, "1001\x00", "*"])
def test_what_cannot_be_a_number_has_no_key(typed):
    assert number_key(typed) is None


def test_an_email_is_compared_without_case_and_spaces():
    assert email_key(" Maya@Example.COM ") == email_key("maya@example.com")


def test_the_shop_is_searched_for_the_number_as_it_prints_it():
    assert search_term("1001", prefix="AL-", suffix="") == 'name:"AL-1001"'
    assert search_term(" #al-1001", prefix="AL-", suffix="") == 'name:"AL-1001"'


def test_a_prefix_cannot_end_the_quotes_of_a_search():
    assert search_term("1001", prefix='"\\', suffix="") == 'name:"\\"\\\\1001"'


def test_nothing_is_searched_for_what_cannot_be_a_number():
    assert search_term('" OR email:maya', prefix="", suffix="") is None


MAYA = Buyer(
    email="Maya.Lind+shirts@Example.com",
    sent_to="YO1 7HH",
    billed_to="LS1 4AP",
    phones=("+447700900123",),
    country="GB",
)


def proves(buyer: Buyer = MAYA, **typed) -> bool:
    return proof_of(FindOrderV1(**{"number": "1001", "email": ""} | typed)) in proofs_of(buyer)


@pytest.mark.parametrize(
    "typed",
    [
        {"email": " maya.lind+SHIRTS@example.com "},
        {"postcode": "yo17hh"},
        {"postcode": " YO1  7HH"},
        {"postcode": "ls1 4ap"},
        {"phone": "07700 900123"},
        {"phone": "+44 7700 900123"},
        {"postcode": "YO1 7HH", "gift": True},
    ],
)
def test_an_order_is_opened_by_its_email_either_postcode_its_phone_or_as_a_gift(typed: dict):
    assert proves(**typed)


@pytest.mark.parametrize(
    "typed",
    [
        {"email": "mayalind+shirts@example.com"},
        {"email": "maya.lind@example.com"},
        {"email": "   "},
        {"postcode": "YO1"},
        {"postcode": "7HH"},
        {"postcode": "YO1 7HX"},
        {"postcode": "--"},
        {"phone": "900123"},
        {"postcode": "LS1 4AP", "gift": True},
        {"email": "Maya.Lind+shirts@Example.com", "gift": True},
        {"phone": "07700 900123", "gift": True},
        {},
    ],
)
def test_half_a_proof_is_none_and_a_gift_is_opened_by_where_it_was_sent_alone(typed: dict):
    assert not proves(**typed)


def test_an_order_over_the_counter_is_opened_by_nothing_that_it_lacks():
    assert proofs_of(Buyer()) == frozenset()
    assert not any(
        proves(Buyer(), **typed) for typed in ({"email": ""}, {"postcode": ""}, {"phone": ""}, {"gift": True})
    )


@pytest.mark.parametrize(
    ("held", "typed"),
    [
        ("12345-6789", "12345"),
        ("12345", "12345-6789"),
        ("D02 X285", "d02x285"),
        ("3511 NR", "3511nr"),
        ("10435", "10435"),
    ],
)
def test_a_postcode_is_compared_whole_and_an_american_one_by_its_five_digits(held: str, typed: str):
    assert postcode_key(held) == postcode_key(typed)


def test_what_proves_one_way_proves_no_other():
    assert not proves(Buyer(email="900123900@x"), phone="900123900")
    assert proof_of(FindOrderV1(number="1", email="", postcode="1234567")) != proof_of(
        FindOrderV1(number="1", email="", phone="1234567")
    )
