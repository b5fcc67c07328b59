"""The page of lanes and hubs with everything that it may show."""

from datetime import UTC, datetime

from libs.contracts.labels import Hub
from libs.contracts.values import Address, Money
from services.portal.web import views
from services.portal.web.lanes import HUB

DAVENTRY = Address(name="Alder Returns", line1="Unit 4", city="Daventry", postcode="NN11 8PQ", country="GB")
NEEDED = {
    "price-l2": "“x” is not an amount",
    "rates-l4": "Write a town and its postcode",
    "file": "Choose a file",
    "city": "This is needed",
}
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
POUNDS, MORE = Money(amount=485, currency="GBP"), Money(amount=725, currency="GBP")
RATES = views.LaneRates(
    "Bristol, BS8 2HY",
    "In use for some weights",
    "warn",
    POUNDS,
    MORE,
    "Omni Parcel Air",
    NOON,
    "Air: too heavy",
    (
        views.RateRow("1", "In use", "ok", POUNDS),
        views.RateRow("5", "Too old: our cost counts", "warn", MORE, "No answer", NOON),
        views.RateRow("30", "No rate: our cost counts", "bad", error="Air: too heavy", failed_at=NOON),
    ),
)


def page(staff: views.Staff) -> views.LanesPage:
    """A lane that is priced by its cost, a faulty one, a file that was brought and a hub that lacks its city."""
    irish = views.LaneRow(
        "l1", "IE", "", "DAV", "own: Standard return", "label", "EUR", "4.95", "6.10", "cost_plus", -20, "", False, True
    )
    ulster = views.LaneRow(
        "l2", "GB", "BT", "DAV", "own: Slow", "qr", "GBP", "x", "", "fixed", 0, "0-900 g", True, False
    )
    british = views.LaneRow(
        "l3", "GB", "", "DAV", "seko: Air", "label", "GBP", "0", "7.77", "cost_plus", 0, "", False, True, RATES
    )
    unasked = views.LaneRow(
        "l4", "US", "", "DAV", "seko: Air", "label", "USD", "0", "", "fixed", 0, "", False, True, views.LaneRates(",")
    )
    return views.LanesPage(
        staff,
        (irish, ulster, british, unasked),
        (Hub(code="DAV", address=DAVENTRY, reasons=("faulty",)), Hub(code="YRK", address=DAVENTRY, on=False)),
        3,
        views.LanesBroughtIn(2, 1, 0, 0, (views.FaultRow(3, "price", "“x” is not an amount"),)),
        dict.fromkeys(HUB, "") | {"code": "DAV"},
        problems=NEEDED,
    )
