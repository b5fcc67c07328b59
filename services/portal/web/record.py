"""The page of the audit: who did what, and whether the record is whole."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from services.portal.access import May
from services.portal.store.audit import Entry
from services.portal.web import views
from services.portal.web.pages import Answering, Here
from services.portal.web.seats import Seat, seated

router = APIRouter(include_in_schema=False)
A_PAGE = 50
AT_ONCE = 2_000  # rows that are checked without being asked, in some 50 ms


@router.get("/admin/audit")
def audit(
    request: Request,
    here: Here,
    answering: Answering,
    seat: Annotated[Seat, seated(May.READ_AUDIT)],
    before: Annotated[int | None, Query(ge=1, lt=2**62)] = None,
    check: bool = False,
) -> Response:
    """The retailer's acts, the newest first; `check` reads the whole chain however long it is."""
    found = here.audit.list(seat.retailer.id, before=before, limit=A_PAGE + 1)
    rows, total = tuple(_row(entry) for entry in found[:A_PAGE]), here.audit.count(seat.retailer.id)
    checked = check or total <= AT_ONCE
    broken_at = here.audit.broken_at(seat.retailer.id) if checked else None
    older = f"/admin/audit?before={rows[-1].seq}" if len(found) > A_PAGE else None
    view = views.AuditPage(seat.view, rows, total, checked, broken_at, older)
    return answering.answer(request, "audit", view, seat.retailer)


def _row(entry: Entry) -> views.AuditRow:
    before = {name: _plain(value) for name, value in entry.before.items()}
    after = {name: _plain(value) for name, value in entry.after.items()}
    moved = {name: f"{before[name]} → {after[name]}" for name in before.keys() & after.keys()}
    details = tuple((before | after | moved).items())
    return views.AuditRow(entry.seq, entry.at, entry.actor, entry.action, entry.subject, entry.outcome, details)


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_plain, value))
    if isinstance(value, dict):
        return ", ".join(f"{name} {_plain(told)}" for name, told in value.items())
    return str(value)
