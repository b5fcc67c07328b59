"""What pages load: a stylesheet and a tab icon per look, the script and the icons, each named by its content.

An address changes when its content does, so a browser may keep what it has for ever. An address of an older or newer
release is answered with the present content, to be kept by nobody: a page must not lose its looks while we deploy.
"""

import gzip
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import brotli

from libs.contracts.values import Look
from services.portal.web import icons
from services.portal.web.palette import Mode, palette, tokens

HOUSE = Look(  # worn where no retailer is known
    slug="homeward", name="Homeward", brand="#2f4858", support_email="", shop_url="", portal_url="", sender=""
)

_STATIC = Path(__file__).parent / "static"
_SCRIPTS = ("swap", "hub", "eye", "worker")
_SHEETS = ("reset", "base", "layout", "parts", "admin")
_NAME = re.compile(r"^(?P<stem>[a-z0-9-]+)\.(?P<digest>[0-9a-f]{12})\.(?P<kind>css|js|svg)$")
_HEADINGS = {"system": "var(--font)", "serif": "var(--serif)"}
_FOR_EVER, _NOT_AT_ALL = "public, max-age=31536000, immutable", "no-store"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file with its address under /assets/, ready in the encodings browsers ask for."""

    name: str
    media_type: str
    plain: bytes
    brotli: bytes
    gzip: bytes

    @property
    def address(self) -> str:
        """Where it is served."""
        return f"/assets/{self.name}"


def stylesheet(look: Look) -> Asset:
    """The look's palettes and shape, then the styles all looks share."""
    return _stylesheet(look.slug, look.brand, look.heading, look.radius)


def mark(look: Look) -> Asset:
    """The icon in the browser's tab."""
    return _mark(look.slug, look.name[:1].upper(), look.brand, look.radius)


@cache
def script(name: str = "swap") -> Asset:
    """A script: `swap` of every page, or one of the hub's."""
    return _asset(name, "js", (_STATIC / f"{name}.js").read_bytes())


@cache
def sprite() -> Asset:
    """Every icon."""
    return _asset("icons", "svg", icons.sprite())


def served(name: str, accept: str, look_of: Callable[[str], Look | None]) -> tuple[bytes, dict[str, str]] | None:
    """The bytes and headers of /assets/{name}, or None; `look_of` gives a retailer's look by its slug.

    `accept` is the request's Accept-Encoding.
    """
    match = _NAME.match(name)
    asset = match and _present(match["stem"], match["kind"], look_of)
    if not asset:
        return None
    body, encoding = _encoded(asset, accept)
    return body, {
        "Content-Type": asset.media_type,
        "Cache-Control": _FOR_EVER if name == asset.name else _NOT_AT_ALL,
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        **encoding,
    }


def accepts(accept: str, encoding: str) -> bool:
    """Whether an Accept-Encoding header takes `encoding`."""
    for part in accept.lower().split(","):
        name, _, weight = part.partition(";")
        if name.strip() == encoding:
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def _present(stem: str, kind: str, look_of: Callable[[str], Look | None]) -> Asset | None:
    if kind == "js":
        return script(stem) if stem in _SCRIPTS else None
    if (stem, kind) == ("icons", "svg"):
        return sprite()
    slug = stem if kind == "css" else stem.removeprefix("mark-")
    look = HOUSE if slug == HOUSE.slug else look_of(slug)
    if look is None:
        return None
    return stylesheet(look) if kind == "css" else mark(look)


def _encoded(asset: Asset, accept: str) -> tuple[bytes, dict[str, str]]:
    if accepts(accept, "br"):
        return asset.brotli, {"Content-Encoding": "br"}
    if accepts(accept, "gzip"):
        return asset.gzip, {"Content-Encoding": "gzip"}
    return asset.plain, {}


@lru_cache(maxsize=256)
def _stylesheet(slug: str, brand: str, heading: str, radius: int) -> Asset:
    light, dark = tokens(palette(brand, Mode.LIGHT)), tokens(palette(brand, Mode.DARK))
    shape = f"--radius:{radius}px;--font-head:{_HEADINGS.get(heading, _HEADINGS['system'])};"
    root = f":root{{{light}{shape}}}@media(prefers-color-scheme:dark){{:root{{{dark}}}}}"
    return _asset(slug, "css", root.encode() + _base())


@lru_cache(maxsize=256)
def _mark(slug: str, letter: str, brand: str, radius: int) -> Asset:
    colours = palette(brand, Mode.LIGHT)
    return _asset(f"mark-{slug}", "svg", icons.mark(letter, colours.fill, colours.on_fill, radius))


@cache
def _base() -> bytes:
    return b"".join((_STATIC / f"{name}.css").read_bytes() for name in _SHEETS)


def _asset(stem: str, kind: str, body: bytes) -> Asset:
    types = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}
    digest = hashlib.sha256(body).hexdigest()[:12]
    return Asset(f"{stem}.{digest}.{kind}", types[kind], body, brotli.compress(body), gzip.compress(body, 9, mtime=0))
