"""The page of the connection to the shop: connecting by a token or an install, trying it, ending it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import Response

from libs.chassis.errors import Failed, Unavailable
from libs.chassis.rpc import ask
from libs.contracts.base import Request as Asked
from libs.contracts.errors import Refused
from libs.contracts.orders_shops import (
    BeginInstallV1,
    CheckShopV1,
    ConnectShopV1,
    DisconnectShopV1,
    FinishInstallV1,
    GetImportV1,
    GetShopsV1,
    ShopsV1,
    ShopV1,
)
from libs.contracts.orders_webhooks import GetWebhooksV1, SaveWebhookAddressV1
from services.portal.access import May
from services.portal.reach import Portal
from services.portal.web import views
from services.portal.web.forms import Words, said, secret
from services.portal.web.pages import Answering, Here, Pages
from services.portal.web.seats import Seat, seated

router = APIRouter(include_in_schema=False)
Managing = Annotated[Seat, seated(May.MANAGE_SHOPS)]

WAIT = 9.0  # seconds: the shop is asked once or twice, and a person waits for it here
BACK = "/shops/shopify/callback"
MOST_PARAMETERS = 20
NOTICES = {
    "connected": views.Notice("ok", "The shop is connected."),
    "works": views.Notice("ok", "The shop answers, and this is what it grants."),
    "webhooks": views.Notice("ok", "The shop is being asked for its webhooks. Look again in a moment."),
    "cancelling": views.Notice("ok", "Saved."),
    "ended": views.Notice("ok", "The shop is disconnected, and its token is forgotten. Orders and returns stay."),
}
AWAY = views.Notice("bad", "The service that keeps the connection is not answering. Try again in a minute.")


@router.get("/admin/shops")
def shops(request: Request, here: Here, answering: Answering, seat: Managing, done: str = "") -> Response:
    """The connection as it is known, and forms to make one."""
    return _page(request, answering, seat, notice=NOTICES.get(done))


@router.post("/admin/shops/connect")
def connect(request: Request, here: Here, form: Words, answering: Answering, seat: Managing) -> Response:
    """Connect by a token that somebody made in the shop's own admin."""
    here.forms.check(request, said(form, "csrf"))
    domain, token = said(form, "domain"), secret(form, "token").strip()
    asked = {"domain": not domain and "Enter the shop’s address", "token": not token and "Enter the token"}
    if problems := {field: words for field, words in asked.items() if words}:
        return _page(request, answering, seat, domain=domain, problems=problems, status=422)
    wish = ConnectShopV1(domain=domain, token=token, currency=seat.retailer.currency)
    return _do(request, here, answering, seat, "shop.connect", wish, done="connected", domain=domain)


@router.post("/admin/shops/install")
def install(request: Request, here: Here, form: Words, answering: Answering, seat: Managing) -> Response:
    """Begin to install our app: the way on is a link, for a form of ours is sent to nobody else."""
    here.forms.check(request, said(form, "csrf"))
    domain = said(form, "domain")
    wish = BeginInstallV1(domain=domain, back_to=f"{here.settings.url}{BACK}", by=str(seat.member.id))
    try:
        with here.audit.of(seat.actor, "shop.install", subject=domain):
            address = ask(seat.retailer.id, wish, timeout=WAIT).address
    except Refused as no:
        return _page(request, answering, seat, domain=domain, problems={"domain": no.detail}, status=422)
    except (Unavailable, Failed):
        return _page(request, answering, seat, domain=domain, notice=AWAY, status=503)
    return _page(request, answering, seat, domain=domain, onward=views.Link(domain, address))


@router.get(BACK)
def installed(request: Request, here: Here, answering: Answering, seat: Managing) -> Response:
    """What the shop sends back. Orders looks at its name, signature and state before anything else."""
    query = dict(list(request.query_params.items())[:MOST_PARAMETERS])
    wish = FinishInstallV1(query=query, by=str(seat.member.id), currency=seat.retailer.currency)
    answer = _do(request, here, answering, seat, "shop.connect", wish, done="connected")
    if answer.status_code == 303 and (secret_of_app := here.settings.shopify_client_secret):
        _subscribe(here, seat, secret_of_app)
    return answer


@router.post("/admin/shops/cancelling")
def cancelling(request: Request, here: Here, form: Words, answering: Answering, seat: Managing) -> Response:
    """Whether shoppers may cancel what is not sent."""
    here.forms.check(request, said(form, "csrf"))
    before, now = seat.retailer.may_cancel, bool(said(form, "may_cancel"))
    with here.audit.of(seat.actor, "shop.cancelling", before={"may_cancel": before}) as record:
        here.people.save_retailer(replace(seat.retailer, may_cancel=now))
        record.after(may_cancel=now)
    return answering.go("/admin/shops?done=cancelling")


@router.post("/admin/shops/test")
def test(request: Request, here: Here, form: Words, answering: Answering, seat: Managing) -> Response:
    """Ask the shop who it is."""
    here.forms.check(request, said(form, "csrf"))
    return _do(request, here, answering, seat, "shop.check", CheckShopV1(), done="works")


