import pytest

from services.orders.domain.phones import keys_of, typed_key

HELD = "+447700900123"


@pytest.mark.parametrize(
    "typed",
    [
        "+44 7700 900123",
        "+44 (0)7700 900 123",
        "0044 7700 900123",
        "07700 900123",
        "07700-900.123",
        " 7700900123 ",
        "＋４４ ７７００ ９００１２３",
        "+44 7700 900123",
    ],
)
def test_a_number_is_one_however_it_is_written(typed: str):
    assert typed_key(typed) in keys_of(HELD, "GB")


@pytest.mark.parametrize("typed", ["+353 7700 900123", "07700 900124", "+1 770 090 0123", "900123", "0770", "", "maya"])
def test_the_number_of_another_person_or_country_is_another(typed: str):
    assert typed_key(typed) not in keys_of(HELD, "GB")


def test_a_number_held_without_its_country_is_of_where_the_parcel_went():
    held = keys_of("07700 900123", "GB")

    assert typed_key("+44 7700 900123") in held
    assert typed_key("+353 7700 900123") not in held


@pytest.mark.parametrize(
    ("held", "typed"),
    [
        ("+4712345678", "12 34 56 78"),
        ("+79123456789", "8 912 345-67-89"),
        ("+36301234567", "06 30 123 4567"),
        ("+39061234567", "06 123 4567"),
        ("+12125550123", "(212) 555-0123"),
        ("+12125550123", "1-212-555-0123"),
        ("+35312345678", "01 234 5678"),
    ],
)
def test_what_is_dialled_inland_is_the_same_number(held: str, typed: str):
    assert typed_key(typed) in keys_of(held, "ZZ")


def test_too_few_digits_are_no_number():
    assert typed_key("12345") is None
    assert keys_of("112", "GB") == frozenset()


def test_a_number_of_no_known_country_is_found_without_one_only():
    held = keys_of("7700900123", "ZZ")

    assert typed_key("07700 900123") in held
    assert typed_key("+44 7700 900123") not in held
