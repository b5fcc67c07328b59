"""A proof of purchase becomes an order: staff write down what the receipt says, and the return goes on from that."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.responses import Response

from libs.chassis.errors import Failed, Unavailable
from libs.chassis.ids import new_id
from libs.chassis.rpc import ask
from libs.contracts.errors import Refused
from libs.contracts.orders import LineGiven, ListOrdersV1, OrderGiven, OrderV1, SaveOrdersV1
from libs.contracts.values import Address, Channel
from services.portal.access import May
from services.portal.api.orders import reader_of
from services.portal.bringing import Reader, cells
from services.portal.bringing.cells import BadCell
from services.portal.reach import Portal
from services.portal.store.intakes import Kept, Kind, State
from services.portal.web import views
from services.portal.web.acts import AWAY, written
from services.portal.web.forms import Words, said
from services.portal.web.pages import Answering, Here, Pages
from services.portal.web.seats import Seat, seated

router = APIRouter(include_in_schema=False)
Bringing = Annotated[Seat, seated(May.WRITE_ORDERS)]
ITEMS = 5
_KNOWN = "Orders has this receipt already: choose it, and what was written below is not needed"


@router.get("/admin/intakes/{number}/order")
def receipt_page(request: Request, here: Here, answering: Answering, number: str, seat: Bringing) -> Response:
    """The form that takes down what a receipt says."""
    return _answer(request, answering, seat, _waiting(here, seat, number))


@router.post("/admin/intakes/{number}/order")
def accept_receipt(
    request: Request, here: Here, answering: Answering, number: str, form: Words, seat: Bringing
) -> Response:
    """Make an order of the receipt and match the request with it: the shopper is sent a link to go on."""
    here.forms.check(request, said(form, "csrf"))
    kept = _waiting(here, seat, number)
    try:
        known = _known(seat, form)
        order_id = next((each.order_id for each in known if str(each.order_id) == said(form, "known")), None)
        receipt = _Receipt(form, reader_of(seat.retailer), kept)
        problems = {"known": _KNOWN} if known else receipt.problems
        if order_id is None and problems:
            return _answer(request, answering, seat, kept, form=form, problems=problems, known=known, status=422)
        with here.audit.of(seat.actor, "intake.accept_receipt", subject=kept.number) as record:
            if order_id is None:
                order_id = ask(seat.retailer.id, SaveOrdersV1(orders=(receipt.given(),))).orders[0].order_id
            matched = here.matching.match_order(seat.retailer.id, kept.id, order_id, seat.actor)
            record.after(order_id=order_id)
    except Refused as refused:
        problems = {"number": refused.detail or refused.code}
        return _answer(request, answering, seat, kept, form=form, problems=problems, status=409)
    except (Unavailable, Failed):
        return _answer(request, answering, seat, kept, form=form, notice=AWAY, status=503)
    return answering.go(f"/admin/tasks?done={'matched' if matched else 'before'}")


def way_to_receipt(kept: Kept, seat: Seat) -> views.Notice | None:
    """The way to this page from that of a proof of purchase which waits for its order."""
    if kept.kind is not Kind.PROOF or kept.state is State.MATCHED or May.WRITE_ORDERS not in seat.actor.may:
        return None
    link = views.Link("Write down what the receipt says", f"/admin/intakes/{kept.number}/order")
    return views.Notice("info", "Is there no order of it?", link)


def _waiting(here: Portal, seat: Seat, number: str) -> Kept:
    found = here.intakes.get(seat.retailer.id, number=number.upper())
    if found is None or found.kind is not Kind.PROOF or found.state is State.MATCHED:
        raise HTTPException(404)
    return found


def _known(seat: Seat, form: FormData) -> tuple[OrderV1, ...]:
    """The receipts of this number that orders has: what is known is not written anew."""
    number = said(form, "number", most=40)
    found = ask(seat.retailer.id, ListOrdersV1(number=number)).orders if number else ()
    return tuple(order for order in found if order.channel is Channel.STORE)


@dataclass(slots=True)
class _Receipt:
    """What was written of a receipt, and what is wrong with it by the field's name."""

    form: FormData
    how: Reader
    kept: Kept

    @property
    def problems(self) -> dict[str, str]:
        """What is missing, or is not what its field asks for."""
        problems: dict[str, str] = {}
        self._number(problems)
        self._day(problems)
        self._lines(problems)
        self._country(problems)
        return problems

    def given(self) -> OrderGiven:
        """The order of a receipt without problems."""
        none: dict[str, str] = {}
        return OrderGiven(
            number=self._number(none),
            channel=Channel.STORE,
            place=said(self.form, "place", most=80) or None,
            placed_at=self._day(none),
            contact=self.kept.contact,
            address=self._address(self._country(none)),
            lines=self._lines(none),
        )

    def _read(self, problems: dict[str, str], name: str, parse: Any, needs: str) -> Any:
        text = said(self.form, name, most=120)
        try:
            if text:
                return parse(text)
            problems[name] = needs
        except BadCell as bad:
            problems[name] = str(bad)
        return None

    def _number(self, problems: dict[str, str]) -> Any:
        return self._read(problems, "number", cells.number, "Enter the receipt’s number")

    def _day(self, problems: dict[str, str]) -> Any:
        return self._read(problems, "day", self.how.moment, "Enter the receipt’s date")

    def _country(self, problems: dict[str, str]) -> Any:
        return self._read(problems, "country", cells.country, "Enter the country, like GB")

    def _lines(self, problems: dict[str, str]) -> tuple[LineGiven, ...]:
        found = (self._line(problems, place) for place in range(1, ITEMS + 1) if place == 1 or self._is_begun(place))
        return tuple(line for line in found if line is not None)

    def _is_begun(self, place: int) -> bool:
        return any(said(self.form, f"{name}-{place}") for name in ("title", "paid"))

    def _line(self, problems: dict[str, str], place: int) -> LineGiven | None:
        title = self._read(problems, f"title-{place}", cells.words, "Enter what the item is")
        units = self._read(problems, f"quantity-{place}", cells.units, "Enter how many")
        paid = self._read(problems, f"paid-{place}", self._amount, "Enter what was paid for them, like 45.00")
        if title is None or units is None or paid is None:
            return None
        return LineGiven(key=f"{self.kept.number}-{place}", title=title, quantity=units, paid=paid)

    def _amount(self, text: str) -> Any:
        return self.how.amount(text, self.how.currency)

    def _address(self, country: str) -> Address:
        """Where the parcel comes from. Without a street and a city a carrier may refuse its label."""
        line1, city, postcode = (said(self.form, name, most=120) for name in ("line1", "city", "postcode"))
        return Address(name=self.kept.contact.name, line1=line1, city=city, postcode=postcode or None, country=country)


