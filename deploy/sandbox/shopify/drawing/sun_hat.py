"""A wide-brimmed cotton hat with a ribbon, seen from a little above."""

from deploy.sandbox.shopify.drawing.studio import Cloth, Piece
from deploy.sandbox.shopify.drawing.trimmings import ellipse, ground

SAND = Cloth("#e3cda0", "canvas")
POPPY_RIBBON = Cloth("#e0523a", "twill")

_BRIM = "M92 566 C100 482 228 440 360 440 C492 440 620 482 628 566 C632 640 500 684 360 684 C220 684 88 640 92 566 Z"
_CROWN = (
    "M232 560 C228 480 240 400 282 366 C320 344 400 344 438 366 C480 400 492 480 488 560 C476 592 424 606 "
    "360 606 C296 606 244 592 232 560 Z"
)
_BAND = (
    "M231 516 C258 552 310 566 360 566 C410 566 462 552 489 516 C490 532 490 546 488 562 C476 594 424 608 "
    "360 608 C296 608 244 594 232 562 C230 546 230 532 231 516 Z"
)


def sun_hat() -> str:
    """A wide-brimmed cotton hat with a ribbon, seen from a little above."""
    return ground(366, 684, 236, 34, 0.5) + _edge() + _flat().draw() + _top().draw() + _ribbon().draw() + _bow()


def _rings() -> str:
    return "".join(_ring(150 + n * 26, 56 + n * 14, 563 + n * 2) for n in range(5))


def _ring(across: float, high: float, y: float) -> str:
    groove = ellipse(360, y, across, high, stroke=SAND.dark, stroke_width=2.6, opacity=0.2)
    return groove + ellipse(
        360, y + 2, across, high, stroke=SAND.light, stroke_width=1.6, stroke_dasharray="4.5 2.8", opacity=0.85
    )


def _flat() -> Piece:
    return (
        Piece(_BRIM, SAND)
        .add(_rings())
        .fold("M240 580 C270 640 470 640 520 560 C520 600 450 650 380 656", 36, 0.4)
        .fold("M540 520 C588 540 612 570 614 600", 26, 0.26)
        .ridge("M118 548 C160 490 250 462 330 456", 22, 0.55)
        .fold("M140 610 C190 642 250 662 310 668", 18, 0.24)
        .ridge("M420 668 C500 660 560 640 596 616", 10, 0.3)
    )


def _top() -> Piece:
    return (
        Piece(_CROWN, SAND.turned(-0.04))
        .fold("M462 390 C490 450 492 510 484 580", 40, 0.36)
        .ridge("M274 400 C252 450 246 500 248 548", 24, 0.55)
        .fold("M300 376 C336 392 384 392 420 376", 8, 0.3)
        .stitch("M286 384 C330 412 390 412 434 384")
        .seam("M282 372 C330 396 390 396 438 372", 1.4)
        .fold("M326 410 C318 460 322 500 326 540", 14, 0.16)
    )


def _ribbon() -> Piece:
    return (
        Piece(_BAND, POPPY_RIBBON)
        .lift(2)
        .ridge("M246 552 C286 582 340 590 390 588", 8, 0.3)
        .fold("M466 544 C480 552 486 546 489 538", 18, 0.4)
    )


def _bow() -> str:
    return (
        Piece("M464 566 C494 540 526 544 532 564 C536 586 504 592 472 578 Z", POPPY_RIBBON.turned(0.08))
        .lift(4)
        .fold("M478 570 C500 562 516 562 528 568", 6, 0.4)
        .draw()
        + Piece("M466 574 C478 608 494 634 518 650 L492 656 C472 632 458 606 454 578 Z", POPPY_RIBBON.turned(0.02))
        .lift(4)
        .draw()
        + Piece("M454 562 L476 560 L480 584 L458 586 Z", POPPY_RIBBON.turned(-0.04)).lift(2).draw()
    )


def _edge() -> str:
    return f'<g transform="translate(0 9)">{Piece(_BRIM, SAND.turned(0.42)).draw()}</g>'
