"""A child's raincoat with a hood and a striped lining."""

from deploy.sandbox.shopify.drawing.studio import Cloth, Piece, flip, line, shadow
from deploy.sandbox.shopify.drawing.trimmings import label, snap

SUNFLOWER = Cloth("#f8c23c", "shell")

_HOOD = "M262 236 C226 160 264 74 360 72 C456 74 494 160 458 236 C440 300 280 300 262 236 Z"
_OPENING = "M292 232 C270 168 296 112 360 110 C424 112 450 168 428 232 C414 282 306 282 292 232 Z"
_BODY = (
    "M266 236 C236 246 208 258 186 276 C190 380 178 560 150 786 C222 812 296 820 360 820 C424 820 498 812 "
    "570 786 C542 560 530 380 534 276 C512 258 484 246 454 236 C424 262 396 270 360 270 C324 270 296 262 "
    "266 236 Z"
)
_SLEEVE = (
    "M200 268 C160 292 134 336 120 398 C104 466 90 536 78 606 C104 630 142 642 182 638 C190 556 196 468 "
    "200 372 C202 330 202 296 200 268 Z"
)


def rain_jacket() -> str:
    """A child's raincoat with a hood and a striped lining."""
    return (
        shadow([_BODY, _SLEEVE, flip(_SLEEVE), _HOOD])
        + _hooded().draw()
        + _lining().draw()
        + label(360, 196, 44, 20, "#f5b92e", "#3d6f8c")
        + _left().draw()
        + _right().draw()
        + _front().draw()
        + _pockets()
        + _placket().draw()
        + _studs()
    )


def _stripes() -> str:
    return "".join(
        line(f"M250 {y} C310 {y - 14} 410 {y - 14} 470 {y}", "#f6f0e2", 9, 0.95) for y in range(116, 262, 20)
    )


def _lining() -> Piece:
    return (
        Piece(_OPENING, Cloth("#3d6f8c", "jersey"))
        .add(_stripes())
        .fold("M292 232 C270 168 296 112 360 110 C424 112 450 168 428 232", 40, 0.6)
    )


def _left() -> Piece:
    return (
        Piece(_SLEEVE, SUNFLOWER.turned(-0.02))
        .fold("M200 300 C192 420 182 540 174 640", 32, 0.34)
        .ridge("M152 320 C128 420 112 520 100 606", 16, 0.7)
        .fold("M198 380 C176 402 150 412 120 410", 12, 0.26)
        .fold("M192 500 C168 520 138 524 106 516", 12, 0.24)
        .seam("M84 572 C110 594 146 606 184 602")
        .stitch("M82 580 C108 602 145 614 183 610")
    )


def _right() -> Piece:
    return (
        Piece(flip(_SLEEVE), SUNFLOWER.turned(0.05))
        .fold("M520 300 C528 420 538 540 546 640", 36, 0.38)
        .ridge("M576 340 C596 430 608 520 618 600", 9, 0.5)
        .fold("M522 380 C544 402 570 412 600 410", 12, 0.26)
        .fold("M528 500 C552 520 582 524 614 516", 12, 0.24)
        .seam("M636 572 C610 594 574 606 536 602")
    )


def _front() -> Piece:
    return (
        Piece(_BODY, SUNFLOWER)
        .fold("M224 380 C220 540 200 680 186 800", 44, 0.3)
        .ridge("M270 360 C264 520 248 680 232 806", 22, 0.6)
        .fold("M500 380 C504 540 524 680 538 800", 50, 0.36)
        .ridge("M444 380 C452 540 462 680 472 810", 14, 0.42)
        .fold("M188 300 C226 318 248 356 246 410", 16, 0.28)
        .fold("M532 300 C494 318 472 356 474 410", 16, 0.3)
        .seam("M154 762 C224 788 298 796 360 796 C422 796 496 788 566 762")
        .stitch("M153 770 C223 796 298 804 360 804 C422 804 497 796 567 770")
        .seam("M200 272 C204 330 202 390 198 440")
        .seam("M520 272 C516 330 518 390 522 440")
    )


def _placket() -> Piece:
    return (
        Piece(
            "M334 262 C352 268 372 268 392 262 C394 440 394 640 394 824 L334 824 C332 640 332 440 334 262 Z",
            SUNFLOWER.turned(-0.04),
        )
        .lift(6)
        .stitch("M341 272 L341 820")
        .stitch("M386 272 L387 820")
    )


def _pockets() -> str:
    return "".join(
        Piece(side("M202 560 L306 552 L314 668 L198 676 Z"), SUNFLOWER.turned(turn))
        .lift(5)
        .stitch(side("M206 566 L302 558 L309 663 L203 671 Z"))
        .draw()
        + Piece(side("M196 548 L310 539 L313 588 L194 597 Z"), SUNFLOWER.turned(turn - 0.05))
        .lift(7)
        .stitch(side("M201 591 L308 583"))
        .draw()
        for turn, side in ((-0.01, str), (0.05, flip))
    )


def _hooded() -> Piece:
    return (
        Piece(_HOOD, SUNFLOWER.turned(0.06))
        .fold("M290 96 C250 150 256 210 276 250", 18, 0.3)
        .ridge("M300 92 C326 78 380 76 412 90", 10, 0.7)
        .seam("M360 72 C362 88 362 98 360 110", 1.4)
    )


def _studs() -> str:
    return (
        "".join(snap(363, 300 + n * 120, 8, "#f4efe2") for n in range(5))
        + snap(254, 574, 7, "#f4efe2")
        + snap(466, 574, 7, "#f4efe2")
    )
