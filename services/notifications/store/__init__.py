"""Who is told what: recipients, looks, what happened to each return, and each mail with what became of it."""

from services.notifications.store.mails import Mails
from services.notifications.store.tables import metadata

__all__ = ["Mails", "metadata"]
