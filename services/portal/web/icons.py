"""The icons of the pages: Lucide's, as one sprite built once from the `lucide` package."""

import re
from functools import cache
from importlib.resources import files
from io import BytesIO
from zipfile import ZipFile

NAMES = (
    "arrow-right",
    "calendar",
    "camera",
    "check",
    "chevron-down",
    "chevron-left",
    "chevron-right",
    "circle-alert",
    "circle-check",
    "circle-user",
    "clock",
    "download",
    "house",
    "inbox",
    "info",
    "key-round",
    "list-checks",
    "log-out",
    "mail",
    "map-pin",
    "package",
    "package-open",
    "scale",
    "scan-barcode",
    "scroll-text",
    "search",
    "store",
    "triangle-alert",
    "truck",
    "users",
    "wifi-off",
)
_SHAPES = re.compile(r"<svg\b[^>]*>(.*)</svg>", re.DOTALL)
_BETWEEN = re.compile(r"\s*\n\s*")


@cache
def sprite() -> bytes:
    """One SVG that holds every icon of NAMES as a symbol; stroke and size come from the page's stylesheet."""
    archive = ZipFile(BytesIO((files("lucide") / "lucide.zip").read_bytes()))
    symbols = "".join(_symbol(name, archive.read(f"{name}.svg").decode()) for name in NAMES)
    return f'<svg xmlns="http://www.w3.org/2000/svg">{symbols}</svg>'.encode()


def mark(letter: str, ground: str, ink: str, radius: int) -> bytes:
    """A browser tab's icon: the retailer's first letter on the brand colour."""
    corner = min(radius, 16)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
        f'<rect width="32" height="32" rx="{corner}" fill="{ground}"/>'
        f'<text x="16" y="22.5" text-anchor="middle" font-family="system-ui,sans-serif" font-size="19" '
        f'font-weight="700" fill="{ink}">{_safe(letter)}</text></svg>'
    ).encode()


def _symbol(name: str, drawing: str) -> str:
    shapes = _SHAPES.search(drawing)
    if shapes is None:
        raise ValueError(f"the icon {name} is not an SVG drawing")
    return f'<symbol id="{name}" viewBox="0 0 24 24">{_BETWEEN.sub("", shapes[1])}</symbol>'


def _safe(letter: str) -> str:
    return {"&": "&amp;", "<": "&lt;", ">": "&gt;"}.get(letter, letter)
