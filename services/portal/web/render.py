"""From a view to the bytes of a page, and the headers every page carries."""

import gzip
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import brotli
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from libs.contracts.values import Look
from services.portal.web import assets, icons, phrases, words
from services.portal.web.palette import Mode, palette

_TEMPLATES = Path(__file__).parent / "templates"
_TURNS = {"arrow-right", "chevron-left", "chevron-right"}


def render(
    template: str,
    view: object,
    look: Look,
    *,
    now: datetime,
    language: str | None = None,
    tells_prices: bool = True,
    acting: tuple[str, str] | None = None,
) -> bytes:
    """The page `template` (`find`, `items`, ...) filled with its view, dressed in `look`, in UTF-8.

    `language` is BCP 47 and the look's own by default; dates are told from `now`. `acting` are a shopper, and whoever of the
    staff acts for them.
    """
    with words.speaking(language or look.language, today=now.date(), tells_prices=tells_prices) as voice:
        page = (
            environment()
            .get_template(f"{template}.html")
            .render(
                view=view,
                look=look,
                acting=acting,
                root=f"/{look.slug}",
                voice=voice,
                css=assets.stylesheet(look).address,
                mark=assets.mark(look).address,
                js=assets.script().address,
                hub_js=[assets.script(name).address for name in ("hub", "eye")],
                surfaces=[palette(look.brand, mode).surface for mode in Mode],
            )
        )
    return page.encode()


def encoded(body: bytes, accept: str) -> tuple[bytes, dict[str, str]]:
    """`body` compressed as the request's Accept-Encoding allows, and the headers that say so."""
    if assets.accepts(accept, "br"):
        return brotli.compress(body, quality=5), {"Content-Encoding": "br", "Vary": "Accept-Encoding"}
    if assets.accepts(accept, "gzip"):
        return gzip.compress(body, 6, mtime=0), {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return body, {"Vary": "Accept-Encoding"}


def headers(*, images: Iterable[str] = (), https: bool = False) -> dict[str, str]:
    """The headers of every page. `images` are addresses whose origins may show pictures; the rest of the web may not.

    Nothing inline runs or styles, nothing is framed, and forms go nowhere else.
    """
    pictures = " ".join(["'self'", *sorted({origin(address) for address in images if address})])
    policy = (
        f"default-src 'none'; img-src {pictures}; style-src 'self'; script-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    secure = {"Strict-Transport-Security": "max-age=31536000"} if https else {}
    return {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
        "Cache-Control": "private, no-cache",
        **secure,
    }


def origin(address: str) -> str:
    """`https://cdn.shopify.com` of any address there."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


@cache
def environment() -> Environment:
    """The templates, compiled once; a name that is not there is an error, and everything is escaped."""
    jinja = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    jinja.globals.update(
        t=words.t,
        tn=words.tn,
        icon=icon,
        zone=zone,
        language_name=words.language_name,
        country_name=words.country_name,
        statuses=phrases.STATUSES,
        cancellations=phrases.CANCELLATIONS,
        money_states=phrases.MONEY,
        label_states=phrases.LABELS,
        resolutions=phrases.RESOLUTIONS,
        failures=phrases.FAILURES,
        roles=phrases.ROLES,
        granted=phrases.GRANTED,
        member_states=phrases.MEMBER_STATES,
        shop_states=phrases.SHOP_STATES,
        bag_states=phrases.BAG_STATES,
        scan_words=phrases.SCANS,
        sorted_out=phrases.SORTED_OUT,
        person_kinds=phrases.PERSON_KINDS,
        person_states=phrases.PERSON_STATES,
        outcomes=phrases.OUTCOMES,
        policy_states=phrases.POLICY_STATES,
        policy_findings=phrases.POLICY_FINDINGS,
    )
    jinja.filters.update({said.__name__: said for said in _FILTERS})
    return jinja


def icon(name: str) -> Markup:
    """An icon beside a word; it says nothing to a screen reader."""
    if name not in icons.NAMES:
        raise KeyError(f"{name} is not in the sprite: add it to icons.NAMES")
    turns = " turns" if name in _TURNS else ""
    return Markup('<svg class="icon{}" aria-hidden="true"><use href="{}#{}"/></svg>').format(
        turns, assets.sprite().address, name
    )


def clock(at: datetime, said: str = "{when}") -> Markup:
    """A moment in `said`: in UTC as it is sent, and by the reader's own clock as soon as scripts run."""
    alone = said == "{when}"
    around = "" if alone else Markup(' data-said="{}"').format(said)
    told = Markup('<time class="num{}" datetime="{}" data-local="short"{}>{}</time>')
    return told.format(" nowrap" if alone else "", words.iso(at), around, said.format(when=words.stamp(at)))


def zone() -> Markup:
    """Whose clock the times of a page are by."""
    said = Markup('<span data-zone="{}">{}</span>')
    return said.format(words.t("Times are by your own clock."), words.t("Times are UTC."))


def sized(address: str, width: int) -> str:
    """A picture's address at `width` pixels, where the shop's image server makes sizes (Shopify's `width`)."""
    parts = urlsplit(address)
    if parts.netloc != "cdn.shopify.com" and "/cdn/shop/" not in parts.path:
        return address
    query = [pair for pair in parse_qsl(parts.query) if pair[0] != "width"]
    return urlunsplit(parts._replace(query=urlencode([*query, ("width", str(width))])))


_FILTERS = (words.money, words.worth, words.whole, words.day, words.moment, words.stamp, words.iso, clock, sized)
