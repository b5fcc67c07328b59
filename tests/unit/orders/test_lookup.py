import pytest

from services.orders.domain.lookup import email_key, is_number, number_key, search_term

TYPED = ["1001", "#1001", " 1001 ", "AL-1001", "al-1001", "AL 1001", "al1001", "＃1001", "１００１", "#AL-1001"]


@pytest.mark.parametrize("typed", TYPED)
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
