"""The start photo of each shop: its things on a rail, in the same light, tall for phones and wide for desks."""

from collections.abc import Callable
from dataclasses import dataclass

from deploy.sandbox.shopify.drawing.camp_shirt import camp_shirt
from deploy.sandbox.shopify.drawing.canvas_shoes import canvas_shoes
from deploy.sandbox.shopify.drawing.dungarees import dungarees
from deploy.sandbox.shopify.drawing.field_jacket import field_jacket
from deploy.sandbox.shopify.drawing.light import backdrop, defs, grain
from deploy.sandbox.shopify.drawing.midi_dress import midi_dress
from deploy.sandbox.shopify.drawing.rain_jacket import rain_jacket
from deploy.sandbox.shopify.drawing.striped_tee import striped_tee
from deploy.sandbox.shopify.drawing.studio import line, mix
from deploy.sandbox.shopify.drawing.sun_hat import sun_hat
from deploy.sandbox.shopify.drawing.wide_trousers import wide_trousers
from deploy.sandbox.shopify.drawing.wool_scarf import wool_scarf


@dataclass(frozen=True)
class Placed:
    """A thing in a scene: where the upper left of its sheet lies, how large, and the hanger on which it hangs, if any."""

    draw: Callable[[], str]
    x: float
    y: float
    scale: float
    hanger: "Hanger | None" = None

    def svg(self, rail: float) -> str:
        """The thing, on its hanger over the rail."""
        held = self.hanger.svg((rail - self.y) / self.scale) if self.hanger else ""
        return f'<g transform="translate({self.x} {self.y}) scale({self.scale})">{held}{self.draw()}</g>'


@dataclass(frozen=True)
class Hanger:
    """A wooden hanger on the sheet of the thing: the height of its middle, how far its arms reach and how deep they fall."""

    top: float
    reach: float
    fall: float

    def svg(self, rail: float) -> str:
        """The hanger, its hook over a rail at this height of the sheet."""
        top, left, right, low = self.top, 360 - self.reach, 360 + self.reach, self.top + self.fall
        arms = (
            f"M{left} {low} Q360 {top - self.fall * 0.5} {right} {low}"
            if self.fall
            else f"M{left} {low} L{right} {low}"
        )
        hook = (
            f"M360 {top} L360 {rail + 34} C360 {rail + 16} 377 {rail + 14} 377 {rail - 4} "
            f"C377 {rail - 23} 346 {rail - 24} 344 {rail - 3}"
        )
        return (
            line(hook, "#2b2a22", 6, 0.3, "translate(8 10)")
            + line(hook, "#8f8a80", 5.5)
            + line(hook, "#efece4", 1.7, 0.9, "translate(-1 -1)")
            + line(arms, "#2b2a22", 15, 0.3, "translate(8 11)")
            + line(arms, "#a97c4b", 15)
            + line(arms, "#d9b486", 3, 0.8, "translate(-1 -4)")
        )


@dataclass(frozen=True)
class Scene:
    """A wall of a colour, a rail of another at some height, a floor at another or none, and the things."""

    width: int
    height: int
    wall: str
    wood: str
    rail: float
    floor: float | None
    things: tuple[Placed, ...]

    def svg(self) -> str:
        """The whole picture."""
        things = "".join(thing.svg(self.rail) for thing in self.things)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width}" height="{self.height}" '
            f'viewBox="0 0 {self.width} {self.height}">{defs(self.wall)}{backdrop(self.width, self.height)}'
            f"{self._bench()}{self._rail()}{things}{grain(self.width, self.height)}</svg>"
        )

    def _rail(self) -> str:
        y, light, dark = self.rail, mix(self.wood, "#ffffff", 0.4), mix(self.wood, "#20160a", 0.4)
        return (
            f'<rect x="-60" y="{y + 8}" width="{self.width + 120}" height="20" fill="#2b2a22" opacity=".34" filter="url(#rail)"/>'
            f'<rect x="-60" y="{y - 9}" width="{self.width + 120}" height="18" rx="9" fill="{self.wood}"/>'
            f'<rect x="-60" y="{y - 7}" width="{self.width + 120}" height="4" fill="{light}" opacity=".75"/>'
            f'<rect x="-60" y="{y + 3}" width="{self.width + 120}" height="6" fill="{dark}" opacity=".5"/>'
        )

    def _bench(self) -> str:
        if self.floor is None:
            return ""
        top, light, dark = self.floor, mix(self.wood, "#ffffff", 0.3), mix(self.wood, "#20160a", 0.35)
        deep = self.height - top
        grains = "".join(
            line(
                f"M-20 {top + 14 + n * deep / 7:.0f} L{self.width + 20} {top + 14 + n * deep / 7:.0f}", dark, 1.2, 0.18
            )
            for n in range(7)
        )
        return (
            f'<rect x="0" y="{top - 26}" width="{self.width}" height="30" fill="#2b2a22" opacity=".25" filter="url(#rail)"/>'
            f'<rect x="0" y="{top}" width="{self.width}" height="{deep}" fill="{self.wood}"/>{grains}'
            f'<rect x="0" y="{top}" width="{self.width}" height="5" fill="{light}"/>'
        )


_ALDER_WALL, _OAK = "#ddd8c9", "#b98d5c"
_KITE_WALL, _BIRCH = "#cfe0e4", "#e4cfa6"

_SHOULDERS, _STRAPS, _BIB, _WAIST = Hanger(168, 60, 30), Hanger(84, 58, 12), Hanger(96, 88, 10), Hanger(112, 96, 0)

SCENES: dict[str, Scene] = {
    "alder-start": Scene(
        800,
        1000,
        _ALDER_WALL,
        _OAK,
        150,
        None,
        (
            Placed(midi_dress, 300, 160, 0.98, _STRAPS),
            Placed(field_jacket, -190, 90, 0.98, _SHOULDERS),
            Placed(wool_scarf, 420, 20, 0.9),
        ),
    ),
    "alder-start-wide": Scene(
        1600,
        900,
        _ALDER_WALL,
        _OAK,
        130,
        None,
        (
            Placed(camp_shirt, -110, 74, 0.84, _SHOULDERS),
            Placed(midi_dress, 566, 132, 0.86, _STRAPS),
            Placed(field_jacket, 216, 82, 0.88, _SHOULDERS),
            Placed(wide_trousers, 872, 116, 0.82, _WAIST),
            Placed(wool_scarf, 1150, 4, 0.84),
        ),
    ),
    "kite-start": Scene(
        800,
        1000,
        _KITE_WALL,
        _BIRCH,
        110,
        880,
        (
            Placed(dungarees, 340, 112, 0.84, _BIB),
            Placed(rain_jacket, -30, 96, 0.84, Hanger(90, 40, 10)),
            Placed(canvas_shoes, 300, 516, 0.58),
        ),
    ),
    "kite-start-wide": Scene(
        1600,
        900,
        _KITE_WALL,
        _BIRCH,
        96,
        792,
        (
            Placed(rain_jacket, 50, 74, 0.8, Hanger(90, 40, 10)),
            Placed(striped_tee, 510, 46, 0.7, _SHOULDERS),
            Placed(dungarees, 880, 92, 0.78, _BIB),
            Placed(canvas_shoes, 560, 434, 0.56),
            Placed(sun_hat, 1150, 400, 0.64),
        ),
    ),
}
