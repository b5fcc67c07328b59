"""One brand colour in, two full palettes out, legible on what is shown: contrast is measured on the 8-bit hex values.

Colours are worked on in OKLCH (Björn Ottosson, "A perceptual color space for image processing", 2020,
https://bottosson.github.io/posts/oklab/): L is lightness 0 to 1, C chroma, H hue in degrees. Contrast is WCAG 2's.
"""

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import lru_cache

WHITE, BLACK = "#ffffff", "#050505"
_STEP = 0.004

Solve = Callable[[float, float, float, float], str]


class Mode(StrEnum):
    """Which of the two palettes."""

    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Palette:
    """Every colour a page may use, as #rrggbb."""

    page: str
    surface: str
    sunken: str
    tint: str
    line: str
    ink: str
    ink2: str
    edge: str
    brand_text: str
    fill: str
    on_fill: str
    fill_hover: str
    fill_press: str
    fill_edge: str
    ok: str
    warn: str
    bad: str
    info: str
    ok_tint: str
    warn_tint: str
    bad_tint: str
    info_tint: str

    @property
    def grounds(self) -> tuple[str, str, str, str]:
        """What text and borders stand on."""
        return self.page, self.surface, self.sunken, self.tint


@dataclass(frozen=True, slots=True)
class _Recipe:
    """Where a mode's colours start, as (L, C, H) or lightness; `toward` is the way lightness moves to gain contrast."""

    toward: float
    page: float
    surface: float
    sunken: float
    tint: tuple[float, float]
    line: float
    ink: tuple[float, float]
    ink2: float
    edge: float
    statuses: dict[str, tuple[float, float, float]]
    status_tint: tuple[float, float]


_RECIPES = {
    Mode.LIGHT: _Recipe(
        toward=-_STEP,
        page=0.982,
        surface=1.0,
        sunken=0.957,
        tint=(0.963, 0.02),
        line=0.905,
        ink=(0.22, 12),
        ink2=0.50,
        edge=0.66,
        statuses={
            "ok": (0.50, 0.12, 152),
            "warn": (0.52, 0.11, 70),
            "bad": (0.53, 0.19, 27),
            "info": (0.52, 0.13, 250),
        },
        status_tint=(0.955, 0.035),
    ),
    Mode.DARK: _Recipe(
        toward=_STEP,
        page=0.165,
        surface=0.205,
        sunken=0.245,
        tint=(0.27, 0.035),
        line=0.31,
        ink=(0.95, 11),
        ink2=0.70,
        edge=0.50,
        statuses={
            "ok": (0.74, 0.14, 152),
            "warn": (0.80, 0.13, 80),
            "bad": (0.72, 0.15, 25),
            "info": (0.74, 0.12, 250),
        },
        status_tint=(0.27, 0.045),
    ),
}


@lru_cache(maxsize=256)
def palette(brand: str, mode: Mode) -> Palette:
    """The palette of `brand` (#rrggbb) in `mode`; the brand colour itself is never altered."""
    light, chroma, hue = to_oklch(brand)
    recipe, neutral = _RECIPES[mode], min(chroma * 0.07, 0.009)
    grounds = _grounds(recipe, mode, chroma, hue, neutral)
    solve = _solver(recipe.toward, tuple(grounds.values()))
    text_chroma = neutral * 1.6 if mode is Mode.LIGHT else neutral
    return Palette(
        **grounds,
        line=oklch(recipe.line, neutral, hue),
        ink=solve(recipe.ink[0], text_chroma, hue, recipe.ink[1]),
        ink2=solve(recipe.ink2, text_chroma, hue, 4.6),
        edge=solve(recipe.edge, text_chroma, hue, 3.1),
        brand_text=(
            solve(min(light, 0.62), chroma, hue, 4.6)
            if mode is Mode.LIGHT
            else solve(max(light, 0.66), min(chroma, 0.16), hue, 4.6)
        ),
        **_fills(brand, (light, chroma, hue), tuple(grounds.values()), solve),
        **_statuses(recipe, tuple(grounds.values())),
    )


def tokens(colours: Palette) -> str:
    """The palette as CSS custom properties: `--page:#f8faf9;--fillEdge:...`."""
    return "".join(f"--{_camel(name)}:{value};" for name, value in asdict(colours).items())


