"""From what orders says may be had in exchange to chips, tiles and words: which values go together, and what is sold out."""

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import urlencode

from libs.contracts.orders import ExchangeChoice, ExchangeProduct, ExchangesV1
from libs.contracts.values import Money
from services.portal.exchanging import ONLY_VARIANT
from services.portal.web import views

FEW = 3  # pieces that are left are counted from here on

Values = Mapping[str, str]  # what was chosen, by the option's name


def options_of(choices: Sequence[ExchangeChoice]) -> dict[str, tuple[str, ...]]:
    """The options among which there is something to choose, with their values, in the shop's order.

    Of a product that comes in one piece only it is what that piece is called, so that it can be seen.
    """
    found: dict[str, dict[str, None]] = {}
    for choice in choices:
        for option in choice.options:
            found.setdefault(option.name, {})[option.value] = None
    open_to = {name: tuple(values) for name, values in found.items() if len(values) > 1}
    if not open_to:
        named = [(name, tuple(values)) for name, values in found.items() if ONLY_VARIANT not in values]
        return dict(named[-1:])
    return open_to


def fits(choice: ExchangeChoice, values: Values) -> bool:
    """Whether the variant has these values."""
    own = {option.name: option.value for option in choice.options}
    return all(own.get(name) == value for name, value in values.items())


def choice_of(choices: Sequence[ExchangeChoice], values: Values) -> ExchangeChoice | None:
    """The variant that is meant, once every option is said."""
    if any(name not in values for name in options_of(choices)):
        return None
    return next((choice for choice in choices if fits(choice, values)), None)


def values_of(choices: Sequence[ExchangeChoice], variant_id: str | None) -> dict[str, str]:
    """The values of a variant that was chosen before, or of the only one there is."""
    chosen = next((one for one in choices if one.variant_id == variant_id), None)
    chosen = chosen or (choices[0] if len(choices) == 1 else None)
    return {option.name: option.value for option in chosen.options} if chosen else {}


def rows_of(choices: Sequence[ExchangeChoice], values: Values) -> tuple[views.ChipRow, ...]:
    """A row of chips for each option. A value is sold out where all are that go with what is chosen above it."""
    options = options_of(choices)
    rows = []
    for place, (name, each) in enumerate(options.items()):
        above = {other: values[other] for other in list(options)[:place] if other in values}
        chips = tuple(
            _chip(value, values.get(name), [one for one in choices if fits(one, above | {name: value})], choices)
            for value in each
        )
        rows.append(views.ChipRow(f"option-{place}", name, chips))
    return tuple(rows)


def _chip(
    value: str, chosen: str | None, meant: Sequence[ExchangeChoice], every: Sequence[ExchangeChoice]
) -> views.Chip:
    one = meant[0] if len(meant) == 1 else None
    few = one is not None and one.in_stock and one.stock is not None and one.stock <= FEW
    differs = one is not None and one.in_stock and len({_settled(each) for each in every}) > 1
    return views.Chip(
        value,
        value == chosen and any(each.in_stock for each in meant),
        not any(each.in_stock for each in meant),
        one.stock if few and one else None,
        settles(one.to_settle) if differs and one else None,
        one is not None and one.bought,
    )


def settles_of(choices: Sequence[ExchangeChoice], values: Values) -> views.Settles | None:
    """What is settled by what is chosen, or by whatever could be chosen where it is the same for all."""
    chosen = choice_of(choices, values)
    if chosen is not None:
        return settles(chosen.to_settle)
    same = {_settled(each) for each in choices if each.in_stock}
    return settles(choices[0].to_settle) if choices and len(same) == 1 else None


def settles(amount: Money | None) -> views.Settles | None:
    """An amount that is paid on top (plus) or comes back (minus), as a page says it."""
    if amount is None:
        return None
    if amount.amount > 0:
        return views.Settles(more=amount)
    back = amount.model_copy(update={"amount": -amount.amount})
    return views.Settles(back=back) if back.amount else views.Settles()


def missing(choices: Sequence[ExchangeChoice], values: Values) -> dict[str, str]:
    """What must be said before a variant can be taken: words by field."""
    options = list(options_of(choices))
    unsaid = {f"option-{n}": f"Choose a {name.lower()}" for n, name in enumerate(options) if name not in values}
    if unsaid or not options:
        sold_out = not unsaid and not any(choice.in_stock for choice in choices)
        return {"form": "This has just sold out. Choose something else."} if sold_out else unsaid
    chosen, last = choice_of(choices, values), options[-1]
    field = f"option-{len(options) - 1}"
    if chosen is None:
        return {field: f"It does not come in {' and '.join(values[name] for name in options)}. Choose another."}
    if not chosen.in_stock:
        return {field: f"{last} {values[last]} has just sold out. Choose another {last.lower()}."}
    return {}


def grid_of(told: ExchangesV1, address: str, *, search: str, later: bool) -> views.Grid:
    """Other products to choose from, below `address`. `later`: this is not the first page of them."""
    more = {"q": search, "after": told.next or ""}
    return views.Grid(
        tuple(_tile(product, address) for product in told.products),
        search,
        f"{address}?{urlencode(more)}#others" if told.next else None,
        f"{address}?{urlencode({'q': search})}#others" if later else None,
    )


def _tile(product: ExchangeProduct, address: str) -> views.Tile:
    here = [choice for choice in product.choices if choice.in_stock]
    least = min(here, key=_settled, default=None)
    return views.Tile(
        picture_of(product),
        settles(least.to_settle) if least else None,
        len({_settled(choice) for choice in here}) > 1,
        f"{address}?{urlencode({'product': product.product_id})}" if here else None,
    )


def even(told: ExchangesV1) -> ExchangesV1:
    """What costs neither more nor less: whoever got a present is told no price, and nothing goes back to its giver."""
    products = tuple(
        product.model_copy(update={"choices": kept})
        for product in told.products
        if (kept := tuple(choice for choice in product.choices if not _settled(choice)))
    )
    choices = tuple(choice for choice in told.choices if not _settled(choice))
    return told.model_copy(update={"choices": choices, "products": products})


def picture_of(product: ExchangeProduct) -> views.Picture:
    """A product by itself."""
    return views.Picture(product.title, None, product.image)


def images_of(told: ExchangesV1 | None) -> list[str]:
    """Where the pictures of a page come from."""
    products: Iterable[ExchangeProduct] = (*told.products, *filter(None, (told.product,))) if told else ()
    return [product.image for product in products if product.image]


def _settled(choice: ExchangeChoice) -> int:
    return choice.to_settle.amount if choice.to_settle else 0
