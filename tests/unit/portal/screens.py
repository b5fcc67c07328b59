"""Every page as Ana, who sends a shirt back, and Robin, who works for Alder, see it."""

from dataclasses import replace
from datetime import UTC, date, datetime

from libs.chassis.ids import new_id
from libs.contracts.labels import DocumentForm
from libs.contracts.values import Look, Money
from services.portal.access import GRANTS, Role, roles_at
from services.portal.web import assets, views
from tests.unit.portal import cancels, desks, exchanges, hubs, lanes, withdraws

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
    photos=(views.Thumb("/alder/items/photos/seam", "shirt seam"),),
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
PLAIN = views.ItemsPage(
    "csrf-word",
    "AL-1001",
    (views.ItemCard("shirt", SHIRT, pounds(4500), 2, (), needs_comment=True, wants_photos=True),),
    (),
    views.Dock(0),
    notice=views.Notice("info", "We tell you the outcome by mail."),
    plain=True,
)
ITEMS = views.ItemsPage(
    "csrf-word",
    "AL-1001",
    (CLOSED_CARD, OPENED),
    (GONE,),
    DOCK,
    cancel=views.Link("Not sent yet: cancel", "/alder/cancel"),
)
FIND = views.FindPage("csrf-word", "AL-1001")
OTHERS = (views.Link("Use the email of the order", "/alder/"), views.Link("Use your postcode", "/alder/?by=postcode"))
GIFT = replace(FIND, way="gift", others=OTHERS, problems={"email": "Enter your own email", "postcode": "Enter it"})
ORDER_LINK = views.OrderLinkPage("csrf-word", "AL-1001")

SUMMARY = (views.SummaryItem("shirt", SHIRT, 2, "Doesn’t fit", "refund", pounds(9000), "Too big", "Lovely, but wide"),)
WORN = views.SummaryItem(
    "shirt", SHIRT, 1, "Doesn’t fit", "refund", pounds(4000), notes=(views.Note("Taken off: worn", pounds(500)),)
)
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
    (LABEL,),
    date(2026, 12, 12),
    fresh=True,
    acts=(views.Link("Cancel this return", "/alder/r/token/cancel"),),
    gift_cards=(
        views.GiftCard(Money(amount=4500, currency="GBP"), "H7KQ 2M9X 4TRA 8PWC", date(2027, 11, 20)),
        views.GiftCard(Money(amount=3800, currency="GBP"), None),
    ),
)
QUESTION = views.Question("csrf-word", "/alder/r/token/answer", "Which seam is torn?", wants_photo=True)
ASKED = views.StatusPage(
    "R-7KQ2M9", "AL-1001", "awaiting_information", "ana@example.com", LINE, (WORN,), RECEIPT, question=QUESTION
)
CONFIRM = views.ConfirmPage(
    "csrf-word", "R-7KQ2M9", "Cancel this return?", ("Nothing will be refunded.",), "Cancel the return", "/", SUMMARY
)
KEEP = views.KeepPage(
    "csrf-word",
    "key-word",
    "order",
    "AL-1001",
    "ana@example.com",
    language="en-GB",
    languages=(views.Choice("en-GB", "English (United Kingdom)"), views.Choice("de", "Deutsch")),
)
PROOF = replace(KEEP, kind="proof", kept=("0" * 32 + ".1200x900",))
KEPT = views.KeptPage("K-7KQ2M9", by_hand=False)
GO_ON = views.GoOnPage("csrf-word", "K-7KQ2M9", ("Linen camp shirt",), ("Wool scarf: final sale.",))

ROBIN = views.Staff(
    "Robin Hale", "manager@alder.example", "manager", "csrf-word", frozenset(map(str, GRANTS[Role.MANAGER]))
)
KIT = views.Staff(
    "Kit Moran",
    "operator@homeward.example",
    "platform",
    "csrf-word",
    frozenset(map(str, GRANTS[Role.PLATFORM])),
    "/admin/retailers",
)
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
PROBLEM = views.ProblemPage(
    "failure", "01JD9K7Q2M", "Your answers are kept.", None, views.Link("Back to your items", "/alder/items")
)
HOME = views.HomePage(
    (views.ShopCard("Alder", "alder", PHOTO, "AL-1001", "ana@example.com"),), (views.Link("Mailbox", "/mail"),)
)
SIGN_IN = views.SignInPage("csrf-word", "manager@alder.example", {"form": "That email and password do not match."})

