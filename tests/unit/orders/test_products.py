from dataclasses import replace

import pytest

from services.orders.domain.orders import KnownOrder, absorb, view
from services.orders.domain.products import Product, shown
from tests.unit.orders.shirts import SHOP, at, order, scarf, shirts

LINEN, SAGE = "gid://shopify/Product/77", "gid://shopify/ProductVariant/1"
PRODUCT = Product(
    shop_product_id=LINEN,
    updated_at=at(5),
    title="Linen shirt",
    product_type="Tops",
    tags=("final-sale",),
    image="https://shop.example/linen.webp",
    images=((SAGE, "https://shop.example/sage.webp"),),
)
OLD = {"product_id": LINEN, "image": "https://shop.example/old.webp", "tags": ("summer",), "product_type": "Shirts"}


def first_line(product=PRODUCT, read_at=None, **changes):
    bought = order(lines=(shirts(**OLD | changes), scarf()))
    seen = view(absorb(KnownOrder(), bought), SHOP)
    return shown(seen, {product.shop_product_id: product}, read_at=read_at).lines[0]


def test_a_line_is_shown_with_the_product_as_it_is_now():
    line = first_line()

    assert (line.title, line.image, line.product_type, line.tags) == (
        "Linen shirt",
        "https://shop.example/linen.webp",
        "Tops",
        ("final-sale",),
    )


def test_a_line_is_shown_with_the_weight_that_its_variant_has_now():
    heavier = replace(PRODUCT, weights=((SAGE, 240),))

    assert first_line(heavier, variant_id=SAGE, grams=210).grams == 240
    assert first_line(heavier, variant_id="gid://shopify/ProductVariant/2", grams=210).grams == 210
    assert first_line(heavier, read_at=at(6), variant_id=SAGE, grams=210).grams == 210


def test_a_variant_with_a_picture_of_its_own_is_shown_with_that():
    assert first_line(variant_id=SAGE).image == "https://shop.example/sage.webp"


@pytest.mark.parametrize(("read_at", "image"), [(4, "linen"), (5, "old"), (6, "old")])
def test_what_was_read_after_the_product_changed_is_newer_than_the_product(read_at, image):
    assert first_line(read_at=at(read_at)).image == f"https://shop.example/{image}.webp"


def test_a_product_that_has_lost_its_pictures_leaves_the_line_the_one_it_had():
    bare = replace(PRODUCT, image=None, images=(), product_type=None)

    line = first_line(bare)

    assert (line.image, line.product_type) == ("https://shop.example/old.webp", "Shirts")


def test_other_lines_and_other_products_are_left_alone():
    other = replace(PRODUCT, shop_product_id="gid://shopify/Product/78")

    assert first_line(other).title == "Linen camp shirt"
    assert first_line(product_id=None).title == "Linen camp shirt"
