"""What Piotr sees at the hub: a scan of each kind, and a bag."""

from datetime import UTC, datetime

from services.portal.access import GRANTS, Role
from services.portal.web import views

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
PIOTR = views.Staff("Piotr Lis", "hub@alder.example", "hub", "csrf-word", frozenset(map(str, GRANTS[Role.HUB])), "/hub")
ABOUT = views.Link("R-7KQ2M9", "/admin/returns/R-7KQ2M9")
SHIRT = (views.Picture("Linen camp shirt", "Sage, size 10"), 2)
ROWS = (
    views.ScanRow("OR1", "Received", "ok", NOON, ABOUT, "/hub/scans/1/undo", again="/hub?scan=1"),
    views.ScanRow("XX1", "Taken back", "quiet", NOON, void=True),
)
RECEIVED = views.Scanned(
    "ok",
    "ok",
    "Received",
    "Open it, or scan the next one.",
    "OR1",
    None,
    ABOUT,
    "In transit",
    (SHIRT,),
    (views.Link("Inspect what is in it", "/admin/returns/R-7KQ2M9/inspections?of=1&back=hub"),),
)
ALREADY = views.Scanned(
    "already", "info", "Already received", "Received by Ana,", "OR1", NOON, ABOUT, then="Put it with the others."
)
UNKNOWN = views.Scanned(
    "unknown", "bad", "Not known", "Put it aside.", "XX1", keep="/hub/scans/1/keep", kept=("/hub/scans/1/photos/a",)
)
COUNTS = (("Received", "ok", 12), ("Not known", "bad", 1))
QUIET = views.HubPage(PIOTR, "once", "alder:piotr", (), "")
AWAY = views.HubPage(
    PIOTR, "once", "alder:piotr", ("DAV",), "DAV", notice=views.Notice("warn", "There is no connection."), away=True
)
UNREAD = views.HubPage(PIOTR, "once", "alder:piotr", (), "", problems={"label": "No code can be read on it"})
WRONG = views.HubPage(PIOTR, "once", "alder:piotr", ("DAV", "TIL"), "DAV", problems={"code": "Scan or type the code"})
SCANNED = tuple(
    views.HubPage(PIOTR, "once", "alder:piotr", ("DAV",), "DAV", COUNTS, ROWS, scanned)
    for scanned in (RECEIVED, ALREADY, UNKNOWN)
)
BAG = views.Bag("HB0123456789A", "/hub/bags/1", "open", "DAV", NOON, (("OR1", ABOUT), ("R-222222", None)))
HUB_PAGES = [
    ("hub", QUIET),
    ("hub", WRONG),
    ("hub", UNREAD),
    ("hub", AWAY),
    *(("hub", page) for page in SCANNED),
    ("bags", views.BagsPage(PIOTR, (BAG,), "once")),
    ("bags", views.BagsPage(PIOTR, (), "once", code="HB0", problems={"code": "No bag or pallet has this code."})),
    ("bag", views.BagPage(PIOTR, BAG)),
    ("bag", views.BagPage(PIOTR, views.Bag("HB1", "/hub/bags/2", "closed", "", NOON))),
]
