"""What went wrong, for a program: RFC 9457 problem details."""

from http import HTTPStatus
from typing import Any

from starlette.responses import JSONResponse

from libs.chassis.context import current


class Problem(Exception):
    """A refusal of the API. `code` is stable; `detail` says what to do next."""

    def __init__(
        self, status: int, code: str, detail: str = "", *, headers: dict[str, str] | None = None, **more: Any
    ) -> None:
        super().__init__(code, detail)
        self.status, self.code, self.detail, self.headers, self.more = status, code, detail, headers, more

    def response(self) -> JSONResponse:
        """The answer on the wire."""
        return problem(self.status, self.code, self.detail, headers=self.headers, **self.more)


def problem(
    status: int, code: str, detail: str = "", *, headers: dict[str, str] | None = None, **more: Any
) -> JSONResponse:
    """An `application/problem+json` answer with a reference for the log."""
    body = {
        "type": f"urn:homeward:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        "reference": str(current().correlation_id),
    } | more
    fresh = {"Cache-Control": "no-store"}
    return JSONResponse(body, status, fresh | (headers or {}), media_type="application/problem+json")


def no_such_return() -> Problem:
    """There is no return of this number, or it is another retailer's: nobody is told which."""
    return Problem(404, "returns.not_found", "No return of yours has this number.")
