"""A shopper, a shirt and a parcel on its way to Daventry."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from libs.contracts.labels import Hub
from libs.contracts.values import Address, Look
from services.labels.domain import Booking, State, reference

DAVENTRY = Hub(
    code="DAV",
    address=Address(
        name="Alder Returns", line1="Unit 4, Royal Oak Way North", city="Daventry", postcode="NN11 8PQ", country="GB"
    ),
)
MAYA = Address(
    name="Maya Okafor",
    line1="Flat 2, 18 Alma Vale Road",
    line2="Clifton",
    city="Bristol",
    postcode="BS8 2HY",
    country="GB",
)
ALDER = Look(
    slug="alder",
    name="Alder",
    brand="#1f5c4d",
    support_email="help@alder.example",
    shop_url="https://alder.example",
    portal_url="https://returns.alder.example",
    sender="Alder <returns@alder.example>",
)
KITE = Look(
    slug="kite",
    name="Kite",
    brand="#e4572e",
    heading="serif",
    radius=0,
    language="en-IE",
    support_email="help@kite.example",
    shop_url="https://kite.example",
    portal_url="https://returns.kite.example",
    sender="Kite <returns@kite.example>",
)

_ID = UUID("01930f3c-0000-7000-8000-000000000001")
_PARCEL = Booking(
    id=_ID,
    reference=reference(_ID),
    return_id=UUID(int=2),
    return_number="R-7KQ2M9",
    parcel=1,
    parcels=1,
    carrier="own",
    service="Standard return",
    hub=DAVENTRY,
    sender=MAYA,
    look=ALDER,
    document_id=UUID(int=3),
    state=State.PLANNED,
)


def parcel(**changes: Any) -> Booking:
    """Maya's only parcel, but for `changes`."""
    return replace(_PARCEL, **changes)


def address(**changes: Any) -> Address:
    """Maya's address, but for `changes`."""
    return MAYA.model_copy(update=changes)
