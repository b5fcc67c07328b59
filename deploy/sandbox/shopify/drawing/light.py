"""Weaves and paper as SVG filters: how each cloth takes the light."""

from deploy.sandbox.shopify.drawing.studio import HEIGHT, WIDTH, mix

_REGION = f'filterUnits="userSpaceOnUse" x="-40" y="-40" width="{WIDTH + 80}" height="{HEIGHT + 80}"'


def _grey(source: str, result: str, slope: float) -> str:
    """A noise as grey, spread by `slope` around the middle."""
    shift = 0.5 - slope * 0.5
    channels = "".join(f'<feFunc{c} type="linear" slope="{slope}" intercept="{shift:.3f}"/>' for c in "RGB")
    return (
        f'<feColorMatrix in="{source}" values="1 0 0 0 0 1 0 0 0 0 1 0 0 0 0 0 0 0 0 1" result="{result}g"/>'
        f'<feComponentTransfer in="{result}g" result="{result}">{channels}</feComponentTransfer>'
    )


def _noise(name: str, frequency: str, octaves: int, seed: int, slope: float) -> str:
    return (
        f'<feTurbulence type="fractalNoise" baseFrequency="{frequency}" numOctaves="{octaves}" seed="{seed}" '
        f'result="{name}n"/>' + _grey(f"{name}n", name, slope)
    )


def _weave(
    name: str, *, drape: float, threads: str, round_by: float = 15, edge: float = 0.6, rim: float = 0.3, seed: int = 4
) -> str:
    """A cloth: large soft drape, its threads, shade toward the far edge and a rim of light at the near one."""
    return f"""<filter id="{name}" {_REGION} color-interpolation-filters="sRGB">
{_noise("drape", ".0085 .0042", 3, seed, drape)}
<feBlend in="drape" in2="SourceGraphic" mode="soft-light" result="draped"/>
{threads}
<feComponentTransfer in="SourceAlpha" result="outside"><feFuncA type="table" tableValues="1 0"/></feComponentTransfer>
<feGaussianBlur in="outside" stdDeviation="{round_by}"/><feOffset dx="{-round_by * 0.55:.1f}" dy="{-round_by * 0.75:.1f}"/>
<feColorMatrix values="0 0 0 0 .05 0 0 0 0 .06 0 0 0 0 .08 0 0 0 {edge} 0" result="shade"/>
<feBlend in="shade" in2="threaded" mode="multiply" result="shaded"/>
<feGaussianBlur in="outside" stdDeviation="4"/><feOffset dx="3.2" dy="4.2"/>
<feColorMatrix values="0 0 0 0 1 0 0 0 0 1 0 0 0 0 .96 0 0 0 {rim} 0" result="rim"/>
<feBlend in="rim" in2="shaded" mode="screen"/><feComposite in2="SourceAlpha" operator="in"/>
</filter>"""


def _threads(*layers: tuple[str, int, float]) -> str:
    parts, below = [], "draped"
    for place, (frequency, octaves, slope) in enumerate(layers):
        name = f"thread{place}"
        parts.append(_noise(name, frequency, octaves, 11 + place, slope))
        parts.append(f'<feBlend in="{name}" in2="{below}" mode="soft-light" result="{name}d"/>')
        below = f"{name}d"
    return "".join(parts) + f'<feOffset in="{below}" dx="0" dy="0" result="threaded"/>'


WEAVES = (
    _weave("linen", drape=0.75, threads=_threads((".9 .09", 2, 0.34), (".09 .9", 2, 0.34), (".03 .012", 2, 0.3)))
    + _weave("satin", drape=0.55, threads=_threads((".02 .006", 2, 0.35)), round_by=20, edge=0.55, rim=0.45, seed=9)
    + _weave("twill", drape=0.55, threads=_threads((".7 .35", 2, 0.42)), edge=0.5, rim=0.26, seed=3)
    + _weave(
        "waxed",
        drape=0.85,
        threads=_threads((".02 .009", 3, 0.42), (".8 .8", 1, 0.26)),
        round_by=17,
        edge=0.6,
        rim=0.34,
        seed=7,
    )
    + _weave(
        "knit",
        drape=0.5,
        threads=_threads((".5 .16", 2, 0.95), (".9 .9", 1, 0.4)),
        round_by=18,
        edge=0.5,
        rim=0.2,
        seed=5,
    )
    + _weave("jersey", drape=0.6, threads=_threads((".8 .3", 1, 0.28)), round_by=16, edge=0.52, rim=0.28, seed=6)
    + _weave("shell", drape=0.34, threads=_threads((".02 .008", 2, 0.2)), round_by=20, edge=0.5, rim=0.5, seed=12)
    + _weave(
        "canvas",
        drape=0.5,
        threads=_threads((".75 .75", 2, 0.55), (".75 .12", 2, 0.35)),
        round_by=14,
        edge=0.55,
        rim=0.28,
        seed=8,
    )
    + _weave("rubber", drape=0.2, threads=_threads((".03 .03", 2, 0.15)), round_by=9, edge=0.4, rim=0.5, seed=2)
)


def defs(wall: str) -> str:
    """Every filter and the light on a wall of this colour."""
    blurs = "".join(
        f'<filter id="blur{size}" {_REGION}><feGaussianBlur stdDeviation="{size}"/></filter>'
        for size in (1, 2, 3, 5, 8, 12, 18, 26, 38)
    )
    return f"""<defs>{blurs}{WEAVES}
<filter id="rail" x="-5%" y="-200%" width="110%" height="500%"><feGaussianBlur stdDeviation="12"/></filter>
<radialGradient id="wall" cx=".36" cy=".26" r="1.02"><stop offset="0" stop-color="{mix(wall, "#ffffff", 0.42)}"/>
<stop offset=".55" stop-color="{wall}"/><stop offset="1" stop-color="{mix(wall, "#1a1712", 0.2)}"/></radialGradient>
<filter id="plaster" x="0" y="0" width="1" height="1"><feTurbulence type="fractalNoise" baseFrequency=".011 .017"
numOctaves="4" seed="21"/><feDiffuseLighting surfaceScale="2" diffuseConstant="1.12" lighting-color="#fff">
<feDistantLight azimuth="225" elevation="62"/></feDiffuseLighting></filter>
<filter id="grain" x="0" y="0" width="1" height="1"><feTurbulence type="fractalNoise" baseFrequency=".85" numOctaves="2"
seed="8"/><feColorMatrix values="0 0 0 0 .5 0 0 0 0 .5 0 0 0 0 .5 .6 0 0 0 -.22"/></filter></defs>"""


def backdrop(width: int = WIDTH, height: int = HEIGHT) -> str:
    """The wall, with a trace of plaster."""
    return (
        f'<rect width="{width}" height="{height}" fill="url(#wall)"/><rect width="{width}" height="{height}" '
        'filter="url(#plaster)" opacity=".3" style="mix-blend-mode:multiply"/>'
    )


def grain(width: int = WIDTH, height: int = HEIGHT) -> str:
    """The grain of the film, over everything."""
    return f'<rect width="{width}" height="{height}" filter="url(#grain)" opacity=".14"/>'
