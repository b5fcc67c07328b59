"""Ready-made policies to start from: each is free of findings, above the statutory floor, and keeps its own examples."""

from pathlib import Path

NAMES = {
    "eu_default": "European default: fourteen days, two years for faults",
    "fashion": "Fashion: thirty days, another size, bonus on credit",
    "electronics": "Electronics: inspected, two years for faults",
    "marketplace": "Marketplace: sellers take back their own",
}


def text(name: str) -> str:
    """The policy as the text that a retailer keeps in a file; raises KeyError for a name that is none of NAMES."""
    if name not in NAMES:
        raise KeyError(name)
    return (Path(__file__).parent / f"{name}.yaml").read_text(encoding="utf-8")
