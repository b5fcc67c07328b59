"""What orders remembers: the retailers' shops, the index of their orders, and settlements with their ledger."""

from services.orders.store import cancel_tables as _cancel_tables  # noqa: F401 (their tables are part of the metadata)
from services.orders.store import person_tables as _person_tables  # noqa: F401
from services.orders.store import scan_tables as _scan_tables  # noqa: F401
from services.orders.store.tables import metadata

__all__ = ["metadata"]
