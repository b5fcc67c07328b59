"""Small hard things: buttons, studs, labels, and what a thing throws on the floor it stands on."""

from deploy.sandbox.shopify.drawing.studio import line, mix


def circle(x: float, y: float, radius: float, fill: str = "none", **more: object) -> str:
    """A circle; `more` are further attributes, with `_` for `-`."""
    return ellipse(x, y, radius, radius, fill, **more)


def ellipse(x: float, y: float, across: float, high: float, fill: str = "none", **more: object) -> str:
    """An ellipse; `more` are further attributes, with `_` for `-`."""
    rest = " ".join(f'{name.replace("_", "-")}="{value}"' for name, value in more.items())
    return f'<ellipse cx="{x:g}" cy="{y:g}" rx="{across:g}" ry="{high:g}" fill="{fill}" {rest}/>'


def ground(x: float, y: float, width: float, height: float, strength: float = 0.5) -> str:
    """The shadow on the floor below a thing that stands: a wide soft one and a close one."""
    shade = "#2b2a22"
    far = ellipse(x, y, width, height, shade, opacity=round(strength * 0.55, 2), filter="url(#blur26)")
    return far + ellipse(x, y - 2, width * 0.9, height * 0.38, shade, opacity=strength, filter="url(#blur8)")


def button(x: float, y: float, radius: float = 8, colour: str = "#efe6d2") -> str:
    """A sewn button with four holes."""
    rim, hole = mix(colour, "#4a3b22", 0.32), mix(colour, "#2a2014", 0.7)
    r = radius
    gleam = f"M{x - r * 0.55} {y - r * 0.25} A{r * 0.62} {r * 0.62} 0 0 1 {x + r * 0.2} {y - r * 0.6}"
    holes = (circle(x + dx * r, y + dy * r, r * 0.13, hole) for dx in (-0.25, 0.25) for dy in (-0.25, 0.25))
    return (
        circle(x + r * 0.25, y + r * 0.4, r, "#000", opacity=0.4, filter="url(#blur2)")
        + circle(x, y, r, colour, stroke=rim, stroke_width=r * 0.16)
        + line(gleam, "#fff", r * 0.16, 0.7)
        + circle(x, y, r * 0.58, stroke=rim, stroke_width=r * 0.1, opacity=0.7)
        + "".join(holes)
    )


def snap(x: float, y: float, radius: float = 7, colour: str = "#b9b4a4") -> str:
    """A metal press stud."""
    return (
        circle(x + 1.5, y + 2.5, radius, "#000", opacity=0.45, filter="url(#blur2)")
        + circle(x, y, radius, colour)
        + circle(x, y, radius * 0.66, mix(colour, "#3a3830", 0.35))
        + circle(x - radius * 0.2, y - radius * 0.25, radius * 0.42, mix(colour, "#ffffff", 0.55))
    )


def label(
    x: float, y: float, width: float = 46, height: float = 22, colour: str = "#f2ede0", ink: str = "#5d6b58"
) -> str:
    """A woven label inside the neck."""
    middle = y + height / 2
    return f'<rect x="{x - width / 2}" y="{y}" width="{width}" height="{height}" rx="2" fill="{colour}"/>' + line(
        f"M{x - width * 0.26} {middle} L{x + width * 0.26} {middle}", ink, 2.4
    )
