"""What went wrong, for one of the staff: in their own pages' frame and their retailer's look, with what to do next."""

from urllib.parse import quote

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import Response

from libs.chassis.context import current
from libs.chassis.errors import DeadlineExceeded, Unavailable
from services.portal.reach import Portal
from services.portal.security import SessionEnded
from services.portal.web import seats, views
from services.portal.web.pages import Pages

DOORS = {"/admin": views.Link("Back to the returns", "/admin"), "/hub": views.Link("Back to the hub", "/hub")}
NOBODYS = ("/admin/sign-in", "/admin/forgot", "/admin/join", "/admin/reset", "/admin/review")
DOES = {  # what cannot be shown or done while a service is away, by its name
    "orders": "Orders and the shop cannot be looked at, and nothing can be given back at the shop.",
    "rules": "The policy cannot be looked at, tried or put in force. The one in force stays in force.",
    "labels": "Lanes, carriers and labels cannot be looked at or changed.",
    "payments": "Fees and holds cannot be looked at or recorded.",
    "tracking": "Scans, bags and where parcels are cannot be looked at or recorded.",
    "notifications": "Emails cannot be looked at or sent again.",
}
LOOKED = "Nothing was changed. What shoppers send in the meantime is kept and goes on by itself."
NOT_DONE = "Nothing was done. Go back: your browser still has what you wrote. Send it again in a minute, which does nothing twice."
PERHAPS = "It may have been done all the same: look before you send it again."


def page(request: Request, failure: Exception, *, status: int, kind: str, minutes: int | None) -> Response | None:
    """The page for somebody who is signed in at the admin or the hub; None for everybody else."""
    door = next((link for door, link in DOORS.items() if f"{request.scope['path']}/".startswith(f"{door}/")), None)
    if door is None or request.scope["path"].startswith(NOBODYS):
        return None
    here: Portal = request.app.state.portal
    try:
        seat = seats.Seated(None)(request, here)
    except (
        SessionEnded,
        SQLAlchemyError,
    ):  # nobody is signed in, or that cannot be known: the plain page is for everybody
        return None
    view = views.StaffProblemPage(
        seat.view,
        kind,
        str(current().correlation_id),
        _away(failure),
        _kept(request, failure) if status == 503 else None,
        minutes,
        views.Link("Try again", address_of(request)) if status == 503 and request.method == "GET" else None,
        views.Link("Your account", "/admin/account") if status == 403 else door,
    )
    pages: Pages = request.app.state.pages
    return pages.answer(request, "trouble", view, seat.retailer, status=status)


def _away(failure: Exception) -> str | None:
    """What is not answering, and what cannot be done without it."""
    if isinstance(failure, SQLAlchemyError):
        return "The database is not answering."
    if not isinstance(failure, Unavailable):
        return None
    if "broker" in str(failure):
        return "The services do not hear each other right now: the message broker is not answering."
    service = next((name for name in DOES if str(failure).startswith(f"{name} ")), None)
    return f"The service {service} is not answering. {DOES[service]}" if service else None


def _kept(request: Request, failure: Exception) -> str:
    if request.method in {"GET", "HEAD"}:
        return LOOKED
    return PERHAPS if isinstance(failure, DeadlineExceeded) else NOT_DONE


def address_of(request: Request) -> str:
    """The address that was asked for, on this host."""
    query = request.scope.get("query_string", b"").decode("latin-1")
    return quote(request.scope["path"]) + (f"?{query}" if query else "")
