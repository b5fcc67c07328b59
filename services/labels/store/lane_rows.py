"""The rows of lanes and hubs, and which lanes a parcel may take."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, cast, func, literal, or_
from sqlalchemy.dialects.postgresql import JSONB

from libs.contracts.labels import Hub, Lane, RatesFrom
from libs.contracts.values import Money
from services.labels import domain
from services.labels.store.tables import hubs, lanes

IN_FORCE = (lanes.c.on, lanes.c.retired_at.is_(None), hubs.c.on)
# A lane of the country before a default one, one for these postcodes before one for all, then as the retailer has them.
IN_TURN = (lanes.c.default, lanes.c.postcode_from == "", lanes.c.place)


def takes_from(country: str, postcode: str | None) -> ColumnElement[bool]:
    """The lane is one for a sender there."""
    written = domain.plain_postcode(postcode)
    first = func.left(written, func.length(lanes.c.postcode_from)).collate("C") >= lanes.c.postcode_from
    last = func.left(written, func.length(lanes.c.postcode_to)).collate("C") <= lanes.c.postcode_to
    here = and_(lanes.c.country == country, or_(lanes.c.postcode_from == "", and_(first, last)))
    return or_(here, and_(lanes.c.default, lanes.c.country != country))


def takes_weight(grams: int | None) -> ColumnElement[bool]:
    """The lane takes a parcel of that weight; every lane, where that is not known."""
    if grams is None:
        return literal(True)
    return and_(lanes.c.least_grams <= grams, or_(lanes.c.most_grams.is_(None), lanes.c.most_grams >= grams))


def takes_all(reasons: tuple[str, ...], product_types: tuple[str, ...]) -> ColumnElement[bool]:
    """The lane's hub takes items with these reasons, of these types."""
    return and_(_takes(hubs.c.reasons, reasons), _takes(hubs.c.product_types, product_types))


def _takes(accepted: ColumnElement[Any], wanted: tuple[str, ...]) -> ColumnElement[bool]:
    listed = cast(sorted(set(wanted)), JSONB)
    return or_(func.jsonb_array_length(accepted) == 0, accepted.op("@>")(listed))


def hub_of(row: Row[Any]) -> Hub:
    """The hub that a row tells of."""
    return Hub(
        code=row.code,
        address=row.address,
        hours=row.hours,
        reasons=tuple(row.reasons),
        product_types=tuple(row.product_types),
        on=row.on,
    )


def lane_of(row: Row[Any]) -> Lane:
    """The lane that a row tells of."""
    first, last = row.postcode_from, row.postcode_to
    return Lane(
        country=row.country,
        hub=row.hub,
        carrier=row.carrier,
        service=row.service,
        price=Money(amount=row.price_amount, currency=row.price_currency),
        on=row.on,
        fallback=row.fallback,
        postcodes=(first if first == last else f"{first}-{last}") or None,
        method=row.method,
        pricing=row.pricing,
        percent=row.percent,
        cost=None if row.cost_amount is None else Money(amount=row.cost_amount, currency=row.cost_currency),
        least_grams=row.least_grams,
        most_grams=row.most_grams,
        default=row.default,
        rates_from=RatesFrom(city=row.rates_city, postcode=row.rates_postcode) if row.rates_city else None,
        expected_days=row.expected_days,
    )


def key_columns(retailer_id: UUID, lane: Lane) -> dict[str, Any]:
    """What the lane is known by, as its columns hold it."""
    names = ("country", "postcode_from", "postcode_to", "hub", "carrier", "service", "method", "least_grams")
    return {"retailer_id": retailer_id, **dict(zip(names, domain.key_of(lane), strict=True))}


def terms_columns(lane: Lane) -> dict[str, Any]:
    """All else that the lane says, as its columns hold it."""
    return {
        "price_amount": lane.price.amount,
        "price_currency": lane.price.currency,
        "on": lane.on,
        "fallback": lane.fallback,
        "pricing": lane.pricing,
        "percent": lane.percent,
        "cost_amount": lane.cost.amount if lane.cost else None,
        "cost_currency": lane.cost.currency if lane.cost else None,
        "most_grams": lane.most_grams,
        "default": lane.default,
        "rates_city": lane.rates_from.city if lane.rates_from else None,
        "rates_postcode": lane.rates_from.postcode if lane.rates_from else None,
        "expected_days": lane.expected_days,
    }
