"""The pages of an order that is cancelled before it is sent, as Ana and Robin see them."""

from datetime import UTC, datetime

from libs.contracts.values import Money
from services.portal.access import GRANTS, Role
from services.portal.web import views

NOW = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
ROBIN = views.Staff("Robin Reed", "robin@alder.example", "manager", "csrf-word", GRANTS[Role.MANAGER], "/admin")


def pounds(pence: int) -> Money:
    return Money(amount=pence, currency="GBP")


SHIRT = views.UnsentItem("shirt", views.Picture("Linen camp shirt", "Sage, size 10"), pounds(9000), 2, 1)
RECEIPT = views.Receipt(
    (views.ReceiptRow("Linen camp shirt", pounds(4500)), views.ReceiptRow("Delivery", pounds(395))),
    pounds(4895),
    "You get back",
    "To the way you paid.",
)
CANCEL = views.CancelPage(
    "csrf-word", "AL-1001", (SHIRT,), "/alder/items", "Ordered twice", {"quantity-shirt": "Choose at least one"}
)
NOTHING = views.CancelPage(
    "csrf-word", "AL-1001", (), "/alder/items", notice=views.Notice("warn", "It is on its way already.")
)
CHECK = views.CancelCheckPage(
    "csrf-word", "AL-1001", (SHIRT,), RECEIPT, (("quantity-shirt", "1"), ("key", "k")), "/alder/cancel"
)
ASKED = views.CancelledPage("C-7KQ2M9", "AL-1001", "asked", "ana@example.com", (SHIRT,), RECEIPT, changing=True)
LATE = views.CancelledPage(
    "C-7KQ2M9",
    "AL-1001",
    "refused",
    "ana@example.com",
    (SHIRT,),
    RECEIPT,
    late=True,
    onward=views.Link("Return something instead", "/alder/"),
)
ROW = views.CancellationRow("C-7KQ2M9", "AL-1001", "Ana Lind", pounds(4895), "refused", NOW, True)
LIST = views.CancellationsPage(
    ROBIN, (ROW,), "/admin/cancellations?before=1", True, "AL-9", {"order": "No order has this number."}
)
WEBHOOKS = views.WebhookFacts(22, ("orders/create",), ("shop/redact",), True, "The shop said no.", NOW)
IMPORT = views.ImportFacts("running", 120, 4000, datetime(2025, 10, 20, tzinfo=UTC))
CODE = views.CodePage("csrf-word", "m•••@e•••.com", True, {"code": "This is not the code."})
CANCEL_PAGES = [("cancel", NOTHING), ("cancelled", LATE)]
