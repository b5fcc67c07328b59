"""What went wrong, for a person: what happened, what was kept, what to do next."""

from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from libs.chassis.clock import now
from libs.chassis.context import current
from libs.chassis.errors import Unavailable
from libs.chassis.logs import log
from libs.contracts.errors import Refused
from services.portal.edge import TooLarge
from services.portal.security import NotOurForm, SessionEnded, TooMany
from services.portal.store.people import Retailer
from services.portal.web import assets, render, views

KEPT = "Your answers are kept. Nothing was sent twice."


def page(request: Request, failure: Exception) -> Response:
    """The page for `failure`, in the retailer's look where the address has one. Never a stack trace."""
    status, kind, kept, minutes = _told(failure)
    if status >= 500:
        (log.warning if status == 503 else log.error)(
            "portal.page_failed",
            error=type(failure).__name__,
            detail=str(failure)[:200],
            exc_info=failure if status == 500 else None,
        )
    retailer = _retailer(request)
    view = views.ProblemPage(
        kind,
        str(current().correlation_id),
        kept,
        minutes,
        _back(request, retailer, failure),
        retailer.look.support_email if retailer else None,
    )
    response = _answer(request, view, retailer, status)
    if isinstance(failure, TooMany):
        response.headers["Retry-After"] = str(failure.seconds)
    if status == 503:
        response.headers["Retry-After"] = "5"
    return response


def _told(failure: Exception) -> tuple[int, str, str | None, int | None]:
    match failure:
        case SessionEnded():
            return 401, "expired", None, None
        case NotOurForm():
            return 403, "stale", KEPT, None
        case TooMany():
            return 429, "too_many", None, max(1, round(failure.seconds / 60))
        case TooLarge():
            return 413, "too_large", KEPT, None
        case HTTPException(status_code=403):
            return 403, "forbidden", None, None
        case HTTPException(status_code=404) | HTTPException(status_code=405) | RequestValidationError():
            return 404, "not_found", None, None
        case Unavailable() | SQLAlchemyError():
            return 503, "unavailable", KEPT, None
        case Refused():
            return 409, "failure", KEPT, None
        case _:
            return 500, "failure", KEPT, None


def _retailer(request: Request) -> Retailer | None:
    slug = request.path_params.get("slug") or request.url.path.split("/")[1]
    try:
        return request.app.state.portal.people.retailer(slug=slug)
    except SQLAlchemyError:  # the database is what failed: the page comes in the house's look
        return None


def _back(request: Request, retailer: Retailer | None, failure: Exception) -> views.Link | None:
    if isinstance(failure, SessionEnded) and failure.kind == "staff":
        return views.Link("Sign in", "/admin/sign-in")
    if retailer is None:
        return None
    root = f"/{retailer.slug}"
    if isinstance(failure, SessionEnded):
        return views.Link("Find your order", f"{root}/")
    if request.url.path.startswith((f"{root}/items", f"{root}/check", f"{root}/submit")):
        return views.Link("Back to your items", f"{root}/items")
    return views.Link("Start again", f"{root}/")


def _answer(request: Request, view: views.ProblemPage, retailer: Retailer | None, status: int) -> Response:
    look = retailer.look if retailer else assets.HOUSE
    body, encoding = render.encoded(
        render.render("problem", view, look, now=now()), request.headers.get("accept-encoding", "")
    )
    return Response(body, status, render.headers() | encoding)
