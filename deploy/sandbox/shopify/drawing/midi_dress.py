"""A bias-cut satin slip dress with a cowl neck."""

from deploy.sandbox.shopify.drawing.studio import Cloth, Piece, flip, line, shadow

TERRACOTTA = Cloth("#c4694a", "satin")

_BODY = (
    "M282 176 C304 208 330 222 360 222 C390 222 416 208 438 176 C454 212 458 248 450 284 C442 316 434 340 "
    "438 370 C450 430 478 560 520 770 C474 812 420 838 362 834 C296 830 232 808 186 758 C228 556 264 430 "
    "282 370 C286 340 278 316 270 284 C262 248 266 212 282 176 Z"
)
_BACK = "M282 176 C304 192 330 200 360 200 C390 200 416 192 438 176 C430 216 398 244 360 244 C322 244 290 216 282 176 Z"
_STRAP = "M285 184 C284 150 290 112 302 92 C308 82 316 84 320 94 C330 120 332 160 334 206"


def midi_dress() -> str:
    """A bias-cut satin slip dress with a cowl neck."""
    return (
        shadow([_BODY, _BACK])
        + f'<g opacity=".4" transform="translate(8 10)">{line(_STRAP)}{line(flip(_STRAP))}</g>'
        + _inside().draw()
        + _straps()
        + _skirt().draw()
    )


def _skirt() -> Piece:
    return (
        Piece(_BODY, TERRACOTTA)
        .fold("M290 206 C318 252 402 252 430 206", 12, 0.5)
        .ridge("M292 226 C322 272 398 272 428 226", 10, 0.42)
        .fold("M286 244 C320 294 400 294 434 242", 10, 0.42)
        .ridge("M294 266 C326 308 394 308 426 264", 9, 0.3)
        .fold("M306 308 C332 326 388 326 414 306", 8, 0.26)
        .fold("M294 382 C290 500 254 650 214 790", 30, 0.5)
        .ridge("M314 384 C308 520 282 670 250 806", 20, 0.5)
        .fold("M334 390 C336 530 316 690 300 822", 22, 0.42)
        .ridge("M356 396 C364 540 350 700 344 830", 20, 0.42)
        .fold("M384 390 C402 530 402 690 396 830", 24, 0.44)
        .ridge("M404 386 C430 520 444 670 450 814", 18, 0.46)
        .fold("M424 382 C450 500 480 640 500 790", 26, 0.5)
        .ridge("M278 250 C274 290 288 324 294 350", 12, 0.36)
        .fold("M440 220 C452 270 440 318 430 356", 16, 0.45)
        .ridge("M418 262 C410 330 380 400 340 470", 20, 0.22)
        .fold("M392 330 C384 370 360 420 330 470", 24, 0.16)
        .stitch("M192 746 C240 792 300 816 362 820 C418 824 470 800 514 758", width=1)
    )


def _inside() -> Piece:
    return Piece(_BACK, TERRACOTTA.turned(0.42))


def _straps() -> str:
    return "".join(_cord(path, TERRACOTTA, width) for path in (_STRAP, flip(_STRAP)) for width in (6,))


def _cord(path: str, cloth: Cloth, width: float) -> str:
    return (
        line(path, cloth.seam, width, 1)
        + line(path, cloth.colour, width - 1.6, 1)
        + line(path, cloth.light, 1.4, 0.8, "translate(-1 -1)")
    )
