"""A short-sleeved tee with sea stripes."""

from deploy.sandbox.shopify.drawing.studio import Cloth, Piece, flip, line, mix, shadow
from deploy.sandbox.shopify.drawing.trimmings import label

CREAM = Cloth("#f6f0e2", "jersey")
SEA = "#2f7390"

_BODY = (
    "M284 178 C254 190 216 206 188 222 C188 280 192 330 192 390 C192 520 188 650 184 786 C240 802 300 808 "
    "360 808 C420 808 480 802 536 786 C532 650 528 520 528 390 C528 330 532 280 532 222 C504 206 466 190 "
    "436 178 C416 212 390 226 360 226 C330 226 304 212 284 178 Z"
)
_SLEEVE = (
    "M200 216 C160 234 132 262 116 302 C96 352 78 402 64 450 C94 476 136 494 180 500 C188 458 192 416 196 "
    "374 C200 320 202 266 200 216 Z"
)
_BACK = "M284 178 C302 162 330 154 360 154 C390 154 418 162 436 178 C418 216 392 232 360 232 C328 232 302 216 284 178 Z"
_NECK = (
    "M274 182 C298 224 328 244 360 244 C392 244 422 224 446 182 L432 174 C414 204 390 218 360 218 C330 "
    "218 306 204 288 174 Z"
)


def striped_tee() -> str:
    """A short-sleeved tee with sea stripes."""
    return (
        shadow([_BODY, _SLEEVE, flip(_SLEEVE), _BACK])
        + _inside().draw()
        + label(360, 164, 40, 18, "#f6f0e2", SEA)
        + _left().draw()
        + _right().draw()
        + _front().draw()
        + _collar().draw()
    )


def _bands() -> str:
    return "".join(line(f"M160 {y} C260 {y + 16} 460 {y + 16} 560 {y}", SEA, 19, 1) for y in range(262, 760, 44))


def _arm() -> str:
    """The stripes of the left sleeve, which fall with it."""
    return "".join(
        line(
            f"M{216 - n * 3} {238 + n * 46} C{170 - n * 8} {236 + n * 47} {120 - n * 8} {262 + n * 38} "
            f"{86 - n * 14} {296 + n * 40}",
            SEA,
            17,
        )
        for n in range(6)
    )


def _left() -> Piece:
    return (
        Piece(_SLEEVE, CREAM)
        .add(_arm())
        .fold("M198 250 C188 340 182 420 168 500", 30, 0.36)
        .fold("M198 330 C176 352 150 366 120 368", 10, 0.2)
        .seam("M70 434 C100 458 140 474 184 480")
    )


def _right() -> Piece:
    return (
        Piece(flip(_SLEEVE), CREAM.turned(0.05))
        .add(f'<g transform="translate(720 0) scale(-1 1)">{_arm()}</g>')
        .fold("M522 250 C532 340 538 420 552 500", 34, 0.4)
        .fold("M522 330 C544 352 570 366 600 368", 10, 0.22)
        .seam("M650 434 C620 458 580 474 536 480")
    )


def _front() -> Piece:
    return (
        Piece(_BODY, CREAM)
        .add(_bands())
        .fold("M226 320 C236 470 220 640 226 800", 40, 0.26)
        .fold("M490 320 C482 470 500 640 494 800", 46, 0.32)
        .fold("M320 460 C330 580 316 700 324 804", 26, 0.18)
        .fold("M430 420 C420 540 436 680 428 804", 24, 0.18)
        .fold("M190 246 C228 268 248 310 244 360", 14, 0.28)
        .fold("M530 246 C492 268 472 310 476 360", 14, 0.3)
        .fold("M196 400 C226 420 250 450 258 486", 9, 0.2)
        .fold("M524 396 C494 418 470 450 462 488", 9, 0.22)
        .seam("M184 764 C240 780 300 786 360 786 C420 786 480 780 536 764")
        .seam("M200 218 C204 270 202 322 196 374")
        .seam("M520 218 C516 270 518 322 524 374")
    )


def _inside() -> Piece:
    return Piece(_BACK, CREAM.turned(0.2)).add(
        "".join(
            line(f"M270 {y} C320 {y + 8} 400 {y + 8} 450 {y}", mix(SEA, "#000000", 0.2), 12, 0.8) for y in (184, 212)
        )
    )


def _collar() -> Piece:
    return (
        Piece(_NECK, Cloth(SEA, "jersey"))
        .lift(4)
        .stitch("M279 186 C302 226 330 240 360 240 C390 240 418 226 441 186", "#9cc3d3")
    )
