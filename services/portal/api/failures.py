"""What went wrong, for a program: every failure as RFC 9457 problem details."""

import re
from collections.abc import Sequence
from typing import Any

from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from libs.chassis.errors import Unavailable
from libs.chassis.logs import log
from libs.contracts.errors import Refused
from services.portal.domain import NotNow
from services.portal.edge import TooLarge
from services.portal.problems import Problem, no_such_return, problem
from services.portal.security import TooMany
from services.portal.store.returns import NoSuchReturn

UNREADABLE = "request.unreadable"
SAID = {  # by status, what the framework found
    404: ("request.no_such_address", "There is nothing at this address."),
    405: ("request.method_not_allowed", "This address takes other methods: see `Allow`."),
}
UNKNOWN_TO_THE_OWNER = {
    "labels.no_account",
    "labels.not_found",
    "labels.unknown_carrier",
    "orders.not_found",
    "portal.not_found",
    "rules.no_policy",
    "rules.not_found",
    "tracking.no_parcel",
    "tracking.not_found",
}
WORDS = {  # of refusals that come without words
    "labels.not_found": "The return has no such parcel, or its label was never asked for.",
    "orders.not_found": "No order of yours has this number and email.",
    "payments.not_paid": "Nothing was paid that could be disputed.",
    "tracking.not_found": "No scan, bag or pallet of yours has this id or code.",
}
_MEMBER = re.compile(r"<\w+\.\w+: ('[^']*')>")  # how pydantic writes a member of an enum


def answer_for(failure: Exception) -> Response:
    """The problem that tells a program of `failure`. What is an error of ours is logged here, once."""
    match failure:
        case Problem():
            return failure.response()
        case TooLarge():
            return problem(413, "request.too_large", "The body is larger than this address takes.")
        case HTTPException():
            return _of_http(failure)
        case RequestValidationError():
            return _malformed(failure.errors())
        case NoSuchReturn():
            return no_such_return().response()
        case NotNow():
            return problem(409, failure.code, failure.words)
        case Refused():
            return _refused(failure)
        case TooMany():
            return problem(
                429,
                "request.too_many",
                f"Try again in {failure.seconds} s.",
                headers={"Retry-After": str(failure.seconds)},
            )
        case Unavailable() | SQLAlchemyError():
            log.warning("portal.unavailable", error=type(failure).__name__, detail=str(failure)[:200])
            return problem(
                503,
                "service.unavailable",
                "Nothing was lost: send the same request again.",
                headers={"Retry-After": "2"},
            )
        case _:
            log.error("portal.failed", error=type(failure).__name__, exc_info=failure)
            return problem(500, "service.failed", "This is an error of ours. It was logged under the reference.")


def _refused(failure: Refused) -> Response:
    status = 404 if failure.code in UNKNOWN_TO_THE_OWNER else 409
    return problem(status, failure.code, failure.detail or WORDS.get(failure.code, ""))


def program_failed(request: Request, failure: Exception) -> Response:
    """`answer_for`, with every method that the address takes where the one asked for is not among them."""
    response = answer_for(failure)
    if response.status_code == 405:
        response.headers["Allow"] = ", ".join(sorted(_methods(request)))
    return response


def _methods(request: Request) -> set[str]:
    """All that the address takes: the framework names those of the first route that fits."""
    routers = (getattr(route, "original_router", None) for route in request.app.routes)
    routes = (route for router in routers if router is not None for route in router.routes)
    fitting = (route for route in routes if route.matches(request.scope)[0] is not Match.NONE)
    return {method for route in fitting for method in getattr(route, "methods", None) or ()}


def _of_http(failure: HTTPException) -> Response:
    plain = UNREADABLE if failure.status_code == 400 else f"http.{failure.status_code}"
    code, detail = SAID.get(failure.status_code, (plain, str(failure.detail)))
    return problem(failure.status_code, code, detail, headers=dict(failure.headers or {}))


def _malformed(faults: Sequence[Any]) -> Response:
    if any(fault["type"] == "json_invalid" for fault in faults):
        return problem(400, UNREADABLE, "The body could not be read as JSON.")
    told = [
        {"in": fault["loc"][0], "pointer": _pointer(fault["loc"][1:]), "fault": _MEMBER.sub(r"\1", fault["msg"])}
        for fault in faults
    ]
    return problem(422, "request.malformed", "Mend the fields named in `faults`.", faults=told)


def _pointer(steps: Sequence[int | str]) -> str:
    """Where it is, as a JSON Pointer (RFC 6901)."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)
