"""Which sizes and colours go together, what is sold out, and what an exchange settles: from what orders tells."""

import pytest

from libs.contracts.orders import ExchangeChoice
from libs.contracts.values import Option
from services.portal.web import choosing_variants as choosing
from services.portal.web import views
from tests.unit.portal.exchanges import TROUSERS, a_choice, a_product, pounds, told

EIGHT, TEN, TWELVE = a_choice("8", stock=0), a_choice("10", bought=True), a_choice("12", stock=2)
SAGE_10, SAGE_12 = a_choice("Sage", "10", stock=0), a_choice("Sage", "12", stock=0)
INK_10, INK_12 = a_choice("Ink", "10"), a_choice("Ink", "12", stock=0)
COLOURED = (SAGE_10, SAGE_12, INK_10, INK_12)


def test_a_size_that_is_sold_out_is_seen_and_cannot_be_chosen():
    (row,) = choosing.rows_of((EIGHT, TEN, TWELVE), {"Size": "8"})

    assert (row.name, row.legend) == ("option-0", "Size")
    assert [(chip.value, chip.sold_out, chip.chosen, chip.left, chip.bought) for chip in row.chips] == [
        ("8", True, False, None, False),
        ("10", False, False, None, True),
        ("12", False, False, 2, False),
    ]


def test_a_colour_is_sold_out_once_every_size_of_it_is():
    colours, sizes = choosing.rows_of(COLOURED, {})

    assert [(chip.value, chip.sold_out) for chip in colours.chips] == [("Sage", True), ("Ink", False)]
    assert [(chip.value, chip.sold_out) for chip in sizes.chips] == [("10", False), ("12", True)]


def test_sizes_are_those_of_the_colour_that_is_chosen():
    ink_12 = a_choice("Ink", "12", stock=5)
    sage_10 = a_choice("Sage", "10", stock=5)

    _, sizes = choosing.rows_of((sage_10, SAGE_12, INK_10, ink_12), {"Colour": "Sage"})

    assert [(chip.value, chip.sold_out) for chip in sizes.chips] == [("10", False), ("12", True)]


def test_an_option_that_all_share_is_not_asked_for():
    assert list(choosing.options_of((a_choice("Sage", "10"), a_choice("Sage", "12")))) == ["Size"]


def test_a_product_of_one_size_shows_it_chosen():
    scarf = a_choice("Oat", "One size")

    values = choosing.values_of((scarf,), None)
    (row,) = choosing.rows_of((scarf,), values)

    assert [(chip.value, chip.chosen) for chip in row.chips] == [("One size", True)]
    assert choosing.choice_of((scarf,), values) == scarf


def test_a_product_without_options_is_chosen_by_itself():
    option = Option(name="Title", value="Default Title")
    plain = a_choice("10").model_copy(update={"title": "Default Title", "options": (option,)})

    assert choosing.options_of((plain,)) == {}
    assert choosing.missing((plain,), {}) == {}
    assert choosing.choice_of((plain,), {}) == plain
    sold_out = plain.model_copy(update={"in_stock": False})
    assert list(choosing.missing((sold_out,), {})) == ["form"]


@pytest.mark.parametrize(
    ("choices", "values", "words"),
    [
        ((EIGHT, TEN), {}, {"option-0": "Choose a size"}),
        ((EIGHT, TEN), {"Size": "8"}, {"option-0": "Size 8 has just sold out. Choose another size."}),
        ((EIGHT, TEN), {"Size": "10"}, {}),
        (COLOURED, {}, {"option-0": "Choose a colour", "option-1": "Choose a size"}),
        (COLOURED, {"Colour": "Ink", "Size": "12"}, {"option-1": "Size 12 has just sold out. Choose another size."}),
        (
            (SAGE_10, INK_12),
            {"Colour": "Sage", "Size": "12"},
            {"option-1": "It does not come in Sage and 12. Choose another."},
        ),
    ],
)
def test_what_is_still_to_be_said_is_asked_for_at_its_option(
    choices: tuple[ExchangeChoice, ...], values: dict[str, str], words: dict[str, str]
):
    assert choosing.missing(choices, values) == words


@pytest.mark.parametrize(
    ("amount", "settles"),
    [
        (600, views.Settles(more=pounds(600))),
        (-400, views.Settles(back=pounds(400))),
        (0, views.Settles()),
    ],
)
def test_what_is_settled_is_more_to_pay_back_to_the_shopper_or_even(amount: int, settles: views.Settles):
    assert choosing.settles(pounds(amount)) == settles


def test_what_is_settled_stands_at_each_size_where_sizes_differ_and_once_where_they_do_not():
    dearer = a_choice("14", price=5100)
    (same,), (each,) = choosing.rows_of((TEN, TWELVE), {}), choosing.rows_of((TEN, dearer), {})

    assert {chip.settles for chip in same.chips} == {None}
    assert [chip.settles for chip in each.chips] == [views.Settles(), views.Settles(more=pounds(600))]
    assert choosing.settles_of((TEN, TWELVE), {}) == views.Settles()
    assert choosing.settles_of((TEN, dearer), {}) is None
    assert choosing.settles_of((TEN, dearer), {"Size": "14"}) == views.Settles(more=pounds(600))


def test_other_products_lead_to_what_they_come_in_and_sold_out_ones_nowhere():
    trousers = a_product(a_choice("8", price=6500), a_choice("10", price=7000), title="Wide-leg trousers", id=TROUSERS)
    scarf = a_product(a_choice("One size", stock=0), title="Wool scarf")

    grid = choosing.grid_of(
        told(TEN, products=(trousers, scarf), next="c2"), "/alder/exchange/1", search="w", later=False
    )

    wide, gone = grid.tiles
    assert wide.address == "/alder/exchange/1?product=gid%3A%2F%2Fshopify%2FProduct%2F2"
    assert (wide.settles, wide.from_) == (views.Settles(more=pounds(2000)), True)
    assert (gone.address, gone.settles) == (None, None)
    assert (grid.more, grid.first) == ("/alder/exchange/1?q=w&after=c2#others", None)


def test_what_was_chosen_before_is_chosen_again():
    assert choosing.values_of((TEN, TWELVE), TWELVE.variant_id) == {"Size": "12"}
    assert choosing.values_of((TEN, TWELVE), "gid://shopify/ProductVariant/9") == {}


def test_whoever_got_a_present_chooses_among_what_costs_the_same():
    trousers = a_product(a_choice("8", price=6500), title="Wide-leg trousers", id=TROUSERS)
    shorts = a_product(a_choice("8", price=4500), a_choice("10", price=4000), title="Shorts")

    kept = choosing.even(told(TEN, a_choice("12", price=5100), a_choice("14", price=4000), products=(trousers, shorts)))

    assert [choice.title for choice in kept.choices] == ["10"]
    assert [(product.title, len(product.choices)) for product in kept.products] == [("Shorts", 1)]
