import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.contracts.values import Money
from services.orders.domain.money import BadAmount, exponent, major, minor, total


@pytest.mark.parametrize(
    ("written", "currency", "units"),
    [
        ("42.05", "GBP", 4205),
        ("110.0", "USD", 11000),
        ("0.1", "EUR", 10),
        ("1000.0", "JPY", 1000),
        ("1.234", "KWD", 1234),
        ("-5.00", "GBP", -500),
        ("90071992547409.93", "EUR", 9007199254740993),
    ],
)
def test_a_decimal_string_is_minor_units_by_the_exponent_of_its_currency(written, currency, units):
    assert minor(written, currency) == Money(amount=units, currency=currency)


@pytest.mark.parametrize(
    ("written", "currency"),
    [("42.055", "GBP"), ("10.5", "JPY"), ("ten", "GBP"), ("NaN", "GBP"), ("Infinity", "GBP"), ("", "GBP")],
)
def test_an_amount_that_is_not_whole_in_its_currency_is_refused_and_never_rounded(written, currency):
    with pytest.raises(BadAmount):
        minor(written, currency)


def test_a_float_is_refused_because_it_has_lost_pennies_already():
    with pytest.raises(BadAmount):
        minor(42.05, "GBP")


@given(st.integers(-(10**15), 10**15), st.sampled_from(["GBP", "JPY", "KWD", "EUR"]))
def test_what_is_written_for_the_shop_reads_back_as_the_same_money(units, currency):
    money = Money(amount=units, currency=currency)

    assert minor(major(money), currency) == money
    assert len(major(money).partition(".")[2]) == exponent(currency)


def test_currencies_are_never_added_up():
    with pytest.raises(BadAmount):
        total([Money(amount=100, currency="GBP"), Money(amount=100, currency="EUR")], "GBP")
