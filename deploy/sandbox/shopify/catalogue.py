"""The two demo shops and what they sell."""

from dataclasses import dataclass, field
from zlib import crc32


@dataclass(frozen=True)
class Product:
    """Something a shop sells. `price` is in minor units, VAT included; `grams` is one piece.

    `hs_code` is its number in the customs tariff, `origin` the country where it was made.
    """

    handle: str
    title: str
    colour: str
    sizes: tuple[str, ...]
    price: int
    kind: str
    grams: int
    hs_code: str
    origin: str
    tags: tuple[str, ...] = ()

    @property
    def id(self) -> int:
        """A number that stays the same over restarts and seeds."""
        return 9_000_000_000_000 + crc32(self.handle.encode())

    def variant_id(self, size: str) -> int:
        """The number of the variant of this size."""
        return 48_000_000_000_000 + crc32(f"{self.handle}/{size}".encode())


@dataclass(frozen=True)
class Collection:
    """Products that a shop shows together."""

    handle: str
    title: str
    products: tuple[str, ...]

    @property
    def id(self) -> int:
        """A number that stays the same over restarts and seeds."""
        return 400_000_000_000 + crc32(self.handle.encode())


@dataclass(frozen=True)
class Shop:
    """A shop as Shopify would host it. `default` names the two products of an order that names none."""

    domain: str
    token: str
    id: int
    name: str
    currency: str
    symbol: str
    timezone: str
    locale: str
    country: str
    prefix: str
    hub: str
    postage: int
    shopper: str
    products: tuple[Product, ...]
    default: tuple[tuple[str, str], ...]
    collections: tuple[Collection, ...] = ()
    scopes: tuple[str, ...] = field(
        default=(
            "read_orders",
            "write_orders",
            "read_returns",
            "write_returns",
            "read_products",
            "read_inventory",
            "read_locations",
            "read_customers",
            "read_store_credit_accounts",
            "read_store_credit_account_transactions",
            "write_store_credit_account_transactions",
            "read_gift_cards",
            "write_gift_cards",
        )
    )

    def product(self, handle: str) -> Product | None:
        """The product of this handle."""
        return next((product for product in self.products if product.handle == handle), None)

    @property
    def location_id(self) -> int:
        """The place from which this shop sends."""
        return 70_000_000_000 + self.id


_DRESS_SIZES = ("8", "10", "12", "14")
_AGES = ("2-3 years", "4-5 years", "6-7 years", "8-9 years")
_SHOES = ("25", "26", "27", "28", "29", "30")

ALDER = Shop(
    domain="alder-demo.myshopify.com",
    token="shpat_alder_demo",
    id=61_001,
    name="Alder",
    currency="GBP",
    symbol="£",
    timezone="Europe/London",
    locale="en-GB",
    country="GB",
    prefix="AL-",
    hub="Daventry",
    postage=395,
    shopper="Robin Ellis",
    default=(("camp-shirt", "10"), ("midi-dress", "12")),
    products=(
        Product("camp-shirt", "Linen camp shirt", "Sage", _DRESS_SIZES, 4500, "Shirts", 210, "620690", "PT"),
        Product("midi-dress", "Bias-cut midi dress", "Terracotta", _DRESS_SIZES, 8900, "Dresses", 380, "620444", "IT"),
        Product("wide-trousers", "Wide-leg trousers", "Ink", _DRESS_SIZES, 6500, "Trousers", 460, "620462", "TR"),
        Product(
            "field-jacket", "Waxed field jacket", "Moss", ("S", "M", "L", "XL"), 16500, "Jackets", 1350, "621050", "GB"
        ),
        Product(
            "wool-scarf",
            "Wool scarf",
            "Oat",
            ("One size",),
            3800,
            "Accessories",
            180,
            "621420",
            "GB",
            ("made-to-order",),
        ),
    ),
    collections=(
        Collection("everyday", "Everyday", ("camp-shirt", "midi-dress", "wide-trousers", "wool-scarf")),
        Collection("outdoor", "Outdoor", ("field-jacket", "wool-scarf")),
    ),
)

KITE = Shop(
    domain="kite-demo.myshopify.com",
    token="shpat_kite_demo",
    id=61_002,
    name="Kite",
    currency="EUR",
    symbol="€",
    timezone="Europe/Dublin",
    locale="en-IE",
    country="IE",
    prefix="KT-",
    hub="Tilburg",
    postage=495,
    shopper="Niamh Byrne",
    default=(("rain-jacket", "4-5 years"), ("striped-tee", "4-5 years")),
    products=(
        Product("rain-jacket", "Rain jacket", "Sunflower", _AGES, 5900, "Jackets", 420, "621050", "PT"),
        Product("dungarees", "Dungarees", "Poppy", _AGES, 4400, "Trousers", 390, "620462", "TR"),
        Product("striped-tee", "Striped tee", "Sea", _AGES, 1900, "Tops", 130, "610910", "PT"),
        Product("canvas-shoes", "Canvas shoes", "Sky", _SHOES, 3900, "Shoes", 340, "640419", "ES"),
        Product("sun-hat", "Sun hat", "Sand", ("S", "M", "L"), 1700, "Accessories", 70, "650500", "IN"),
    ),
    collections=(Collection("rainy-days", "Rainy days", ("rain-jacket", "dungarees", "canvas-shoes")),),
)

SHOPS: dict[str, Shop] = {shop.domain: shop for shop in (ALDER, KITE)}

# The standard rate of VAT where the parcel goes; it is included in every price.
VAT: dict[str, tuple[str, int]] = {
    "GB": ("GB VAT", 20),
    "IE": ("IE VAT", 23),
    "NL": ("NL VAT", 21),
    "DE": ("DE VAT", 19),
    "FR": ("FR VAT", 20),
    "BE": ("BE VAT", 21),
    "ES": ("ES VAT", 21),
    "IT": ("IT VAT", 22),
}

# Shopify's own standard reasons, with the ids they have in every shop.
REASONS: dict[int, tuple[str, str]] = {
    1: ("unknown", "Unknown"),
    2: ("changed-my-mind", "Changed my mind"),
    3: ("item-not-as-described", "Item not as described"),
    4: ("received-the-wrong-item", "Received the wrong item"),
    5: ("other-reason", "Other"),
    6: ("damaged-or-defective", "Damaged or defective"),
    7: ("too-small", "Too small"),
    8: ("too-big", "Too big"),
    9: ("style", "Style"),
    10: ("color", "Color"),
}
# The older enum is kept by Shopify beside the definitions; each of its values stands for one of them.
REASON_OF_ENUM: dict[str, int] = {
    "UNKNOWN": 1,
    "UNWANTED": 2,
    "NOT_AS_DESCRIBED": 3,
    "WRONG_ITEM": 4,
    "OTHER": 5,
    "DEFECTIVE": 6,
    "SIZE_TOO_SMALL": 7,
    "SIZE_TOO_LARGE": 8,
    "STYLE": 9,
    "COLOR": 10,
}