GONE_LINK = views.GonePage("invite")
FORGOT = views.ForgotPage("csrf-word", "robin", {"email": "Enter the email that you sign in with"})
JOINING = views.PasswordPage(
    "csrf-word", "/admin/join/t", "asha@alder.example", True, "Asha Menon", "agent", {"password": "Use more"}
)
MEMBER = views.MemberRow("m1", "Robin Hale", "manager@alder.example", "manager", "active", NOW, is_you=True)
INVITED = views.MemberRow("m2", "Asha Menon", "asha@alder.example", "agent", "invited", None)
STAFF = views.StaffPage(
    ROBIN,
    (MEMBER, INVITED, replace(INVITED, id="m3", state="disabled")),
    tuple(map(str, roles_at(new_id()))),
    "Asha",
    "asha",
    problems={"email": "Enter their email", "role": "Choose a role"},
    notice=views.Notice("ok", "The invite is on its way."),
)
ONE_MEMBER = views.MemberPage(ROBIN, INVITED, ("agent", "hub"), NOW, {"role": "Choose a role"})
KEY = views.KeyRow("k1", "Stock system", "hw_abcde", ("returns.read", "scans.write"), "Robin Hale", NOW, NOW, None)
KEYS = views.KeysPage(
    ROBIN,
    (KEY, replace(KEY, id="k2", label="Old", last_used_at=None, revoked_at=NOW)),
    tuple(map(str, sorted(GRANTS[Role.MANAGER]))),
    "once",
    "Stock",
    ("returns.read",),
    {"label": "Say what uses the key", "scope": "Choose what the key may do"},
    made="hw_" + "a" * 43,
)
HOOKS = views.HooksPage(
    ROBIN,
    (views.HookRow("seko", "SEKO", True, NOW), views.HookRow("evri", "Standard Webhooks", False, None)),
    (("standard", "Standard Webhooks"), ("seko", "SEKO")),
    "Evri!",
    "seko",
    "a:b",
    {
        "name": "Use small letters",
        "user": "A user name has no colon",
        "secret": "The secret is missing",
        "sender": "Choose",
    },
    made=views.HookMade(
        "seko", "https://x.example/webhooks/carriers/abc", (("Username", "homeward"), ("Password", "p"))
    ),
)
SHOP = views.ShopFacts(
    "alder-demo.myshopify.com",
    "GBP",
    "open",
    True,
    "2026-07",
    NOW,
    NOW,
    ("read_orders", "read_returns"),
    ("write_returns",),
    ("read_all_orders",),
    ("HTTP 403: the shop forbids it", NOW),
)
SHOPS = views.ShopsPage(
    ROBIN,
    (SHOP, replace(SHOP, domain="old.myshopify.com", state="ended", installed=False, expires_at=None, failed=None)),
    True,
    "alder-demo",
    {"domain": "Enter the shop’s address", "token": "Enter the token"},
    onward=views.Link("alder-demo.myshopify.com", "https://alder-demo.myshopify.com/admin/oauth/authorize"),
    webhooks="https://returns.alder.example/webhooks/shopify/t",
    told=cancels.WEBHOOKS,
    imported=cancels.IMPORT,
    may_cancel=True,
)
PERSON = views.PersonRow(
    "p1", "erase", "waiting", "shopify", NOW, NOW, is_late=True, orders=2, returns=1, waits_for=("labels",)
)
PERSONS = views.PersonsPage(
    ROBIN,
    (
        PERSON,
        replace(PERSON, kind="export", state="done", is_late=False, waits_for=(), export="/admin/persons/p1/export"),
    ),
    problems={"email": "Give the email address of the person."},
)
ACT = views.AuditRow(7, NOW, "staff manager@alder.example", "staff.invite", "m2", "done", (("role", "agent"),))
AUDIT = views.AuditPage(ROBIN, (ACT, replace(ACT, outcome=None, subject=None)), 14, True, older="/admin/audit?before=1")
SESSION = views.SessionRow("Firefox on Linux", NOW, NOW, True)
ACCOUNT = views.AccountPage(ROBIN, (SESSION, replace(SESSION, is_this=False)), {"current": "Not this one"})
RETAILERS = views.RetailersPage(
    KIT, (views.RetailerRow("Alder", "alder", "GBP", views.Link("alder", "https://returns.example/alder")),)
)
FAULT = views.FaultRow(7, "Line total", "“ninety” is not an amount", "AP-77")
BROUGHT = views.FileBrought("orders.csv", 12, 3, 1, 2, 0, 1, 201, (FAULT, views.FaultRow(9, "", "Too many cells")))
BRING = views.BringPage(
    ROBIN, 20_000, (views.Pick("", "What each shows"),), (views.Pick("day", "By day"),), done=BROUGHT
)
MAP = replace(
    BRING,
    headings=("No", "When"),
    columns=(views.ColumnChoice("number", "Order number", "No", True), views.ColumnChoice("title", "Item")),
    done=replace(BROUGHT, checked=3, faults=()),
    only_check=True,
    problems={"file": "Choose a file", "column-title": "Choose the column"},
)

