"""The pages of a withdrawal as Ana sees them."""

from datetime import date

from services.portal.web import views

SHIRT = views.WithdrawItem("shirt", views.Picture("Linen camp shirt", "Sage, size 10"), 2, 2, date(2026, 12, 3))
WITHDRAW = views.WithdrawPage(
    "csrf-word",
    "AL-1001",
    (SHIRT,),
    "/alder/items",
    "Ana Ruiz",
    "ana",
    {"quantity-shirt": "Choose at least one", "email": "Enter your email, like name@example.com"},
)
OVER = views.WithdrawPage("csrf-word", "AL-1001", (), "/alder/items", notice=views.Notice("warn", "It is too late."))
CHECK = views.WithdrawCheckPage(
    "csrf-word",
    "AL-1001",
    (SHIRT,),
    "Ana Ruiz",
    "ana@example.com",
    (("quantity-shirt", "2"), ("key", "k")),
    "/alder/withdraw",
)
