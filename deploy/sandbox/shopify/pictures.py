"""The product pictures: the addresses the API gives out, and the files behind them in any width."""

import re
from collections.abc import Mapping
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any
from zlib import crc32

from graphql import GraphQLResolveInfo
from PIL import Image

from deploy.sandbox.shopify.gid import gid

FOLDER = Path(__file__).parent / "images"
WIDTH, HEIGHT = 720, 900  # of a product picture as it is kept; every width up to it is made when asked for
_NAME = re.compile(r"^(?P<stem>[a-z]+(?:-[a-z]+)*)(?:@(?P<width>[0-9]{2,4}))?\.webp$")


def picture(stem: str, alt: str) -> dict[str, Any]:
    """A product's `Image`; its url honours `transform` through `width`, as the addresses of Shopify's image server do."""
    return {
        "id": gid("ImageSource", crc32(stem.encode())),
        "altText": alt,
        "width": WIDTH,
        "height": HEIGHT,
        "url": lambda info, transform=None: _address(info, stem, transform or {}),
    }


def _address(info: GraphQLResolveInfo, stem: str, transform: dict[str, int | None]) -> str:
    by_width = transform.get("maxWidth") or WIDTH
    by_height = (transform.get("maxHeight") or HEIGHT) * WIDTH // HEIGHT
    width = max(16, min(by_width, by_height, WIDTH))
    narrowed = f"?width={width}" if width < WIDTH else ""
    return f"{info.context.pictures_at}/cdn/shop/images/{stem}.webp{narrowed}"


def asked_for(name: str, query: Mapping[str, str]) -> bytes | None:
    """The picture of this file name, narrowed to `width` of the query if given; None when there is no such picture."""
    width = query.get("width")
    return file_named(name.replace(".webp", f"@{width}.webp") if width and "@" not in name else name)


@lru_cache(maxsize=256)
def file_named(name: str) -> bytes | None:
    """The bytes of `camp-shirt.webp` or `camp-shirt@144.webp`; None when there is no such picture."""
    asked = _NAME.match(name)
    kept = FOLDER / f"{asked['stem']}.webp" if asked else None
    if kept is None or not kept.exists():
        return None
    return kept.read_bytes() if asked is None or asked["width"] is None else _narrowed(kept, int(asked["width"]))


def _narrowed(kept: Path, width: int) -> bytes | None:
    with Image.open(kept) as whole:
        if not 16 <= width <= whole.width:
            return None
        out = BytesIO()
        small = whole.convert("RGB").resize(
            (width, round(whole.height * width / whole.width)), Image.Resampling.LANCZOS
        )
        small.save(out, "WEBP", quality=82, method=4)
    return out.getvalue()
