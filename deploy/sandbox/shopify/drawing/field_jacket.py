"""A waxed jacket: corduroy collar, storm flap with studs, four pockets."""

from deploy.sandbox.shopify.drawing.studio import Cloth, Piece, flip, line, shadow
from deploy.sandbox.shopify.drawing.trimmings import label, snap

MOSS = Cloth("#747a55", "waxed")
CORD = Cloth("#7d6143", "knit")

_BODY = (
    "M288 150 C250 164 216 178 188 200 C178 300 180 420 178 540 C176 640 172 720 166 792 C230 810 296 816 "
    "360 816 C424 816 490 810 554 792 C548 720 544 640 542 540 C540 420 542 300 532 200 C504 178 470 164 "
    "432 150 C412 180 388 196 360 198 C332 196 308 180 288 150 Z"
)
_SLEEVE = (
    "M190 196 C150 220 128 262 118 318 C102 430 84 560 66 694 C90 716 130 726 164 722 C176 600 190 460 "
    "196 350 C198 290 198 240 190 196 Z"
)
_BACK = "M288 150 C306 134 330 126 360 126 C390 126 414 134 432 150 C416 190 390 206 360 206 C330 206 304 190 288 150 Z"
_COLLAR = (
    "M290 140 C270 156 256 182 252 214 C272 238 300 254 330 262 C340 238 350 222 360 208 C330 190 306 168 290 140 Z"
)


def field_jacket() -> str:
    """A waxed jacket: corduroy collar, storm flap with studs, four pockets."""
    return (
        shadow([_BODY, _SLEEVE, flip(_SLEEVE), _BACK])
        + _inside().draw()
        + label(360, 146, 54, 24, "#3d3a2a", "#c9b27c")
        + _left().draw()
        + _right().draw()
        + _front().draw()
        + _pockets()
        + _flap().draw()
        + _studs()
        + _collars()
    )


def _left() -> Piece:
    return (
        Piece(_SLEEVE, MOSS.turned(-0.03))
        .fold("M196 240 C180 400 166 560 156 724", 30, 0.5)
        .ridge("M146 260 C126 400 106 560 92 690", 20, 0.3)
        .fold("M196 330 C172 352 146 362 116 362", 12, 0.4)
        .ridge("M194 350 C170 374 142 384 112 384", 8, 0.26)
        .fold("M180 470 C156 492 130 496 102 490", 12, 0.36)
        .ridge("M180 492 C154 512 126 516 98 510", 8, 0.22)
        .fold("M172 590 C148 604 118 606 88 598", 12, 0.36)
        .seam("M72 660 C98 680 134 690 168 686")
        .stitch("M71 667 C97 687 133 697 168 693")
    )


def _right() -> Piece:
    return (
        Piece(flip(_SLEEVE), MOSS.turned(0.06))
        .fold("M524 240 C540 400 554 560 564 724", 34, 0.5)
        .ridge("M574 260 C594 400 614 560 628 690", 14, 0.2)
        .fold("M524 330 C548 352 574 362 604 362", 12, 0.4)
        .fold("M540 480 C564 500 590 504 618 498", 12, 0.36)
        .ridge("M540 502 C566 520 594 524 622 518", 7, 0.18)
        .fold("M548 600 C572 614 602 616 632 608", 12, 0.34)
        .seam("M648 660 C622 680 586 690 552 686")
        .stitch("M649 667 C623 687 587 697 552 693")
    )


def _front() -> Piece:
    return (
        Piece(_BODY, MOSS)
        .fold("M206 300 C214 460 202 640 206 800", 40, 0.34)
        .ridge("M256 300 C250 440 262 560 250 800", 22, 0.2)
        .fold("M508 300 C500 460 520 640 510 800", 44, 0.4)
        .ridge("M440 300 C448 440 436 600 446 800", 20, 0.16)
        .fold("M178 228 C220 250 242 292 240 350", 16, 0.34)
        .fold("M542 228 C500 250 478 292 480 350", 16, 0.36)
        .seam("M176 516 C240 526 300 530 336 530")
        .seam("M544 516 C480 526 430 530 392 530")
        .stitch("M176 523 C240 533 300 537 336 537")
        .stitch("M544 523 C480 533 430 537 392 537")
        .fold("M220 530 C216 560 222 590 216 620", 12, 0.3)
        .fold("M276 532 C272 556 278 580 274 600", 10, 0.3)
        .fold("M486 530 C490 560 484 590 490 620", 12, 0.3)
        .fold("M440 532 C444 556 438 580 442 600", 10, 0.3)
        .seam("M168 774 C230 792 296 798 360 798 C424 798 490 792 552 774")
        .seam("M190 200 C198 260 198 310 194 360")
        .seam("M530 200 C522 260 522 310 526 360")
    )


def _flap() -> Piece:
    return (
        Piece("M340 206 L390 202 C394 400 396 620 396 816 L338 816 C340 620 340 400 340 206 Z", MOSS.turned(-0.03))
        .lift(7)
        .stitch("M346 216 L345 812")
        .stitch("M384 212 L389 812")
        .fold("M366 260 C362 420 370 620 366 810", 14, 0.22)
    )


def _studs() -> str:
    return "".join(snap(367 + n * 0.4, 250 + n * 110, 7.5, "#a8925f") for n in range(6))


def _inside() -> Piece:
    return Piece(_BACK, Cloth("#b59a6d", "twill").turned(0.2))


def _collars() -> str:
    return "".join(
        Piece(path, CORD.turned(turn)).lift(9).add(_wales(path, CORD)).seam(path, 1.2).draw()
        for path, turn in ((_COLLAR, -0.04), (flip(_COLLAR), 0.05))
    )


def _wales(path: str, cloth: Cloth) -> str:
    """The ribs of corduroy."""
    return "".join(line(f"M{x} 110 L{x - 30} 290", cloth.dark, 2.4, 0.4) for x in range(230, 540, 7))


def _pockets() -> str:
    chest, low = (
        "M212 330 L312 330 L312 434 L300 446 L224 446 L212 434 Z",
        "M196 596 L318 596 L318 742 L304 756 L210 756 L196 742 Z",
    )
    chest_flap, low_flap = (
        "M206 318 L318 318 L318 356 L262 374 L206 356 Z",
        "M190 584 L324 584 L324 632 L257 650 L190 632 Z",
    )
    drawn = []
    for pocket, cover, stud in ((chest, chest_flap, (262, 358)), (low, low_flap, (257, 634))):
        for turn, side in ((-0.02, str), (0.05, flip)):
            drawn.append(Piece(side(pocket), MOSS.turned(turn)).lift(5).stitch(side(pocket)).draw())
            drawn.append(Piece(side(cover), MOSS.turned(turn - 0.04)).lift(6).stitch(side(cover)).draw())
            x = stud[0] if side is str else 720 - stud[0]
            drawn.append(snap(x, stud[1], 6.5, "#a8925f"))
    return "".join(drawn)
