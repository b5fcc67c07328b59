"""What each page is given: facts, not words. Templates format money and dates, and look states up by their code.

Forms keep every answer: a view of a form carries what was sent, and `problems` maps a field's name to the words
shown at it and in the summary above it. `csrf` is the value of the hidden field of the same name.
"""

from services.portal.web.views.parts import (
    Label,
    LineStep,
    Link,
    Notice,
    Picture,
    Problems,
    Receipt,
    ReceiptRow,
)
from services.portal.web.views.shopper import (
    CheckPage,
    ClosedItem,
    Dock,
    FindPage,
    Gain,
    HomePage,
    ItemCard,
    ItemsPage,
    OfferChoice,
    ProblemPage,
    ReasonChoice,
    ShopCard,
    StatusPage,
    SummaryItem,
    Way,
)
from services.portal.web.views.staff import (
    Event,
    ReturnPage,
    ReturnRow,
    ReturnsPage,
    SignInPage,
    Staff,
    StaffLine,
    Task,
    View,
)

__all__ = [
    "CheckPage",
    "ClosedItem",
    "Dock",
    "Event",
    "FindPage",
    "Gain",
    "HomePage",
    "ItemCard",
    "ItemsPage",
    "Label",
    "LineStep",
    "Link",
    "Notice",
    "OfferChoice",
    "Picture",
    "ProblemPage",
    "Problems",
    "ReasonChoice",
    "Receipt",
    "ReceiptRow",
    "ReturnPage",
    "ReturnRow",
    "ReturnsPage",
    "ShopCard",
    "SignInPage",
    "Staff",
    "StaffLine",
    "StatusPage",
    "SummaryItem",
    "Task",
    "View",
    "Way",
]
