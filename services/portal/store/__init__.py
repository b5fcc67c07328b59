"""What portal remembers: retailers and who may act for them, returns, and webhooks as they came in."""

from services.portal.store.tables import metadata

__all__ = ["metadata"]
