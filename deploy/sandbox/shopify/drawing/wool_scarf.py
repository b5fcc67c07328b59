"""A ribbed scarf over a wooden peg, fringe down."""

from deploy.sandbox.shopify.drawing.studio import Cloth, Piece, line, mix, shadow
from deploy.sandbox.shopify.drawing.trimmings import circle

OAT = Cloth("#e6d6b8", "knit")

_FRONT = (
    "M296 196 C262 232 246 300 240 380 C232 500 226 600 218 716 C266 728 324 730 372 722 C372 600 376 490 "
    "384 390 C390 310 404 244 420 204 C396 160 326 158 296 196 Z"
)
_BACK = (
    "M330 190 C384 154 442 184 466 236 C488 300 494 400 500 500 C504 560 506 610 510 652 C472 664 420 664 "
    "376 656 C376 560 374 460 370 380 C364 300 350 240 330 190 Z"
)


def wool_scarf() -> str:
    """A ribbed scarf over a wooden peg, fringe down."""
    return (
        shadow([_FRONT, _BACK], near=10, far=30)
        + _peg(366, 176)
        + _fringe_back()
        + _other().draw()
        + _fringe_front()
        + _tail().draw()
    )


def _ribs_front() -> str:
    return "".join(
        line(
            f"M{306 + n * 15} 190 C{276 + n * 15.6:.0f} 300 {252 + n * 17:.0f} 480 {230 + n * 19.4:.0f} 724",
            OAT.dark,
            3.2,
            0.3,
        )
        for n in range(8)
    )


def _ribs_back() -> str:
    return "".join(
        line(
            f"M{346 + n * 15} 190 C{376 + n * 14:.0f} 300 {384 + n * 17:.0f} 460 {386 + n * 18:.0f} 660",
            OAT.dark,
            3.2,
            0.3,
        )
        for n in range(7)
    )


def _tail() -> Piece:
    return (
        Piece(_FRONT, OAT)
        .add(_ribs_front())
        .fold("M330 190 C296 260 276 380 266 560", 24, 0.3)
        .ridge("M352 190 C322 260 300 380 290 560", 18, 0.5)
        .fold("M378 184 C350 260 328 380 320 540", 22, 0.28)
        .fold("M404 190 C382 260 362 360 356 520", 18, 0.36)
        .fold("M356 420 C350 520 346 620 344 724", 22, 0.26)
        .ridge("M270 420 C262 520 252 620 246 720", 18, 0.36)
        .fold("M306 150 C330 176 380 178 414 160", 18, 0.4)
    )


def _other() -> Piece:
    return (
        Piece(_BACK, OAT.turned(0.12))
        .add(_ribs_back())
        .fold("M400 190 C430 270 442 400 446 600", 24, 0.3)
        .ridge("M430 200 C458 280 470 380 474 480", 14, 0.34)
        .fold("M380 300 C392 420 396 540 398 660", 30, 0.46)
        .fold("M470 480 C476 540 478 600 480 660", 16, 0.3)
    )


def _fringe_back() -> str:
    return _fringe(380, 508, 655, 96, OAT.turned(0.14), 3)


def _fringe_front() -> str:
    return _fringe(222, 370, 720, 110, OAT, 1)


def _peg(x: float, y: float) -> str:
    grain = "#8a6238"
    return (
        circle(x + 14, y + 18, 30, "#2b2a22", opacity=0.4, filter="url(#blur8)")
        + f'<g filter="url(#canvas)">{circle(x, y, 31, "#c79d6a")}</g>'
        + circle(x, y, 20, stroke=grain, stroke_width=1.6, opacity=0.5)
        + circle(x - 1, y + 1, 10, stroke=grain, stroke_width=1.4, opacity=0.5)
    )


def _fringe(left: int, right: int, top: int, length: int, cloth: Cloth, seed: int) -> str:
    strands = []
    for n, x in enumerate(range(left, right, 7)):
        sway = ((n * 37 + seed * 11) % 17 - 8) * 0.9
        drop = length - (n * 23 + seed * 7) % 19
        knee, hip, toe = x + sway * 0.3, top + drop * 0.4, x + sway * 1.2
        path = f"M{x} {top - 6} C{knee:.1f} {hip:.0f} {x + sway:.1f} {top + drop * 0.7:.0f} {toe:.1f} {top + drop}"
        strands.append(
            line(path, "#2b2a22", 5, 0.22, "translate(5 6)")
            + line(path, mix(cloth.colour, "#4a3a20", 0.24 if n % 2 else 0.1), 4.6)
            + line(path, cloth.light, 1.4, 0.7, "translate(-1 0)")
        )
    return "".join(strands)
