"""The page on which staff bring orders in: a file, which column is what, and what is wrong with it row by row."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Request
from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from libs.chassis.errors import Failed, Unavailable
from libs.contracts.errors import Refused
from libs.contracts.orders import OrderOutcome
from services.portal import bringing
from services.portal.access import May
from services.portal.api.orders import reader_of
from services.portal.bringing import Brought, Reader, Unmapped
from services.portal.reach import Portal
from services.portal.web import views
from services.portal.web.acts import AWAY
from services.portal.web.forms import Answers, said
from services.portal.web.pages import Answering, Here
from services.portal.web.seats import Seat, seated

router = APIRouter(include_in_schema=False)
Bringing = Annotated[Seat, seated(May.WRITE_ORDERS)]
SHOWN = 200  # faults on the page
DECIMALS = (
    views.Pick("", "What each amount shows"),
    views.Pick(".", "A point, like 45.00"),
    views.Pick(",", "A comma, like 45,00"),
)
DATES = (views.Pick("day", "2026-11-23 or 23/11/2026"), views.Pick("month", "2026-11-23 or 11/23/2026"))
_COLUMN = "column-"
_NEEDED = {"number", "placed_at", "title"}


@router.get("/admin/orders/import")
def bring_page(request: Request, answering: Answering, seat: Bringing) -> Response:
    """Ask for a file."""
    return answering.answer(request, "bring", _page(seat), seat.retailer)


@router.post("/admin/orders/import")
def bring(request: Request, here: Here, form: Answers, answering: Answering, seat: Bringing) -> Response:
    """Save the orders of the file that are whole; say which column is missing, and what is wrong with the others."""
    here.forms.check(request, said(form, "csrf"))
    file = form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        page = _page(seat, form, problems={"file": "Choose a file"})
        return answering.answer(request, "bring", page, seat.retailer, status=422)
    try:
        brought = _bring(here, seat, file, form)
    except Unmapped as unmapped:
        return answering.answer(request, "bring", _unmapped(seat, form, unmapped), seat.retailer, status=422)
    except Refused as refused:
        page = _page(seat, form, problems={"file": refused.detail or refused.code})
        return answering.answer(request, "bring", page, seat.retailer, status=409)
    except (Unavailable, Failed):
        response = answering.answer(request, "bring", _page(seat, form, notice=AWAY), seat.retailer, status=503)
        response.headers["Retry-After"] = "5"
        return response
    page = _page(seat, form, done=_done(file.filename, brought, only_check=_only_check(form)))
    return answering.answer(request, "bring", page, seat.retailer)


def _bring(here: Portal, seat: Seat, file: UploadFile, form: FormData) -> Brought:
    plain = reader_of(seat.retailer)
    decimal = said(form, "decimal")
    how = Reader(
        plain.currency, plain.country, decimal if decimal in {".", ","} else "", said(form, "dates") == "month"
    )
    with here.audit.of(seat.actor, "orders.import", subject=seat.retailer.slug) as record:
        brought = bringing.bring(seat.retailer.id, file.file, _chosen(form), how, only_check=_only_check(form))
        record.after(rows=brought.rows, faults=len(brought.faults))
    return brought


def _chosen(form: FormData) -> dict[str, str]:
    """What was chosen for each field; nothing the first time, when the page has no choice yet."""
    names = (field.name for field in bringing.FIELDS if _COLUMN + field.name in form)
    return {name: said(form, _COLUMN + name, most=500) for name in names}


def _only_check(form: FormData) -> bool:
    return said(form, "check") == "yes"


def _unmapped(seat: Seat, form: FormData, unmapped: Unmapped) -> views.BringPage:
    header = tuple(dict.fromkeys(heading for heading in unmapped.header if heading))
    if not header:
        return _page(seat, form, problems={"file": "This file has no headings. Choose a CSV file with a heading row."})
    columns = tuple(
        views.ColumnChoice(field.name, field.words, _heading(unmapped, field.name), field.name in _NEEDED)
        for field in bringing.FIELDS
    )
    words = "Choose the column, then the file again"
    missing = {_COLUMN + field.name: words for field in bringing.FIELDS if _is_missed(field.words, unmapped.missing)}
    return _page(seat, form, headings=header, columns=columns, problems=missing)


def _is_missed(words: str, missing: tuple[str, ...]) -> bool:
    return any(words in each.split(" or ") for each in missing)


def _heading(unmapped: Unmapped, name: str) -> str:
    return unmapped.header[unmapped.columns[name]] if name in unmapped.columns else ""


def _done(name: str, brought: Brought, *, only_check: bool) -> views.FileBrought:
    counted: Mapping[OrderOutcome, int] = {} if only_check else brought.outcomes
    return views.FileBrought(
        name[:100],
        brought.rows,
        counted.get(OrderOutcome.CREATED, 0),
        counted.get(OrderOutcome.CHANGED, 0),
        counted.get(OrderOutcome.UNCHANGED, 0),
        sum(brought.outcomes.values()) if only_check else 0,
        brought.repeated,
        len(brought.faults),
        tuple(views.FaultRow(each.row, each.column, each.words, each.order) for each in brought.faults[:SHOWN]),
    )


def _page(
    seat: Seat,
    form: FormData | None = None,
    *,
    headings: tuple[str, ...] = (),
    columns: tuple[views.ColumnChoice, ...] = (),
    done: views.FileBrought | None = None,
    notice: views.Notice | None = None,
    problems: Mapping[str, str] | None = None,
) -> views.BringPage:
    """The page with what was chosen before; the file itself cannot be."""
    return views.BringPage(
        seat.view,
        bringing.MOST_ROWS,
        DECIMALS,
        DATES,
        said(form, "decimal") if form is not None else "",
        said(form, "dates") if form is not None else "day",
        form is not None and _only_check(form),
        headings,
        columns,
        done,
        notice,
        problems or {},
    )
