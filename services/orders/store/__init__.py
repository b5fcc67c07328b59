"""What orders remembers: the retailers' shops, the index of their orders, and settlements with their ledger."""

from services.orders.store.tables import metadata

__all__ = ["metadata"]
