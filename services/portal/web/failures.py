"""What went wrong, for a person: what happened, what was kept, what to do next."""

import math
from urllib.parse import urlencode

from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from libs.chassis.clock import now
from libs.chassis.context import current
from libs.chassis.errors import Unavailable
from libs.chassis.logs import log
from libs.contracts.errors import Refused
from services.portal.edge import TooLarge
from services.portal.security import NotOurForm, SessionEnded, TooMany
from services.portal.store.people import Retailer
from services.portal.web import assets, desk_failures, render, views
from services.portal.web.sitting import AlreadyMade

KEPT = "Your answers are kept. Nothing was sent twice."
LABEL_KEPT = "Your label is kept. It is in the email that we sent you, too."
NOT_SENT = "What you wrote is still on the page before this one: go back, and send it again in a minute."


def page(request: Request, failure: Exception) -> Response:
    """The page for `failure`, in the retailer's look where the address has one. Never a stack trace."""
    if isinstance(failure, SessionEnded) and failure.kind == "staff" and request.method in {"GET", "HEAD"}:
        return RedirectResponse(f"/admin/sign-in?{urlencode({'to': request.scope['path']})}", 303)
    if isinstance(failure, AlreadyMade):
        return RedirectResponse(failure.address, 303)
    status, kind, minutes = _told(failure)
    if status >= 500:
        (log.warning if status == 503 else log.error)(
            "portal.page_failed",
            error=type(failure).__name__,
            detail=str(failure)[:200],
            exc_info=failure if status == 500 else None,
        )
    elif isinstance(failure, Refused):
        log.info("portal.page_refused", code=failure.code)
    retailer = _retailer(request)
    if (seen := desk_failures.page(request, failure, status=status, kind=kind, minutes=minutes)) is not None:
        return _dressed(seen, failure, status)
    view = views.ProblemPage(
        kind,
        str(current().correlation_id),
        _kept(request, status),
        minutes,
        _back(request, retailer, failure),
        retailer.look.support_email if retailer else None,
    )
    return _dressed(_answer(request, view, retailer, status), failure, status)


def _dressed(response: Response, failure: Exception, status: int) -> Response:
    if isinstance(failure, HTTPException):
        response.headers.update(failure.headers or {})
    if isinstance(failure, TooMany):
        response.headers["Retry-After"] = str(failure.seconds)
    if status == 503:
        response.headers["Retry-After"] = "5"
    return response


def _told(failure: Exception) -> tuple[int, str, int | None]:
    match failure:
        case SessionEnded():
            return 401, "expired", None
        case NotOurForm():
            return 403, "stale", None
        case TooMany():
            return 429, "too_many", max(1, math.ceil(failure.seconds / 60))
        case TooLarge():
            return 413, "too_large", None
        case HTTPException(status_code=400):  # a form that is none, or holds more than any page of ours sends
            return 400, "malformed", None
        case HTTPException(status_code=403):
            return 403, "forbidden", None
        case HTTPException(status_code=404 | 405):
            return failure.status_code, "not_found", None
        case RequestValidationError():
            return 404, "not_found", None
        case Unavailable() | SQLAlchemyError():
            return 503, "unavailable", None
        case Refused():
            return 409, "failure", None
        case _:
            return 500, "failure", None


def _kept(request: Request, status: int) -> str | None:
    """What is not lost, for a shopper."""
    if _has_answers(request) and status != 401:
        return KEPT
    if status != 503:
        return None
    if request.scope["path"].endswith(("/label.pdf", "/papers")):
        return LABEL_KEPT
    return "Nothing is lost." if request.method in {"GET", "HEAD"} else NOT_SENT


def _has_answers(request: Request) -> bool:
    """Whether the page asked for is one of an order that was found, whose answers are in the session."""
    return request.scope["path"].endswith(("/items", "/items/preview", "/check", "/submit"))


def _retailer(request: Request) -> Retailer | None:
    slug = request.path_params.get("slug") or request.scope["path"].strip("/").split("/")[0]
    try:
        return request.app.state.portal.people.retailer(slug=slug)
    except SQLAlchemyError:  # the database is what failed: the page comes in the house's look
        return None


def _back(request: Request, retailer: Retailer | None, failure: Exception) -> views.Link | None:
    if isinstance(failure, SessionEnded) and failure.kind == "staff":
        return views.Link("Sign in", "/admin/sign-in")
    if isinstance(failure, HTTPException) and failure.status_code == 403 and request.scope["path"].startswith("/admin"):
        return views.Link("Your account", "/admin/account")
    if retailer is None:
        return _back_of_staff(request.scope["path"])
    root = f"/{retailer.slug}"
    if isinstance(failure, SessionEnded):
        return views.Link("Find your order", f"{root}/")
    if _has_answers(request):
        return views.Link("Back to your items", f"{root}/items")
    if isinstance(failure, Unavailable) and request.method in {"GET", "HEAD"}:
        return views.Link("Try again", desk_failures.address_of(request))
    return views.Link("Start again", f"{root}/")


def _back_of_staff(path: str) -> views.Link | None:
    """Where somebody who works here goes on; nobody else has anywhere to go without a retailer."""
    doors = (("/admin", "Back to the returns"), ("/hub", "Back to the hub"))
    return next((views.Link(words, door) for door, words in doors if f"{path}/".startswith(f"{door}/")), None)


def _answer(request: Request, view: views.ProblemPage, retailer: Retailer | None, status: int) -> Response:
    look = retailer.look if retailer else assets.HOUSE
    body, encoding = render.encoded(
        render.render("problem", view, look, now=now()), request.headers.get("accept-encoding", "")
    )
    return Response(body, status, render.headers() | encoding)