@router.post("/admin/shops/disconnect")
def disconnect(request: Request, here: Here, form: Words, answering: Answering, seat: Managing) -> Response:
    """Forget the token."""
    here.forms.check(request, said(form, "csrf"))
    return _do(request, here, answering, seat, "shop.disconnect", DisconnectShopV1(), done="ended")


@router.post("/admin/shops/webhooks")
def webhooks(request: Request, here: Here, form: Words, answering: Answering, seat: Managing) -> Response:
    """A fresh address for the shop's webhooks, with the secret that signs them; the one before takes none any more."""
    here.forms.check(request, said(form, "csrf"))
    given = secret(form, "secret").strip()
    found = _current(seat)
    if not given or found is None:
        words = "Enter the secret that the shop signs with" if found else "Connect a shop first"
        return _page(request, answering, seat, problems={"secret": words}, status=422)
    return _page(request, answering, seat, webhooks=_subscribe(here, seat, given), notice=NOTICES["webhooks"])


def _subscribe(here: Portal, seat: Seat, given: str) -> str | None:
    """Make a fresh address that takes what is signed with this secret, and have the shop asked to send there."""
    found = _current(seat)
    if found is None:
        return None
    with here.audit.of(seat.actor, "shop.webhooks", subject=found.domain) as record:
        token = here.ingress.save_endpoint(
            seat.retailer.id, source="shopify", name=found.domain, secret=given, keyring=here.keyring
        )
        address = f"{here.settings.url}/webhooks/shopify/{token}"
        try:
            ask(seat.retailer.id, SaveWebhookAddressV1(address=address), timeout=WAIT)
        except (Unavailable, Failed, Refused):
            record.after(asked=False)  # a person can still give it to the shop by hand
    return address


def _do(
    request: Request,
    here: Portal,
    answering: Pages,
    seat: Seat,
    action: str,
    wish: Asked[ShopV1],
    *,
    done: str,
    domain: str = "",
) -> Response:
    """Ask it of orders; then the page with what came of it, in the shop's own words where it said no."""
    try:
        with here.audit.of(seat.actor, action, subject=domain or None) as record:
            record.after(shop=str(ask(seat.retailer.id, wish, timeout=WAIT).shop_id))
    except Refused as no:
        notice = views.Notice("bad", no.detail or no.code)
        return _page(request, answering, seat, domain=domain, notice=notice, status=422)
    except (Unavailable, Failed):
        return _page(request, answering, seat, domain=domain, notice=AWAY, status=503)
    return answering.go(f"/admin/shops?done={done}")


def _current(seat: Seat) -> ShopV1 | None:
    known = ask(seat.retailer.id, GetShopsV1()).shops
    return next((shop for shop in known if shop.disconnected_at is None), None)


def _page(
    request: Request,
    answering: Pages,
    seat: Seat,
    *,
    domain: str = "",
    problems: Mapping[str, str] | None = None,
    notice: views.Notice | None = None,
    onward: views.Link | None = None,
    webhooks: str | None = None,
    status: int = 200,
) -> Response:
    try:
        known, is_known = ask(seat.retailer.id, GetShopsV1()), True
    except (Unavailable, Failed):
        known, is_known, notice, status = ShopsV1(), False, notice or AWAY, 503
    told, imported = (
        (_webhooks(seat), _import(seat)) if known.shops and not known.shops[0].disconnected_at else (None, None)
    )
    page = views.ShopsPage(
        seat.view,
        tuple(_facts(shop) for shop in known.shops),
        known.can_install,
        domain,
        problems or {},
        notice,
        onward,
        webhooks,
        told,
        imported,
        seat.retailer.may_cancel,
        is_known=is_known,
    )
    return answering.answer(request, "shops", page, seat.retailer, status=status)


def _webhooks(seat: Seat) -> views.WebhookFacts | None:
    try:
        told = ask(seat.retailer.id, GetWebhooksV1())
    except (Refused, Unavailable, Failed):
        return None
    return views.WebhookFacts(
        len(told.wanted), told.missing, told.by_app, told.has_address, told.words, told.checked_at
    )


def _import(seat: Seat) -> views.ImportFacts | None:
    try:
        told = ask(seat.retailer.id, GetImportV1())
    except (Refused, Unavailable, Failed):
        return None
    return views.ImportFacts(told.state, told.listed, told.expected, told.since, told.ended_at)


def _facts(shop: ShopV1) -> views.ShopFacts:
    return views.ShopFacts(
        shop.domain,
        shop.currency,
        "ended" if shop.disconnected_at else "lost" if shop.lost_at else "open",
        shop.installed,
        shop.version or "",
        shop.connected_at,
        shop.expires_at,
        shop.scopes,
        shop.missing,
        shop.not_granted,
        (shop.failed_words or "", shop.failed_at) if shop.failed_at else None,
    )
