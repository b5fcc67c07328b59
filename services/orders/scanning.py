"""Reading a shop's orders page by page: the import after it was connected, and the sweep of what no webhook told."""

from libs.chassis import crash
from libs.chassis.claims import Claim
from libs.chassis.logs import log
from libs.chassis.outside import Declined
from services.orders.domain.scans import EVERY, Kind
from services.orders.grouping import refresh_collections
from services.orders.outside.pages import count, read_page
from services.orders.reaching import client_of
from services.orders.store.scans import Scans, ToScan


def scan(scans: Scans, kind: Kind, claim: Claim) -> None:
    """Read one page and plan the next. Raises a Transient when the shop is away: the next try is planned already."""
    asked = scans.begin(claim.retailer_id, claim.subject, kind)
    if asked is None:
        return
    try:
        _turn(scans, asked)
    except Declined as no:
        log.warning("orders.scan_declined", kind=str(kind), code=no.code, words=no.words)
        scans.put_off(asked, EVERY)


def _turn(scans: Scans, asked: ToScan) -> None:
    client, at = client_of(asked.shop), asked.scan
    if at.kind is Kind.IMPORT and at.after is None:
        scans.expect(asked, count(client, at.kind, since=at.since))
    page = read_page(client, at.kind, since=at.since, after=at.after, read_at=asked.at)
    crash.point("orders.page_read")
    scans.keep(asked, page.orders, after=page.next)
    refresh_collections(scans, client, asked.shop, page.products)
