"""A boxy linen shirt with an open camp collar."""

from deploy.sandbox.shopify.drawing.studio import Cloth, Piece, flip, shadow
from deploy.sandbox.shopify.drawing.trimmings import button, label

SAGE = Cloth("#b3c0a6", "linen")

_BODY = (
    "M282 176 C252 186 214 200 184 214 C180 262 184 320 184 380 C184 500 176 640 168 790 C228 808 296 814 "
    "360 814 C424 814 492 808 552 790 C544 640 536 500 536 380 C536 320 540 262 536 214 C506 200 468 186 "
    "438 176 C420 240 396 300 364 344 C330 300 300 240 282 176 Z"
)
_SLEEVE = (
    "M196 208 C156 224 128 252 112 292 C90 350 70 408 54 462 C84 488 128 508 176 516 C184 470 188 420 192 "
    "372 C196 320 200 262 196 208 Z"
)
_BACK = "M282 176 C300 158 328 150 360 150 C392 150 420 158 438 176 C424 250 392 310 362 346 C330 310 298 250 282 176 Z"
_COLLAR = (
    "M284 172 C266 196 252 232 250 270 L300 282 L286 316 C314 330 340 340 362 352 C352 316 338 290 322 "
    "262 C302 228 290 200 284 172 Z"
)


def camp_shirt() -> str:
    """A boxy linen shirt with an open camp collar."""
    return (
        shadow([_BODY, _SLEEVE, flip(_SLEEVE), _BACK])
        + _inside().draw()
        + label(360, 170)
        + _left().draw()
        + _right().draw()
        + _front().draw()
        + _pocket().draw()
        + "".join(one.draw() for one in _collars())
        + _buttons()
    )


def _left() -> Piece:
    return (
        Piece(_SLEEVE, SAGE.turned(-0.03))
        .fold("M196 230 C186 320 176 420 160 520", 30, 0.4)
        .ridge("M150 250 C122 320 104 390 88 460", 22, 0.4)
        .fold("M200 300 C176 330 150 344 124 350", 12, 0.3)
        .fold("M196 360 C176 396 150 416 118 424", 10, 0.24)
        .ridge("M192 340 C168 370 146 384 122 390", 9, 0.28)
        .seam("M60 446 C92 470 134 488 178 496")
        .stitch("M58 452 C90 477 134 495 178 503")
    )


def _right() -> Piece:
    return (
        Piece(flip(_SLEEVE), SAGE.turned(0.05))
        .fold("M524 230 C534 320 544 420 560 520", 34, 0.45)
        .ridge("M566 250 C594 320 612 390 628 460", 16, 0.22)
        .fold("M520 296 C544 330 570 344 596 346", 12, 0.3)
        .fold("M526 372 C548 402 574 420 604 424", 10, 0.26)
        .seam("M660 446 C628 470 586 488 542 496")
        .stitch("M662 452 C630 477 586 495 542 503")
    )


def _front() -> Piece:
    return (
        Piece(_BODY, SAGE)
        .fold("M214 320 C226 460 204 620 214 800", 44, 0.3)
        .ridge("M262 340 C256 480 262 640 246 800", 30, 0.32)
        .fold("M304 420 C312 540 296 660 306 800", 26, 0.24)
        .ridge("M332 460 C330 580 336 690 330 800", 16, 0.2)
        .fold("M478 330 C470 470 494 630 482 800", 46, 0.34)
        .ridge("M432 420 C440 540 424 680 436 800", 26, 0.26)
        .fold("M520 520 C508 600 520 700 516 790", 24, 0.3)
        .fold("M186 240 C226 268 246 316 240 370", 16, 0.32)
        .fold("M534 240 C496 268 474 322 482 380", 16, 0.34)
        .fold("M200 420 C232 440 258 470 268 510", 10, 0.22)
        .ridge("M196 400 C232 418 262 448 276 486", 8, 0.26)
        .fold("M388 640 C420 660 450 664 482 652", 10, 0.18)
        .fold("M388 330 L392 814", 12, 0.4)
        .seam("M386 338 L391 814")
        .stitch("M338 330 L337 814")
        .stitch("M380 348 L385 814")
        .seam("M166 766 C228 784 296 790 360 790 C424 790 492 784 554 766")
        .stitch("M166 772 C228 790 296 796 360 796 C424 796 492 790 554 772")
        .seam("M196 210 C200 262 196 320 192 376")
        .seam("M524 210 C520 262 524 320 528 376")
    )


def _pocket() -> Piece:
    return (
        Piece("M424 404 L508 404 L508 490 L466 508 L424 490 Z", SAGE.turned(-0.02))
        .lift(5)
        .seam("M424 422 L508 422")
        .stitch("M424 426 L508 426")
        .stitch("M429 404 L429 488 L466 503 L503 488 L503 404")
        .fold("M480 440 C470 460 474 480 484 500", 10, 0.22)
    )


def _inside() -> Piece:
    return Piece(_BACK, SAGE.turned(0.3)).seam("M292 180 C312 166 336 160 360 160 C384 160 408 166 428 180")


def _collars() -> tuple[Piece, ...]:
    return (
        Piece(_COLLAR, SAGE.turned(-0.05))
        .lift(11)
        .stitch("M258 266 L310 278 L296 312 C318 322 336 330 352 338")
        .fold("M300 220 C306 250 322 280 346 316", 12, 0.25),
        Piece(flip(_COLLAR), SAGE.turned(0.02))
        .lift(11)
        .stitch("M462 266 L410 278 L424 312 C402 322 384 330 368 338")
        .fold("M420 220 C414 250 398 280 374 316", 12, 0.3),
    )


def _buttons() -> str:
    return "".join(button(362 + n * 1.2, 398 + n * 104, 8.5) for n in range(4))