FOUND = views.FoundOrder("o1", "AL-1001", NOW, "Ana Ruiz", ("Linen camp shirt",))
MAKING = views.MakingPage(
    ROBIN, "AL-1001", found=(FOUND, replace(FOUND, id="o2", shopper="")), problems={"order": "Which?"}
)
TROUBLE = views.StaffProblemPage(
    ROBIN,
    "unavailable",
    "0199",
    "The service rules is not answering.",
    "Nothing was changed.",
    None,
    views.Link("Try again", "/admin/policy"),
    views.Link("Back to the returns", "/admin"),
)

FOR_SHOPPERS = {
    "find": FIND,
    "items": ITEMS,
    "check": CHECK,
    "status": STATUS,
    "problem": PROBLEM,
    "cancel": cancels.CANCEL,
    "code": cancels.CODE,
    "cancelcheck": cancels.CHECK,
    "cancelled": cancels.ASKED,
    "withdraw": withdraws.WITHDRAW,
    "withdrawcheck": withdraws.CHECK,
}
MORE = [
    ("items", PLAIN),
    ("find", GIFT),
    ("order", ORDER_LINK),
    ("status", ASKED),
    ("confirm", CONFIRM),
    (
        "papers",
        views.PapersPage(
            "R-7KQ2M9",
            tuple(views.Paper(form, f"/alder/documents/{form}.x", 2) for form in DocumentForm),
            "/alder/r/token",
            15,
        ),
    ),
    ("made", views.MadePage("csrf-word", "R-7KQ2M9", "AL-1001", "/alder/r/token")),
    ("keep", KEEP),
    ("keep", PROOF),
    ("kept", KEPT),
    ("goon", GO_ON),
    *exchanges.EXCHANGE_PAGES,
    ("bring", MAP),
    *cancels.CANCEL_PAGES,
    ("withdraw", withdraws.OVER),
]
FOR_STAFF = {
    "returns": RETURNS,
    "making": MAKING,
    "trouble": TROUBLE,
    "return_": desks.RETURN,
    "password": JOINING,
    "staff": STAFF,
    "member": ONE_MEMBER,
    "keys": KEYS,
    "shops": SHOPS,
    "hooks": HOOKS,
    "lanes": lanes.page(ROBIN),
    "cancellations": cancels.LIST,
    "audit": AUDIT,
    "persons": PERSONS,
    "bring": BRING,
    "account": ACCOUNT,
}
OF_THE_HOUSE = {"home": HOME, "signin": SIGN_IN, "forgot": FORGOT, "gone": GONE_LINK, "retailers": RETAILERS}
EVERY = [
    *((name, view, look) for name, view in (FOR_SHOPPERS | FOR_STAFF).items() for look in (ALDER, KITE)),
    *((name, view, ALDER) for name, view in (*MORE, *desks.DESK_PAGES, *hubs.HUB_PAGES)),
    *((name, view, assets.HOUSE) for name, view in OF_THE_HOUSE.items()),
]
