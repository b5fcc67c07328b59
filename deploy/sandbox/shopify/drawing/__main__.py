"""`python -m deploy.sandbox.shopify.drawing [name ...]`: draws the pictures anew, with Chromium as the brush.

The pictures are kept as WebP beside this folder, so that nobody but who changes a drawing needs a browser.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from deploy.sandbox.shopify.drawing.camp_shirt import camp_shirt
from deploy.sandbox.shopify.drawing.canvas_shoes import canvas_shoes
from deploy.sandbox.shopify.drawing.dungarees import dungarees
from deploy.sandbox.shopify.drawing.field_jacket import field_jacket
from deploy.sandbox.shopify.drawing.light import backdrop, defs, grain
from deploy.sandbox.shopify.drawing.midi_dress import midi_dress
from deploy.sandbox.shopify.drawing.rain_jacket import rain_jacket
from deploy.sandbox.shopify.drawing.still_life import SCENES
from deploy.sandbox.shopify.drawing.striped_tee import striped_tee
from deploy.sandbox.shopify.drawing.studio import HEIGHT, WIDTH
from deploy.sandbox.shopify.drawing.sun_hat import sun_hat
from deploy.sandbox.shopify.drawing.wide_trousers import wide_trousers
from deploy.sandbox.shopify.drawing.wool_scarf import wool_scarf
from deploy.sandbox.shopify.pictures import FOLDER

_CHROMIUM = Path("/usr/bin/chromium")
_FINER = 2  # drawn at twice the size and narrowed, so that stitches stay smooth

# Each product and the paper it is photographed on.
PRODUCTS: dict[str, tuple[Callable[[], str], str]] = {
    "camp-shirt": (camp_shirt, "#e2dfd2"),
    "midi-dress": (midi_dress, "#ecdcd0"),
    "wide-trousers": (wide_trousers, "#dfe2e4"),
    "field-jacket": (field_jacket, "#dedccf"),
    "wool-scarf": (wool_scarf, "#cbc5ba"),
    "rain-jacket": (rain_jacket, "#dbe6ea"),
    "dungarees": (dungarees, "#f0ddd3"),
    "striped-tee": (striped_tee, "#e6e4da"),
    "canvas-shoes": (canvas_shoes, "#e9e2d6"),
    "sun-hat": (sun_hat, "#d5e3e6"),
}


def _product(name: str) -> str:
    draw, wall = PRODUCTS[name]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f"{defs(wall)}{backdrop()}{draw()}{grain()}</svg>"
    )


@contextmanager
def _paper() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(_CHROMIUM) if _CHROMIUM.exists() else None)
        yield browser.new_page(device_scale_factor=_FINER)
        browser.close()


def _render(page: Page, svg: str, size: tuple[int, int], file: Path, quality: int) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.set_content(f"<body style='margin:0'>{svg}</body>")
    drawn = Image.open(BytesIO(page.screenshot())).convert("RGB").resize(size, Image.Resampling.LANCZOS)
    drawn.save(file, "WEBP", quality=quality, method=6)
    print(f"{file.name}: {size[0]} x {size[1]}, {file.stat().st_size / 1024:.0f} KB")


def main(names: list[str]) -> None:
    """Draw the named pictures, or all."""
    FOLDER.mkdir(exist_ok=True)
    with _paper() as page:
        for name in names or [*PRODUCTS, *SCENES]:
            file = FOLDER / f"{name}.webp"
            if name in SCENES:
                scene = SCENES[name]
                _render(page, scene.svg(), (scene.width, scene.height), file, 76)
            else:
                _render(page, _product(name), (WIDTH, HEIGHT), file, 82)


main(sys.argv[1:])
