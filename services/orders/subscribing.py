"""Asking a shop for its webhooks: what is there stays, what is missing is asked for, what goes elsewhere is ended."""

from libs.chassis.claims import Claim
from libs.chassis.errors import Transient
from libs.chassis.logs import log
from libs.chassis.outside import Declined, OutcomeUnknown
from services.orders.domain.subscriptions import NOT_PUBLIC, TOPICS, is_public, site, work
from services.orders.outside.admin import AdminClient
from services.orders.outside.subscriptions import read_subscriptions, subscribe, unsubscribe
from services.orders.reaching import client_of
from services.orders.store.subscriptions import Subscriptions


class NotAllThere(Transient):
    """An answer was lost: what the shop has is read again before anything is asked for twice."""


def subscribe_all(store: Subscriptions, claim: Claim) -> None:
    """Have the shop tell all that is wanted. Doing it again changes nothing. Raises a Transient when the shop is away."""
    asked = store.to_check(claim.retailer_id, claim.subject)
    if asked is None:
        return
    shop, address = asked
    if not is_public(address):
        store.keep(shop, TOPICS, NOT_PUBLIC.format(site(address)))
        return
    client = client_of(shop)
    try:
        words = _ask(client, address)
        missing = work(read_subscriptions(client), address).ask
    except OutcomeUnknown as lost:
        raise NotAllThere(str(lost)) from lost
    except Declined as no:
        log.warning("orders.webhooks_declined", shop=shop.domain, code=no.code, words=no.words)
        store.keep(shop, TOPICS, no.words)
        return
    store.keep(shop, missing, words if missing else None)


def _ask(client: AdminClient, address: str) -> str | None:
    """Ask for what is missing and end what is over; the shop's words where it declines one, which keeps no other back."""
    to_do, words = work(read_subscriptions(client), address), None
    for topic in to_do.ask:
        try:
            subscribe(client, topic, address)
        except Declined as no:
            words = f"{topic}: {no.words}"
    for id_ in to_do.end:
        unsubscribe(client, id_)
    return words
