"""What staff do to a return by hand: for each deed its page and its doing. What cannot be done now says so, and why."""

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID, uuid5

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.responses import Response

from libs.chassis.errors import Failed, Unavailable
from libs.chassis.ids import new_id
from libs.chassis.rpc import ask
from libs.contracts import base
from libs.contracts.errors import Refused
from libs.contracts.tracking import RecordInspectionV1
from services.portal.access import Actor
from services.portal.domain import NotNow, Return
from services.portal.domain.acts import Act
from services.portal.reach import Portal
from services.portal.store.returns import Story
from services.portal.web import desk, forms, shots, story, views
from services.portal.web.deeds import DEEDS, REVIEWING, Deed, Said, offered
from services.portal.web.forms import said
from services.portal.web.happenings import last_decision
from services.portal.web.pages import Answering, Here, Pages
from services.portal.web.seats import NotForThisRole, Seat, seated

router = APIRouter(include_in_schema=False)
AWAY = views.Notice(
    "bad", "The service that keeps this is not answering. Your words are kept here: send it again in a minute."
)
GONE = "The return has moved on: there is nothing left to record here."
REFUSALS = {
    "notifications.bad_address": "This is no email address.",
    "notifications.too_many": "The labels of a return are sent again five times a day at most. Try again tomorrow.",
    "labels.no_lane": "No lane leads from this country. Add one, then ask again.",
    "labels.not_found": "No label was asked for this parcel.",
    "payments.no_fee": "No fee was asked for this return yet.",
    "payments.no_hold": "No hold was asked for this line.",
    "payments.not_paid": "Nothing was paid that could be disputed.",
    "tracking.no_parcel": "Tracking knows no such parcel.",
    "orders.not_found": "No such settlement was asked for.",
}
MOST_OF_SUBJECT = 300
HUB = "hub"  # where a form that was opened from the hub's page leads back to
MADE = views.Notice("ok", "The return is made. Its shopper is mailed as if they had made it.")
_BACK_TO_HUB = "/hub?done=inspected"


def answered(
    request: Request,
    here: Portal,
    answering: Pages,
    seat: Seat,
    found: Story,
    *,
    done: str = "",
    refused: str | None = None,
) -> Response:
    """The page of a return, after a deed that was `done`, or `refused` for a reason; then it says who decided what."""
    ret = found.ret
    notice = views.Notice("ok", DEEDS[done].done) if done in DEEDS else MADE if done == "made" else None
    if refused is not None:
        notice = views.Notice("warn", refused)
    sheets = tuple(
        sheet_of(ret, deed, of, address=desk.address_of(ret, deed.code), csrf=seat.view.csrf)
        for deed, of in offered(ret, seat.actor.may, REVIEWING)
    )
    page = story.return_page(
        seat.view,
        seat.retailer,
        found,
        here.tasks.of_return(seat.retailer.id, ret.id),
        sheets,
        notice=notice,
        last=last_decision(found) if refused is not None else None,
    )
    return answering.answer(request, "return_", page, seat.retailer, status=409 if refused is not None else 200)


def sheet_of(
    ret: Return, deed: Deed, of: str, *, address: str, csrf: str, once: UUID | None = None, code: str = ""
) -> views.Sheet:
    """The form of a deed, to be sent to `address`."""
    form = deed.form(ret, of)
    return views.Sheet(
        code or deed.code.replace("/", "-"),
        form.heading,
        form.sentences,
        form.button,
        form.groups,
        address,
        csrf,
        str(once or new_id()),
        of,
        deed.grave,
    )


def perform(
    here: Portal, actor: Actor, ret: Return, deed: Deed, what: Act | base.Request[Any], *, of: str, once: UUID
) -> None:
    """Do it once, audited. Raises NotNow, Refused, Unavailable and Failed."""
    before = {"awaiting": ret.awaiting, **({"of": of} if of else {})}
    with here.audit.of(actor, f"return.{deed.code}", subject=ret.number, before=before) as record:
        if isinstance(what, base.Request):
            answer = ask(actor.retailer_id, what)
            if deed.then is None:
                return
            what = deed.then(answer)
        after = here.returns.act(actor.retailer_id, ret.number, what, actor, once=once)
        record.after(awaiting=after.ret.awaiting)


def once_of(form: FormData) -> UUID:
    """The form's own id; a fresh one where it came without."""
    try:
        return UUID(said(form, "once"))
    except ValueError:
        return new_id()


def same_of(form: FormData) -> UUID:
    """What a form sent twice has in common: one that was gone back to and changed is another."""
    told = sorted((name, value) for name, value in written(form).items() if name != "csrf")
    return uuid5(once_of(form), repr(told))


def words_of(refused: Refused) -> str:
    """A service's refusal, for the person who asked."""
    return REFUSALS.get(refused.code) or f"That was refused: {refused.detail or refused.code.replace('_', ' ')}"


