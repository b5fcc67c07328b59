"""Portal's tables: retailers and who may act for them, the returns, and the webhooks that came in."""

from services.portal.store.tables.audit import audit
from services.portal.store.tables.base import metadata
from services.portal.store.tables.cancelling import cancellations
from services.portal.store.tables.hub import quarantine, return_numbers
from services.portal.store.tables.idempotency import idempotency_keys
from services.portal.store.tables.ingress import deliveries, endpoints
from services.portal.store.tables.intakes import intake_links, intakes, uploads
from services.portal.store.tables.people import (
    api_keys,
    hosts,
    link_tokens,
    rate_buckets,
    retailers,
    sessions,
    staff,
    staff_links,
)
from services.portal.store.tables.persons import person_links
from services.portal.store.tables.reports import report_lines, report_returns
from services.portal.store.tables.returns import (
    facts,
    open_quantities,
    photos,
    return_lines,
    returns,
    review_links,
    tracking_numbers,
)
from services.portal.store.tables.tasks import tasks

__all__ = [
    "api_keys",
    "audit",
    "cancellations",
    "deliveries",
    "endpoints",
    "facts",
    "hosts",
    "idempotency_keys",
    "intake_links",
    "intakes",
    "link_tokens",
    "metadata",
    "open_quantities",
    "person_links",
    "photos",
    "quarantine",
    "rate_buckets",
    "report_lines",
    "report_returns",
    "retailers",
    "return_lines",
    "return_numbers",
    "returns",
    "review_links",
    "sessions",
    "staff",
    "staff_links",
    "tasks",
    "tracking_numbers",
    "uploads",
]
