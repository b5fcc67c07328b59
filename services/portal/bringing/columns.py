"""The columns that a file of orders may have, what others call them, and which of a file's own is which."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

DELIMITERS = ",;\t"


@dataclass(frozen=True, slots=True)
class Field:
    """Something that a column tells: of the whole order, or of one line where `of_line`. `also` are others' names for it."""

    name: str
    words: str
    also: tuple[str, ...] = ()
    of_line: bool = False


FIELDS = (
    Field(
        "number", "Order number", ("order", "order no", "order name", "name", "receipt", "receipt number", "order id")
    ),
    Field("placed_at", "Ordered on", ("date", "order date", "ordered at", "created at", "placed", "sale date")),
    Field("title", "Item", ("product", "lineitem name", "item name", "description", "product name"), of_line=True),
    Field("quantity", "Quantity", ("qty", "lineitem quantity", "units", "pieces"), of_line=True),
    Field("paid", "Paid for all pieces", ("line total", "total paid", "amount", "line amount"), of_line=True),
    Field("price", "Paid for one piece", ("unit price", "lineitem price", "price each", "item price"), of_line=True),
    Field("list_price", "Price of one before discounts", ("rrp", "full price", "compare at price"), of_line=True),
    Field("sku", "SKU", ("lineitem sku", "article", "article number", "style", "barcode"), of_line=True),
    Field("variant", "Variant", ("size", "colour", "color", "option"), of_line=True),
    Field("line_key", "Line id", ("line", "line number", "line no"), of_line=True),
    Field("image", "Picture", ("image url", "picture url"), of_line=True),
    Field("product_type", "Product type", ("category", "type", "department"), of_line=True),
    Field("vendor", "Brand", ("brand", "supplier"), of_line=True),
    Field("tags", "Tags of the item", ("product tags", "labels"), of_line=True),
    Field("collections", "Collections of the item", ("collection", "product collections"), of_line=True),
    Field("hs_code", "Tariff number (HS code)", ("hs", "tariff number", "tariff code", "commodity code"), of_line=True),
    Field("origin", "Made in", ("country of origin", "origin country", "made in country"), of_line=True),
    Field("grams", "Weight of one in grams", ("weight g", "weight in grams", "lineitem grams"), of_line=True),
    Field("email", "Email", ("e-mail", "customer email", "email address")),
    Field("customer", "Customer’s name", ("shipping name", "customer name", "billing name", "full name")),
    Field("phone", "Phone", ("telephone", "mobile", "shipping phone")),
    Field("line1", "Street", ("address", "address 1", "shipping address1", "shipping street", "street")),
    Field("line2", "Second line of the address", ("address 2", "shipping address2")),
    Field("city", "City", ("town", "shipping city")),
    Field("postcode", "Postcode", ("zip", "postal code", "post code", "shipping zip")),
    Field("country", "Country", ("country code", "shipping country")),
    Field("currency", "Currency", ("currency code",)),
    Field("channel", "Channel", ("sales channel", "source")),
    Field("place", "Shop", ("store", "location", "branch", "till")),
    Field("fulfilled_at", "Sent on", ("fulfilled at", "dispatched", "shipped", "shipped at", "dispatch date")),
    Field("delivered_at", "Delivered on", ("delivered", "delivery date")),
    Field("updated_at", "Changed on", ("updated", "modified", "last modified")),
    Field("cancelled", "Cancelled", ("canceled", "is cancelled")),
)
BY_NAME = {field.name: field for field in FIELDS}
_NEEDED = (("number",), ("placed_at",), ("title",), ("paid", "price"))


def guessed(header: Sequence[str], chosen: Mapping[str, str]) -> dict[str, int]:
    """The place of each field's column: the one `chosen` by its heading, else one that bears the field's own or usual name.

    A field that is chosen as empty has no column. No column is guessed to be two fields.
    """
    places = {_plain(heading): place for place, heading in reversed(list(enumerate(header)))}
    found = {name: places[_plain(heading)] for name, heading in chosen.items() if heading and _plain(heading) in places}
    for field in FIELDS:
        usual = (places.get(_plain(each)) for each in (field.name, field.words, *field.also))
        place = next((each for each in usual if each is not None and each not in found.values()), None)
        if field.name not in chosen and place is not None:
            found[field.name] = place
    return found


def needed(found: Mapping[str, int]) -> tuple[str, ...]:
    """The fields without which nothing can be read, as people call them."""
    return tuple(
        " or ".join(BY_NAME[name].words for name in names)
        for names in _NEEDED
        if not any(name in found for name in names)
    )


def header_of(lines: Iterable[str]) -> tuple[list[str], Iterator[list[str]]]:
    """The headings of a file, and its rows after them. Whether commas, semicolons or tabs part its cells is seen."""
    rest = iter(lines)
    first = next(rest, "")
    bare = re.sub(r'"[^"]*"', "", first)
    sign = max(DELIMITERS, key=bare.count)
    rows = csv.reader(_chain(first, rest), delimiter=sign, strict=False)
    return [heading.strip() for heading in next(rows, [])], rows


def _chain(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _plain(heading: str) -> str:
    return re.sub(r"[\W_]+", " ", heading.casefold()).strip()
