"""The page of lanes and hubs with everything that it may show."""

from libs.contracts.labels import Hub
from libs.contracts.values import Address
from services.portal.web import views
from services.portal.web.lanes import HUB

DAVENTRY = Address(name="Alder Returns", line1="Unit 4", city="Daventry", postcode="NN11 8PQ", country="GB")
NEEDED = {"price-l2": "“x” is not an amount", "file": "Choose a file", "city": "This is needed"}


def page(staff: views.Staff) -> views.LanesPage:
    """A lane that is priced by its cost, a faulty one, a file that was brought and a hub that lacks its city."""
    irish = views.LaneRow(
        "l1", "IE", "", "DAV", "own: Standard return", "label", "EUR", "4.95", "6.10", "cost_plus", -20, "", False, True
    )
    ulster = views.LaneRow(
        "l2", "GB", "BT", "DAV", "own: Slow", "qr", "GBP", "x", "", "fixed", 0, "0-900 g", True, False
    )
    return views.LanesPage(
        staff,
        (irish, ulster),
        (Hub(code="DAV", address=DAVENTRY, reasons=("faulty",)), Hub(code="YRK", address=DAVENTRY, on=False)),
        3,
        views.LanesBroughtIn(2, 1, 0, 0, (views.FaultRow(3, "price", "“x” is not an amount"),)),
        dict.fromkeys(HUB, "") | {"code": "DAV"},
        problems=NEEDED,
    )
