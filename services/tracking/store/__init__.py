"""What tracking remembers: parcels, every scan of them, what hubs found in them, and what was stated."""

from services.tracking.store.by_hand import ByHand
from services.tracking.store.parcels import Parcels
from services.tracking.store.tables import metadata

__all__ = ["ByHand", "Parcels", "metadata"]
