"""One brand colour becomes two palettes in which everything can be read, whatever the colour."""

import random
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.portal.web.palette import BLACK, WHITE, Mode, Palette, contrast, oklch, palette, text_on, to_oklch, tokens

ALDER, KITE = "#1f5c4d", "#e4572e"
CORNERS = ["#{:02x}{:02x}{:02x}".format(*rgb) for rgb in product(range(0, 256, 51), repeat=3)]
NEAR_THE_EDGE = ["#757575", "#767676", "#777777", "#ffd400", "#ff6600", "#e2725b", "#010101", "#fefefe"]


def shortfalls(colours: Palette) -> list[tuple[str, str]]:
    """The pairs of a palette that do not reach what they must."""
    pairs = [
        (text, ground, 4.5)
        for text in ("ink2", "brand_text", "ok", "warn", "bad", "info")
        for ground in colours.grounds
    ]
    pairs += [("ink", ground, 7) for ground in colours.grounds]
    pairs += [(border, ground, 3) for border in ("edge", "fill_edge") for ground in colours.grounds]
    pairs += [("on_fill", fill, 4.5) for fill in (colours.fill, colours.fill_hover, colours.fill_press)]
    for status in ("ok", "warn", "bad", "info"):
        tint = getattr(colours, f"{status}_tint")
        pairs += [(status, tint, 4.5), ("ink", tint, 7)]
    return [(name, against) for name, against, ratio in pairs if contrast(getattr(colours, name), against) < ratio]


@pytest.mark.parametrize("mode", Mode)
def test_every_pair_reaches_its_contrast_at_the_corners_of_the_cube(mode: Mode):
    failing = {brand: short for brand in CORNERS + NEAR_THE_EDGE if (short := shortfalls(palette(brand, mode)))}

    assert failing == {}


@pytest.mark.parametrize("mode", Mode)
def test_every_pair_reaches_its_contrast_for_two_thousand_random_brands(mode: Mode):
    dice = random.Random(7)
    brands = [f"#{dice.randrange(1 << 24):06x}" for _ in range(2000)]

    failing = {brand: short for brand in brands if (short := shortfalls(palette(brand, mode)))}

    assert failing == {}


@settings(max_examples=150, deadline=None)
@given(st.integers(0, (1 << 24) - 1).map(lambda value: f"#{value:06x}"), st.sampled_from(Mode))
def test_every_pair_reaches_its_contrast_for_any_brand(brand: str, mode: Mode):
    assert shortfalls(palette(brand, mode)) == []


@settings(max_examples=150, deadline=None)
@given(st.integers(0, (1 << 24) - 1).map(lambda value: f"#{value:06x}"), st.sampled_from(Mode))
def test_the_brand_colour_is_never_altered(brand: str, mode: Mode):
    assert palette(brand, mode).fill == brand


def test_text_on_a_dark_brand_is_white_and_on_a_bright_one_black():
    assert (text_on(ALDER), text_on("#ffd400"), text_on(KITE)) == (WHITE, BLACK, BLACK)


def test_hover_and_press_move_away_from_the_text_colour():
    dark, bright = palette(ALDER, Mode.LIGHT), palette("#ffd400", Mode.LIGHT)

    assert lightness(dark.fill) > lightness(dark.fill_hover) > lightness(dark.fill_press)
    assert lightness(bright.fill) < lightness(bright.fill_hover) < lightness(bright.fill_press)


def test_a_brand_too_pale_for_a_border_gets_one_of_its_own_hue():
    colours = palette("#fff3b0", Mode.LIGHT)

    assert colours.fill_edge != colours.fill
    assert abs(to_oklch(colours.fill_edge)[2] - to_oklch(colours.fill)[2]) < 5


def test_statuses_do_not_depend_on_the_brand_beyond_its_grounds():
    greens = {palette(brand, Mode.LIGHT).ok_tint for brand in (ALDER, KITE, "#ffd400")}

    assert len(greens) == 1


@pytest.mark.parametrize("colour", [ALDER, KITE, "#000000", "#ffffff", "#ff0000", "#00ff00", "#0000ff", "#808080"])
def test_a_colour_survives_the_way_to_oklch_and_back(colour: str):
    channels = [abs(int(colour[i : i + 2], 16) - int(oklch(*to_oklch(colour))[i : i + 2], 16)) for i in (1, 3, 5)]

    assert max(channels) <= 1


def test_oklch_agrees_with_the_published_values_for_red():
    light, chroma, hue = to_oklch("#ff0000")

    assert (round(light, 3), round(chroma, 3), round(hue, 1)) == (0.628, 0.258, 29.2)


def test_contrast_is_that_of_wcag():
    assert round(contrast("#000000", "#ffffff"), 2) == 21
    assert round(contrast("#767676", "#ffffff"), 2) == 4.54


def test_the_tokens_are_named_as_the_stylesheets_use_them():
    said = tokens(palette(ALDER, Mode.LIGHT))

    assert f"--fill:{ALDER};" in said
    assert "--brandText:#" in said
    assert "--okTint:#" in said


def lightness(colour: str) -> float:
    return to_oklch(colour)[0]
