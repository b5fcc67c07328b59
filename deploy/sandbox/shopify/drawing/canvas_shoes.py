"""A pair of low canvas shoes with laces and rubber soles."""

from deploy.sandbox.shopify.drawing.studio import Cloth, Piece, line
from deploy.sandbox.shopify.drawing.trimmings import circle, ground

SEA = "#2f7390"
SKY = Cloth("#86bbdd", "canvas")
RUBBER = Cloth("#fbf9f3", "rubber")

_UPPER = (
    "M104 664 C102 618 132 588 190 574 C246 562 296 540 338 508 C362 490 386 474 414 466 C452 482 508 486 "
    "566 470 C586 500 596 540 602 584 C606 616 606 644 606 664 Z"
)
_TONGUE = "M342 516 C340 482 356 446 386 428 C404 420 424 426 430 444 L432 480 L372 528 Z"
_INNER = "M408 470 C430 450 530 446 568 470 C548 492 452 496 408 470 Z"
_CAP = "M102 668 C98 616 130 588 192 574 C226 588 246 620 248 668 Z"
_HEEL = "M566 470 C586 500 596 540 602 584 C606 612 606 636 606 656 L566 656 C566 590 562 530 546 474 Z"
_SOLE = (
    "M88 668 C88 656 98 650 112 650 L606 650 C622 650 628 662 626 682 C624 706 610 716 590 716 L138 716 "
    "C104 716 88 698 88 668 Z"
)
_THREAD = "#ffffff"


def canvas_shoes() -> str:
    """A pair of low canvas shoes with laces and rubber soles."""
    return (
        ground(420, 575, 262, 22, 0.5)
        + f'<g transform="translate(78 -96) scale(.93)">{_shoe(SKY.turned(0.13), RUBBER.turned(0.08))}</g>'
        + ground(366, 716, 276, 30, 0.6)
        + f'<g transform="translate(-6 -4)">{_shoe(SKY, RUBBER)}</g>'
    )


def _shoe(canvas: Cloth, rubber: Cloth) -> str:
    tongue = Piece(_TONGUE, canvas.turned(0.08)).stitch("M352 508 C352 478 366 450 390 438", _THREAD)
    heel = Piece(_HEEL, canvas.turned(0.1)).lift(3).stitch("M555 482 C568 536 572 592 572 652", _THREAD)
    cap = Piece(_CAP, rubber).lift(4).seam("M238 664 C234 624 216 598 188 582", 1.2)
    return (
        Piece(_INNER, canvas.turned(0.5)).draw()
        + tongue.draw()
        + _vamp(canvas).draw()
        + heel.draw()
        + cap.draw()
        + _bottom(rubber).draw()
        + "".join(_eyelet(384 + n * 11, 578 - n * 25) for n in range(5))
        + "".join(_lace(360 + n * 13, 564 - n * 26) for n in range(5))
        + _bow()
    )


def _vamp(canvas: Cloth) -> Piece:
    return (
        Piece(_UPPER, canvas)
        .ridge("M150 604 C214 584 300 558 372 506", 16, 0.45)
        .fold("M250 618 C330 616 440 624 560 612", 26, 0.2)
        .fold("M300 566 C326 590 342 616 346 656", 12, 0.24)
        .seam("M412 468 C392 504 376 540 364 574 C356 600 356 630 360 656")
        .stitch("M420 472 C400 508 384 544 372 578 C364 602 364 632 368 656", _THREAD)
        .stitch("M424 478 C468 492 520 492 562 480", _THREAD)
        .fold("M456 500 C462 550 466 600 462 656", 22, 0.2)
        .ridge("M500 500 C512 550 516 600 516 650", 14, 0.2)
    )


def _bottom(rubber: Cloth) -> Piece:
    return (
        Piece(_SOLE, rubber)
        .seam("M92 672 L624 672", 1.4)
        .add(line("M90 690 L624 690", SEA, 6, 0.9))
        .fold("M100 714 L612 714", 14, 0.3)
        .add("".join(line(f"M{x} 701 L{x} 713", "#b9b3a2", 2, 0.6) for x in range(146, 594, 12)))
    )


def _eyelet(x: float, y: float) -> str:
    return circle(x, y, 6, "#f8f6ef") + circle(x, y, 2.8, "#41637a")


def _bow() -> str:
    loops = (
        "M428 462 C404 440 392 458 402 476 C410 488 424 480 430 466",
        "M432 462 C456 442 472 458 462 478 C452 490 438 480 432 466",
        "M428 466 C418 492 404 506 388 512",
        "M434 466 C446 490 458 504 474 508",
    )
    return "".join(line(path, "#2c4a5c", 6, 0.25, "translate(3 4)") + line(path, "#fdfcf7", 5.5) for path in loops)


def _lace(x: float, y: float) -> str:
    path = f"M{x - 18} {y - 12} C{x - 4} {y - 18} {x + 12} {y - 6} {x + 24} {y + 14}"
    return (
        line(path, "#2c4a5c", 9, 0.28, "translate(3 4)")
        + line(path, "#fdfcf7", 8.5)
        + line(path, "#d8d3c4", 1.2, 0.9, "translate(2 2)")
    )
