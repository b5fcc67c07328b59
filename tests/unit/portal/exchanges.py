"""What may be had for a shirt, as orders tells it, and the pages on which it is chosen."""

from dataclasses import replace
from typing import Any

from libs.contracts.orders import ExchangeChoice, ExchangeProduct, ExchangesV1
from libs.contracts.values import Money, Option
from services.portal.web import views
from tests.unit.portal.test_answers import SHIRT

PHOTO = "https://cdn.shopify.com/s/files/1/camp-shirt.webp?v=7"
SHIRTS, TROUSERS = "gid://shopify/Product/1", "gid://shopify/Product/2"


def pounds(pence: int) -> Money:
    return Money(amount=pence, currency="GBP")


def a_choice(*values: str, price: int = 4500, stock: int | None = 20, **more: Any) -> ExchangeChoice:
    """A variant of a shirt that cost £45.00: its colour and its size, or its size alone."""
    names = ("Colour", "Size")[-len(values) :]
    return ExchangeChoice(
        variant_id=f"gid://shopify/ProductVariant/{'-'.join(values)}",
        title=" / ".join(values),
        options=tuple(Option(name=name, value=value) for name, value in zip(names, values, strict=True)),
        price=pounds(price),
        difference=pounds(price - 4500),
        in_stock=stock is None or stock > 0,
        stock=stock,
        can_be_taken=price <= 4500,
        to_settle=pounds(price - 4500),
        **more,
    )


def a_product(*choices: ExchangeChoice, title: str = "Linen camp shirt", id: str = SHIRTS) -> ExchangeProduct:
    return ExchangeProduct(product_id=id, title=title, image=PHOTO, choices=choices)


def told(*choices: ExchangeChoice, **more: Any) -> ExchangesV1:
    """What orders answers."""
    return ExchangesV1(**{"line_id": SHIRT, "choices": choices, "product": a_product(*choices)} | more)


SIZES = views.ChipRow(
    "option-0",
    "Size",
    (
        views.Chip("8", sold_out=True),
        views.Chip("10", bought=True, settles=views.Settles()),
        views.Chip("12", chosen=True, left=2, settles=views.Settles(more=pounds(600))),
        views.Chip("14", settles=views.Settles(back=pounds(400))),
    ),
)
GRID = views.Grid(
    (
        views.Tile(
            views.Picture("Wide-leg trousers", None, PHOTO), views.Settles(more=pounds(2000)), True, "/x?product=1"
        ),
        views.Tile(views.Picture("Wool scarf")),
    ),
    "wo",
    "/x?q=wo&after=Y#others",
    "/x?q=wo#others",
)
PAGE = views.ExchangePage(
    "csrf-word",
    "AL-1001",
    views.Picture("Linen camp shirt", "Sage, size 10", PHOTO),
    2,
    "/alder/exchange/1",
    views.Picture("Linen camp shirt", None, PHOTO),
    "",
    (SIZES,),
    views.Settles(more=pounds(600)),
    grid=GRID,
    others=("refund", "store_credit"),
    problems={"option-0": "Choose a size"},
)
AWAY = replace(
    PAGE,
    product=None,
    rows=(),
    settles=None,
    grid=None,
    problems={},
    notice=views.Notice("warn", "We could not ask for what is in stock.", views.Link("Try again", "/alder/exchange/1")),
)
LIVE = replace(PAGE, live=True, grid=replace(GRID, tiles=()), back=views.Link("Choose another product", "/x?q="))
EXCHANGE_PAGES = [("exchange", PAGE), ("exchange", AWAY), ("exchange", LIVE)]
