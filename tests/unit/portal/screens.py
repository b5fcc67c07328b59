"""Every page as Ana, who sends a shirt back, and Robin, who works for Alder, see it."""

from datetime import UTC, date, datetime

from libs.contracts.values import Look, Money
from services.portal.web import assets, views

NOW = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
PHOTO = "https://cdn.shopify.com/s/files/1/camp-shirt.webp?v=7"

ALDER = Look(
    slug="alder",
    name="Alder",
    brand="#1f5c4d",
    support_email="care@alder.example",
    shop_url="https://alder.example",
    portal_url="https://returns.example/alder",
    sender="Alder <returns@alder.example>",
    image=PHOTO,
)
KITE = ALDER.model_copy(
    update={"slug": "kite", "name": "Kite", "brand": "#e4572e", "heading": "serif", "radius": 0, "language": "en-IE"}
)

SHIRT = views.Picture("Linen camp shirt", "Sage, size 10", PHOTO)
SOCKS = views.Picture("Wool socks")
FIT = views.ReasonChoice(
    "size", "Doesn’t fit", (views.ReasonChoice("big", "Too big"), views.ReasonChoice("small", "Too small"))
)
REASONS = (FIT, views.ReasonChoice("other", "Something else"))


def pounds(pence: int) -> Money:
    return Money(amount=pence, currency="GBP")


OFFERS = (
    views.OfferChoice("refund", pounds(4500), "Refunded to your original payment method when your parcel arrives."),
    views.OfferChoice("store_credit", pounds(4950), "Includes 10% extra."),
)
OPENED = views.ItemCard(
    "shirt",
    SHIRT,
    pounds(4500),
    2,
    REASONS,
    date(2026, 12, 3),
    ticked=True,
    chosen_quantity=2,
    reason="size",
    sub_reason="big",
    comment="Lovely, but wide",
    wants_photos=True,
    offers=OFFERS,
    resolution="refund",
    notice=views.Notice("info", "We check this by hand."),
)
CLOSED_CARD = views.ItemCard("socks", SOCKS, pounds(900), 1, REASONS)
GONE = views.ClosedItem(
    "scarf",
    SOCKS,
    pounds(3800),
    "Final sale",
    "Final sale items cannot be returned.",
    views.Link("Ask our team", "mailto:a@b.example"),
)
DOCK = views.Dock(3, pounds(9450), (views.Gain("refund", pounds(4500)), views.Gain("store_credit", pounds(4950))))
ITEMS = views.ItemsPage("csrf-word", "AL-1001", (CLOSED_CARD, OPENED), (GONE,), DOCK)
FIND = views.FindPage("csrf-word", "AL-1001")

SUMMARY = (views.SummaryItem("shirt", SHIRT, 2, "Doesn’t fit", "refund", pounds(9000), "Too big", "Lovely, but wide"),)
RECEIPT = views.Receipt(
    (views.ReceiptRow("Linen camp shirt", pounds(9000), "Two of them"), views.ReceiptRow("Return label", pounds(0))),
    pounds(9000),
    "You get back",
    "To the way you paid, within 5 days of arrival.",
)
WAY = views.Way("Post it with a printed label", pounds(0), "To our hub in Daventry", date(2026, 12, 12))
CHECK = views.CheckPage("csrf-word", "key-word", "AL-1001", SUMMARY, WAY, RECEIPT, ("With its tags.",))

LABEL = views.Label("/alder/r/token/label.pdf", "Homeward Post", "HW7KQ2M9GB")
LINE = (
    views.LineStep("Return booked", True, datetime(2026, 11, 20, 9, 12, tzinfo=UTC)),
    views.LineStep("Drop it off", False, note="By 12 December"),
    views.LineStep("Arrived", False),
)
STATUS = views.StatusPage(
    "R-7KQ2M9",
    "AL-1001",
    "awaiting_dropoff",
    "ana@example.com",
    LINE,
    SUMMARY,
    RECEIPT,
    LABEL,
    date(2026, 12, 12),
    fresh=True,
)

ROBIN = views.Staff("Robin Hale", "manager@alder.example", "manager", "csrf-word")
ROW = views.ReturnRow(
    "R-7KQ2M9", "Ana Ruiz", "ana@example.com", ("Shirt", "Socks"), ("refund",), "at_hub", pounds(9000), NOW, 1
)
RETURNS = views.ReturnsPage(
    ROBIN,
    (views.View("All", "/admin", 1, True), views.View("At hub", "/admin?status=at_hub")),
    (ROW,),
    statuses=("at_hub", "closed"),
    older="/admin?before=x",
)
RETURN = views.ReturnPage(
    ROBIN,
    "R-7KQ2M9",
    "AL-1001",
    "awaiting_settlement",
    "Ana Ruiz",
    "ana@example.com",
    NOW,
    (
        views.StaffLine(
            SHIRT, 2, "Doesn’t fit", "refund", pounds(9000), "refused", "LCS-10", "Too big", "Wide", "gid 8"
        ),
    ),
    RECEIPT,
    LINE,
    (views.Event(NOW, "Label made", "Labels", "HW7KQ2M9GB"),),
    (views.Task("The shop refused the refund", NOW, "The order is archived."),),
    LABEL,
    "https://returns.example/alder/r/token",
    views.Notice("ok", "Saved."),
)
PROBLEM = views.ProblemPage(
    "failure", "01JD9K7Q2M", "Your answers are kept.", None, views.Link("Back to your items", "/alder/items")
)
HOME = views.HomePage(
    (views.ShopCard("Alder", "alder", PHOTO, "AL-1001", "ana@example.com"),), (views.Link("Mailbox", "/mail"),)
)
SIGN_IN = views.SignInPage("csrf-word", "manager@alder.example", {"form": "That email and password do not match."})

FOR_SHOPPERS = {"find": FIND, "items": ITEMS, "check": CHECK, "status": STATUS, "problem": PROBLEM}
FOR_STAFF = {"returns": RETURNS, "return_": RETURN}
OF_THE_HOUSE = {"home": HOME, "signin": SIGN_IN}
EVERY = [
    *((name, view, look) for name, view in (FOR_SHOPPERS | FOR_STAFF).items() for look in (ALDER, KITE)),
    *((name, view, assets.HOUSE) for name, view in OF_THE_HOUSE.items()),
]