def _answer(
    request: Request,
    answering: Pages,
    seat: Seat,
    kept: Kept,
    *,
    form: FormData | None = None,
    problems: Mapping[str, str] | None = None,
    known: tuple[OrderV1, ...] = (),
    notice: views.Notice | None = None,
    status: int = 200,
) -> Response:
    plain = reader_of(seat.retailer)
    sheet = views.Sheet(
        "receipt",
        f"The receipt of {kept.number}",
        ("It becomes an order of your shop, and the shopper is sent a link to go on with it.",),
        "Accept the receipt",
        (*_already(known), *_groups(kept, plain)),
        f"/admin/intakes/{kept.number}/order",
        seat.view.csrf,
        str(new_id()),
    )
    if form is not None:
        sheet = sheet.filled(written(form), dict(problems or {}))
    photos = tuple(f"/admin/intakes/{kept.number}/photos/{photo.name}" for photo in kept.photos)
    about = views.Link(kept.number, f"/admin/intakes/{kept.number}")
    told = (("Items", kept.items), ("Reason", kept.reason), ("Email", kept.contact.email))
    facts = tuple((name, value) for name, value in told if value)
    page = views.ActPage(seat.view, about, sheet, notice, facts=facts, photos=photos)
    response = answering.answer(request, "act", page, seat.retailer, status=status)
    if status == 503:
        response.headers["Retry-After"] = "5"
    return response


def _already(known: tuple[OrderV1, ...]) -> tuple[views.Group, ...]:
    picks = tuple(
        views.Pick(str(order.order_id), ", ".join(line.title for line in order.lines)[:200], amount=order.total)
        for order in known
    )
    return (views.Group((views.Blank("known", "radio", "A receipt that is known", picks=picks),)),) if picks else ()


def _groups(kept: Kept, plain: Reader) -> tuple[views.Group, ...]:
    receipt = (
        views.Blank("number", "text", "Receipt number", kept.order_number, most=40),
        views.Blank("place", "text", "Which of your shops", most=80),
        views.Blank("day", "text", "Date on the receipt", hint="Like 2026-11-23 or 23/11/2026.", most=20),
    )
    items = tuple(views.Group(_item(place, plain.currency), f"Item {place}") for place in range(1, ITEMS + 1))
    where = (
        views.Blank("line1", "text", "Street", most=120),
        views.Blank("city", "text", "City", most=80),
        views.Blank("postcode", "text", "Postcode", most=20),
        views.Blank("country", "text", "Country", plain.country, most=2),
    )
    return views.Group(receipt), *items, views.Group(where, "Where the parcel comes from")


def _item(place: int, currency: str) -> tuple[views.Blank, ...]:
    return (
        views.Blank(f"title-{place}", "text", "Item", most=120),
        views.Blank(f"quantity-{place}", "count", "How many", "1", most=3),
        views.Blank(f"paid-{place}", "text", f"Paid for them, in {currency}", most=12),
    )
