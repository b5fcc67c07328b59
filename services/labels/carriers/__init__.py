"""The carriers. A new one is a file beside this and an entry in `CARRIERS`; docs/carriers.md shows how."""

from collections.abc import Mapping

from services.labels.carriers.asking import ask, settled, void
from services.labels.carriers.easypost import EASYPOST
from services.labels.carriers.own import OWN_LABEL
from services.labels.carriers.protocol import Carrier, Converts, Kind, Rating, Reach
from services.labels.carriers.seko import SEKO

CARRIERS: Mapping[str, Kind] = {kind.asks.carrier: kind for kind in (OWN_LABEL, SEKO, EASYPOST)}

__all__ = ["CARRIERS", "Carrier", "Converts", "Kind", "Rating", "Reach", "ask", "settled", "void"]