def contrast(one: str, other: str) -> float:
    """The WCAG 2 contrast ratio of two colours, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@lru_cache(maxsize=4096)
def luminance(colour: str) -> float:
    """The WCAG 2 relative luminance of #rrggbb, 0 to 1."""
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def text_on(fill: str) -> str:
    """White or near-black, whichever reads on `fill`: one of the two reaches 4.5 on every possible colour."""
    order = (WHITE, BLACK) if to_oklch(fill)[0] < 0.74 else (BLACK, WHITE)
    return next(text for text in order if contrast(fill, text) >= 4.5)


def to_oklch(colour: str) -> tuple[float, float, float]:
    """#rrggbb as lightness, chroma and hue in degrees."""
    red, green, blue = _linear(colour)
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    medium = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    light = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return light, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360


def oklch(light: float, chroma: float, hue: float) -> str:
    """The colour as #rrggbb; where sRGB cannot show it, chroma is reduced until it can."""
    light = min(max(light, 0.0), 1.0)
    across, along = math.cos(math.radians(hue)), math.sin(math.radians(hue))
    rgb = _rgb(light, chroma * across, chroma * along)
    if not _shown(rgb):
        low, high = 0.0, chroma
        for _ in range(12):
            middle = (low + high) / 2
            fits = _shown(_rgb(light, middle * across, middle * along))
            low, high = (middle, high) if fits else (low, middle)
        rgb = _rgb(light, low * across, low * along)
    red, green, blue = (_eight_bit(value) for value in rgb)
    return f"#{red:02x}{green:02x}{blue:02x}"


def _grounds(recipe: _Recipe, mode: Mode, chroma: float, hue: float, neutral: float) -> dict[str, str]:
    tint_light, tint_chroma = recipe.tint
    dark = mode is Mode.DARK
    return {
        "page": oklch(recipe.page, neutral if dark else neutral * 0.7, hue),
        "surface": oklch(recipe.surface, neutral, hue) if dark else WHITE,
        "sunken": oklch(recipe.sunken, neutral, hue),
        "tint": oklch(tint_light, min(chroma * 0.3, tint_chroma), hue),
    }


def _fills(brand: str, at: tuple[float, float, float], grounds: tuple[str, ...], solve: Solve) -> dict[str, str]:
    light, chroma, hue = at
    on_fill = text_on(brand)
    away = -1 if on_fill == WHITE else 1
    seen = min(contrast(brand, ground) for ground in grounds) >= 3
    return {
        "fill": brand,
        "on_fill": on_fill,
        "fill_hover": oklch(light + 0.04 * away, chroma, hue),
        "fill_press": oklch(light + 0.08 * away, chroma, hue),
        "fill_edge": brand if seen else solve(light, chroma, hue, 3.1),
    }


def _statuses(recipe: _Recipe, grounds: tuple[str, ...]) -> dict[str, str]:
    colours = {}
    for name, (light, chroma, hue) in recipe.statuses.items():
        tint = oklch(*recipe.status_tint, hue)
        colours[f"{name}_tint"] = tint
        colours[name] = _solver(recipe.toward, (*grounds, tint))(light, chroma, hue, 4.6)
    return colours


def _solver(toward: float, grounds: tuple[str, ...]) -> Solve:
    """Gives the nearest lightness, moving `toward` more contrast, that reaches a ratio against every ground."""
    levels = [luminance(ground) + 0.05 for ground in grounds]
    hardest = min(levels) if toward < 0 else max(levels)

    def solve(light: float, chroma: float, hue: float, ratio: float) -> str:
        while 0 <= light <= 1:
            colour = oklch(light, chroma, hue)
            level = luminance(colour) + 0.05
            if (hardest / level if toward < 0 else level / hardest) >= ratio:
                return colour
            light += toward
        return "#000000" if toward < 0 else WHITE

    return solve


def _rgb(light: float, a: float, b: float) -> tuple[float, float, float]:
    long = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (light - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _shown(rgb: tuple[float, float, float]) -> bool:
    return min(rgb) >= -0.0001 and max(rgb) <= 1.0001


def _linear(colour: str) -> tuple[float, float, float]:
    return _TO_LINEAR[int(colour[1:3], 16)], _TO_LINEAR[int(colour[3:5], 16)], _TO_LINEAR[int(colour[5:7], 16)]


def _eight_bit(value: float) -> int:
    value = max(0.0, value)
    return min(255, round(255 * (12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055)))


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


_TO_LINEAR = [v / 3294.6 if v <= 10 else ((v / 255 + 0.055) / 1.055) ** 2.4 for v in range(256)]
