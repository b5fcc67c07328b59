"""High trousers with pleats, a pressed crease and wide legs."""

from deploy.sandbox.shopify.drawing.studio import Cloth, Piece, flip, shadow
from deploy.sandbox.shopify.drawing.trimmings import button

INK = Cloth("#39424f", "twill")

_LEG = (
    "M240 146 C280 152 320 154 360 154 L360 376 C354 520 350 680 348 824 C282 834 208 830 140 814 C158 "
    "640 186 440 208 320 C220 256 232 200 240 146 Z"
)
_BAND = "M242 104 C282 112 438 112 478 104 L482 150 C440 160 280 160 238 150 Z"


def wide_trousers() -> str:
    """High trousers with pleats, a pressed crease and wide legs."""
    return (
        shadow([_LEG, flip(_LEG), _BAND])
        + _inside().draw()
        + _right().draw()
        + _left().draw()
        + _waist().draw()
        + _loops()
        + button(385, 131, 8, "#54462f")
    )


def _left() -> Piece:
    return (
        Piece(_LEG, INK)
        .fold("M300 156 C296 230 288 330 272 480", 16, 0.5)
        .ridge("M290 156 C284 260 268 420 246 818", 9, 0.34)
        .fold("M322 156 C320 220 318 280 314 330", 12, 0.42)
        .ridge("M314 158 C312 220 310 270 306 310", 6, 0.26)
        .seam("M246 168 C248 210 236 250 214 288")
        .stitch("M252 168 C254 212 241 254 218 292")
        .fold("M360 380 C330 420 290 440 236 444", 20, 0.32)
        .ridge("M352 400 C322 436 282 454 230 460", 10, 0.16)
        .fold("M200 420 C190 560 176 700 168 826", 40, 0.34)
        .ridge("M222 360 C208 520 190 680 184 820", 16, 0.2)
        .fold("M330 440 C324 570 318 700 314 830", 34, 0.4)
        .fold("M268 520 C262 640 254 740 250 826", 22, 0.26)
        .seam("M142 792 C208 808 282 812 350 802")
    )


def _right() -> Piece:
    return (
        Piece(flip(_LEG), INK.turned(0.06))
        .fold("M420 156 C424 230 432 330 448 480", 16, 0.5)
        .ridge("M430 156 C436 260 452 420 474 818", 8, 0.26)
        .fold("M398 156 C400 220 402 280 406 330", 12, 0.42)
        .seam("M474 168 C472 210 484 250 506 288")
        .stitch("M468 168 C466 212 479 254 502 292")
        .fold("M360 380 C390 420 430 440 484 444", 20, 0.34)
        .fold("M520 420 C530 560 544 700 552 826", 44, 0.42)
        .ridge("M500 380 C512 520 528 680 536 820", 14, 0.14)
        .fold("M390 440 C396 570 402 700 406 830", 32, 0.4)
        .fold("M452 520 C458 640 466 740 470 826", 22, 0.26)
        .seam("M578 792 C512 808 438 812 370 802")
        .seam("M362 154 C366 220 368 280 364 330 C362 350 360 362 360 376")
        .stitch("M378 156 C382 220 384 290 366 346")
    )


def _waist() -> Piece:
    return (
        Piece(_BAND, INK.turned(-0.02))
        .lift(4)
        .stitch("M244 110 C284 118 436 118 476 110")
        .stitch("M241 144 C282 153 438 153 479 144")
        .seam("M366 110 L368 156")
    )


def _loops() -> str:
    return "".join(
        Piece(f"M{x} 104 L{x + 11} 105 L{x + 12} 160 L{x + 1} 160 Z", INK.turned(-0.05)).lift(3).draw()
        for x in (272, 322, 420)
    )


def _inside() -> Piece:
    return Piece("M242 104 C282 90 438 90 478 104 C438 114 282 114 242 104 Z", INK.turned(0.45))
