"""Dungarees with a bib, buckles and turned-up legs."""

from deploy.sandbox.shopify.drawing.studio import Cloth, Piece, flip, line, shadow
from deploy.sandbox.shopify.drawing.trimmings import button

POPPY = Cloth("#e0523a", "canvas")

_BIB = "M292 214 C314 208 406 208 428 214 L448 414 L272 414 Z"
_LEG = (
    "M238 404 C280 412 320 414 360 414 L360 560 C354 640 350 710 348 772 C298 782 240 778 190 764 C198 "
    "660 212 520 238 404 Z"
)
_CUFF = "M188 760 C240 776 298 780 350 770 L352 822 C296 834 234 830 182 814 Z"


def dungarees() -> str:
    """Dungarees with a bib, buckles and turned-up legs."""
    return (
        shadow([_BIB, _LEG, flip(_LEG), _CUFF, flip(_CUFF)])
        + _straps()
        + _left().draw()
        + _right().draw()
        + _cuffs()
        + _front().draw()
        + _pocket().draw()
        + "".join(_buckle(x) for x in (305, 415))
        + _waist().draw()
        + button(250, 414, 7, "#c9a24b")
        + button(470, 414, 7, "#c9a24b")
    )


def _left() -> Piece:
    return (
        Piece(_LEG, POPPY)
        .fold("M224 470 C212 580 206 680 204 770", 30, 0.34)
        .ridge("M258 440 C244 560 236 670 232 770", 20, 0.3)
        .fold("M330 560 C324 640 318 710 316 776", 28, 0.36)
        .fold("M360 560 C330 582 296 590 256 586", 14, 0.3)
        .seam("M244 420 C262 470 254 520 226 552")
        .stitch("M251 420 C269 472 260 524 231 557")
        .stitch("M354 420 L354 556")
    )


def _right() -> Piece:
    return (
        Piece(flip(_LEG), POPPY.turned(0.06))
        .fold("M496 470 C508 580 514 680 516 770", 34, 0.38)
        .ridge("M452 440 C468 560 474 670 478 770", 16, 0.2)
        .fold("M390 560 C396 640 402 710 404 776", 26, 0.36)
        .fold("M360 560 C390 582 424 590 464 586", 14, 0.3)
        .seam("M476 420 C458 470 466 520 494 552")
        .stitch("M469 420 C451 472 460 524 489 557")
        .seam("M360 414 L360 560")
    )


def _cuffs() -> str:
    return "".join(
        Piece(side(_CUFF), POPPY.turned(turn))
        .lift(6)
        .stitch(side("M188 770 C240 786 298 790 350 780"))
        .fold(side("M230 770 L226 830"), 14, 0.2)
        .draw()
        for turn, side in ((-0.2, str), (-0.14, flip))
    )


def _front() -> Piece:
    return (
        Piece(_BIB, POPPY.turned(-0.02))
        .lift(4)
        .stitch("M298 222 C320 216 400 216 422 222")
        .stitch("M297 222 L280 410")
        .stitch("M423 222 L440 410")
        .fold("M300 260 C312 310 304 360 296 410", 18, 0.24)
        .ridge("M330 240 C336 300 330 360 326 410", 14, 0.22)
        .fold("M412 260 C404 310 412 360 420 410", 18, 0.28)
    )


def _pocket() -> Piece:
    return (
        Piece("M318 274 L402 274 L402 340 C390 362 330 362 318 340 Z", POPPY.turned(-0.04))
        .lift(5)
        .stitch("M318 286 L402 286")
        .stitch("M323 278 L323 338 C334 356 386 356 397 338 L397 278")
        .stitch("M360 288 L360 354")
    )


def _waist() -> Piece:
    return (
        Piece("M236 396 C280 408 440 408 484 396 L486 430 C440 442 280 442 234 430 Z", POPPY.turned(-0.03))
        .lift(4)
        .stitch("M238 403 C280 414 440 414 482 403")
        .stitch("M238 424 C280 436 440 436 482 424")
    )


def _buckle(x: float) -> str:
    wire = f"M{x - 16} 206 L{x + 16} 206 L{x + 12} 244 L{x - 12} 244 Z"
    return (
        line(wire, "#3a2a10", 5, 0.4, "translate(2 3)")
        + line(wire, "#a8832f", 5)
        + line(wire, "#f0d68c", 1.6, 0.9, "translate(-1 -1)")
    )


def _straps() -> str:
    front = "M288 268 L256 122 C256 96 286 88 300 104 L322 262 Z"
    behind = "M262 128 C270 96 292 96 302 112 L366 236 L330 244 Z"
    parts = [Piece(behind, POPPY.turned(0.34)).draw(), Piece(flip(behind), POPPY.turned(0.38)).draw()]
    for side, turn in ((str, -0.02), (flip, 0.04)):
        parts.append(
            Piece(side(front), POPPY.turned(turn))
            .lift(4)
            .stitch(side("M293 262 L264 126"))
            .stitch(side("M316 258 L292 112"))
            .draw()
        )
    return "".join(parts)
