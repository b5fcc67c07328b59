"""What a mail wears of the brand colour: words that can be read on it, and itself as words. Contrast is WCAG 2's."""

WHITE, INK, NIGHT = "#ffffff", "#050505", "#1c1f1e"


def text_on(fill: str) -> str:
    """White where it reaches 4.5 on `fill` (#rrggbb), else near-black, which then does."""
    return WHITE if contrast(WHITE, fill) >= 4.5 else INK


def as_text(brand: str, ground: str = WHITE) -> str:
    """The brand colour, moved towards black or white until it reaches 4.5 on `ground`."""
    end = INK if luminance(ground) > 0.18 else WHITE
    mixes = (_mixed(brand, end, share / 20) for share in range(21))
    return next(colour for colour in mixes if contrast(colour, ground) >= 4.5)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    """The relative luminance of #rrggbb, 0 to 1."""
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _mixed(colour: str, end: str, share: float) -> str:
    pairs = zip(_channels(colour), _channels(end), strict=True)
    return "#" + "".join(f"{round(255 * (a + (b - a) * share)):02x}" for a, b in pairs)


def _channels(colour: str) -> tuple[float, ...]:
    return tuple(int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
