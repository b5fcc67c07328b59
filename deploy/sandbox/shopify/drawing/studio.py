"""The studio in which the products are drawn: light from the upper left, cloth that folds, paper behind.

Everything is SVG on a sheet of 720 by 900. A path uses absolute M, L, C, Q and Z with pairs of numbers only, so that
it can be flipped to the other side.
"""

import re
from dataclasses import dataclass, field
from itertools import count

WIDTH, HEIGHT = 720, 900
_PAIR = re.compile(r"(-?[\d.]+)[ ,](-?[\d.]+)")
_ids = count(1)


def flip(path: str) -> str:
    """The same path on the other side of the middle line."""
    return _PAIR.sub(lambda pair: f"{WIDTH - float(pair[1]):g} {pair[2]}", path)


def mix(colour: str, other: str, share: float) -> str:
    """`colour` with a share, 0 to 1, of `other`; both #rrggbb."""
    ours, theirs = (tuple(int(text[at : at + 2], 16) for at in (1, 3, 5)) for text in (colour, other))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in zip(ours, theirs, strict=True))


@dataclass(frozen=True)
class Cloth:
    """A colour and what it is woven of: `linen`, `satin`, `twill`, `waxed`, `knit`, `jersey`, `shell`, `canvas`."""

    colour: str
    weave: str

    @property
    def dark(self) -> str:
        """The colour in shade."""
        return mix(self.colour, "#0b0f14", 0.62)

    @property
    def light(self) -> str:
        """The colour in full light."""
        return mix(self.colour, "#fffdf4", 0.62)

    @property
    def seam(self) -> str:
        """The line where two pieces meet."""
        return mix(self.colour, "#0b0f14", 0.42)

    def turned(self, share: float) -> "Cloth":
        """The same cloth turned from the light (share above 0) or to it (below)."""
        other = "#0b0f14" if share > 0 else "#fffdf4"
        return Cloth(mix(self.colour, other, abs(share)), self.weave)


@dataclass
class Piece:
    """One piece of cloth with the folds, seams and stitches that lie on it."""

    path: str
    cloth: Cloth
    marks: list[str] = field(default_factory=list)
    lifted: float = 0.0

    def fold(self, path: str, width: float, strength: float = 0.4) -> "Piece":
        """A valley, where light does not reach."""
        return self._stroke(path, self.cloth.dark, width, strength, "multiply")

    def ridge(self, path: str, width: float, strength: float = 0.4) -> "Piece":
        """A ridge that catches the light."""
        return self._stroke(
            path, self.cloth.light, width, strength, "screen" if self.cloth.weave == "satin" else "normal"
        )

    def seam(self, path: str, width: float = 1.8) -> "Piece":
        """A line where two pieces meet, with a soft valley along it."""
        self.fold(path, 5, 0.32)
        self.marks.append(f'<path d="{path}" stroke="{self.cloth.seam}" stroke-width="{width}" opacity=".8"/>')
        return self

    def stitch(self, path: str, colour: str | None = None, width: float = 1.3) -> "Piece":
        """A row of stitches."""
        thread = colour or mix(self.cloth.colour, "#fffdf4", 0.5)
        self.marks.append(
            f'<path d="{path}" stroke="{thread}" stroke-width="{width}" stroke-dasharray="4.5 2.8" '
            'stroke-linecap="round" opacity=".75"/>'
        )
        return self

    def add(self, svg: str) -> "Piece":
        """Anything else, cut off at the edge of the piece."""
        self.marks.append(svg)
        return self

    def lift(self, height: float) -> "Piece":
        """Let it stand off from what lies below, so that it throws a shadow there."""
        self.lifted = height
        return self

    def draw(self) -> str:
        """The SVG of the piece."""
        name = f"p{next(_ids)}"
        shade = ""
        if self.lifted:
            rise = self.lifted
            shade = (
                f'<path d="{self.path}" fill="{self.cloth.dark}" filter="url(#blur{_nearest(rise * 0.8)})" '
                f'opacity=".55" transform="translate({rise * 0.45:.1f} {rise * 0.8:.1f})"/>'
            )
        return (
            f'{shade}<clipPath id="{name}"><path d="{self.path}"/></clipPath>'
            f'<g filter="url(#{self.cloth.weave})"><path d="{self.path}" fill="{self.cloth.colour}"/>'
            f'<g clip-path="url(#{name})" fill="none">{"".join(self.marks)}</g></g>'
        )

    def _stroke(self, path: str, colour: str, width: float, strength: float, blend: str) -> "Piece":
        self.marks.append(
            f'<path d="{path}" stroke="{colour}" stroke-width="{width}" stroke-linecap="round" '
            f'opacity="{strength}" filter="url(#blur{_nearest(width * 0.55)})" style="mix-blend-mode:{blend}"/>'
        )
        return self


_BLURS = (1, 2, 3, 5, 8, 12, 18, 26, 38)


def _nearest(size: float) -> int:
    return min(_BLURS, key=lambda known: abs(known - size))


def shadow(paths: list[str], *, near: float = 9, far: float = 34, tint: str = "#2b2a22") -> str:
    """What the thing throws on the paper behind it: a close shadow and a far one."""
    shapes = "".join(f'<path d="{path}"/>' for path in paths)
    return (
        f'<g fill="{tint}"><g filter="url(#blur38)" opacity=".36" transform="translate({far * 0.75:.0f} {far:.0f})">{shapes}</g>'
        f'<g filter="url(#blur8)" opacity=".42" transform="translate({near * 0.7:.0f} {near:.0f})">{shapes}</g></g>'
    )


def line(path: str, colour: str = "#2b2a22", width: float = 5, opacity: float = 1, move: str = "") -> str:
    """A line, moved if need be."""
    shift = f' transform="{move}"' if move else ""
    return (
        f'<path d="{path}" stroke="{colour}" stroke-width="{width}" fill="none" stroke-linecap="round" '
        f'opacity="{opacity}"{shift}/>'
    )