def written(form: FormData) -> dict[str, str]:
    """All that was written into a form, to be shown again."""
    return {name: said(form, name, most=2000) for name in form}


def _page_of(deed: Deed) -> Callable[..., Response]:
    def page(
        request: Request,
        here: Here,
        answering: Answering,
        number: str,
        seat: Annotated[Seat, seated(deed.may)],
        of: str = "",
        back: str = "",
    ) -> Response:
        found = _story(here, seat, number)
        if of not in deed.subjects(found.ret):
            return answered(request, here, answering, seat, found, refused="That cannot be done now.")
        _check_owner(seat, deed, of)
        sheet = sheet_of(found.ret, deed, of, address=_address(found.ret, deed, back), csrf=seat.view.csrf)
        return _act_page(request, answering, seat, found, sheet)

    return page


def _doing_of(deed: Deed) -> Callable[..., Response]:
    def do(
        request: Request,
        here: Here,
        answering: Answering,
        number: str,
        form: Annotated[FormData, Depends(forms.answers_of if deed.with_photos else forms.words_of)],
        seat: Annotated[Seat, seated(deed.may)],
        back: str = "",
    ) -> Response:
        here.forms.check(request, said(form, "csrf"))
        found, of, once = _story(here, seat, number), said(form, "of", most=MOST_OF_SUBJECT), once_of(form)
        if not deed.knows(found.ret, of):
            raise HTTPException(404)
        _check_owner(seat, deed, of)
        try:
            photos = shots.of_lines(here, request, seat.retailer, found.ret, form) if deed.with_photos else shots.NONE
            wrong = _done(here, seat, found.ret, deed, form, of=of, once=once, photos=photos)
        except NotNow as not_now:
            fresh = _story(here, seat, number)
            return answered(request, here, answering, seat, fresh, refused=not_now.words)
        except Refused as refused:
            wrong = {}, views.Notice("bad", words_of(refused)), 409
        except (Unavailable, Failed):
            wrong = {}, AWAY, 503
        if wrong is None:
            after = f"/admin/returns/{found.ret.number}?done={deed.code}"
            return answering.go(_BACK_TO_HUB if back == HUB else after)
        address = _address(found.ret, deed, back)
        sheet = sheet_of(found.ret, deed, of, address=address, csrf=seat.view.csrf, once=once)
        problems, notice, status = wrong
        return _act_page(
            request, answering, seat, found, sheet.filled(written(form), problems), notice=notice, status=status
        )

    return do


def _check_owner(seat: Seat, deed: Deed, of: str) -> None:
    """Raise NotForThisRole where this subject needs more than the deed does."""
    for missing in sorted(deed.needs(of) - seat.actor.may):
        raise NotForThisRole(missing)


Wrong = tuple[dict[str, str], views.Notice | None, int]


def _address(ret: Return, deed: Deed, back: str) -> str:
    """Where the deed's form is sent; from the hub's page it leads back there."""
    return desk.address_of(ret, deed.code) + (f"?back={HUB}" if back == HUB else "")


def _done(
    here: Portal, seat: Seat, ret: Return, deed: Deed, form: FormData, *, of: str, once: UUID, photos: shots.Shots
) -> Wrong | None:
    """Read the form and do what it says; what is wrong with it, or None."""
    if deed.by_owner and of not in deed.subjects(ret):
        raise NotNow("portal.not_now", GONE)
    told = Said(form, by=str(seat.actor), once=once)
    what = deed.read(ret, of, told)
    if told.problems or photos.problems:
        return told.problems | photos.problems, None, 422
    if isinstance(what, RecordInspectionV1):  # its photos are kept first: the inspection names them
        what = photos.named_in(what, here.hub.add_photos(seat.retailer.id, photos.kept))
    perform(here, seat.actor, ret, deed, what, of=of, once=same_of(form))
    return None


def _act_page(
    request: Request,
    answering: Pages,
    seat: Seat,
    found: Story,
    sheet: views.Sheet,
    *,
    notice: views.Notice | None = None,
    status: int = 200,
) -> Response:
    about = views.Link(found.ret.number, f"/admin/returns/{found.ret.number}")
    view = views.ActPage(seat.view, about, sheet, notice)
    response = answering.answer(request, "act", view, seat.retailer, status=status)
    if status == 503:
        response.headers["Retry-After"] = "5"
    return response


def _story(here: Portal, seat: Seat, number: str) -> Story:
    found = here.returns.get(seat.retailer.id, number=number.upper())
    if found is None:
        raise HTTPException(404)
    return found


for _deed in DEEDS.values():
    _path = f"/admin/returns/{{number}}/{_deed.code}"
    router.add_api_route(_path, _page_of(_deed), methods=["GET"])
    router.add_api_route(_path, _doing_of(_deed), methods=["POST"])
