"""Cancelling at the shop what was not sent, so that it has one effect, whatever dies or is lost on the way."""

import time
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from libs.chassis import crash
from libs.chassis.claims import Claim
from libs.chassis.errors import Permanent, Transient
from libs.chassis.logs import log
from libs.chassis.outside import Declined, NotSent, OutcomeUnknown
from libs.chassis.retries import Ladder, reason
from libs.chassis.settings import load
from libs.contracts.errors import Refused
from libs.contracts.orders import OrderV1
from libs.contracts.orders_cancelling import CancellationQuoteV1, QuoteCancellationV1
from libs.contracts.values import Money, OrderLine, UnsentLine
from services.orders.domain import cancelling as domain
from services.orders.domain.cancelling import (
    JOB_TAKES,
    AlreadyCancelled,
    AlreadySent,
    Ending,
    Job,
    Quote,
    Seen,
    Standing,
    Unsent,
)
from services.orders.domain.native import BY_HAND
from services.orders.domain.settlements import WorthDiffers
from services.orders.domain.shops import Shop, ShopNotReached
from services.orders.domain.steps import State
from services.orders.outside.admin import AdminClient
from services.orders.outside.cancelling import Offer, calling, effect_in, is_job_done, offer, read_standing
from services.orders.reaching import client_of
from services.orders.settings import OrdersSettings
from services.orders.store.cancelling import Cancellations

PATIENCE = 5.0  # seconds that a person waits to be shown an amount
_IN_PROGRESS = "currently in progress"  # the shop is at our first call with this key


class LookAgain(Transient):
    """The shop does not show the effect yet; it is read back before anything is repeated."""


def quote_cancellation(store: Cancellations, retailer_id: UUID, asked: QuoteCancellationV1) -> CancellationQuoteV1:
    """What would be given back now, by our formula and by the shop's. Raises a Refused that says why it cannot be cancelled."""
    shop, order, shop_order_id, by_hand = store.order(retailer_id, asked.order_id)
    lines = {line.id: line for line in order.lines}
    if any(unit.line_id not in lines for unit in asked.lines):
        raise AlreadySent("A part of it")
    units = {lines[unit.line_id].shop_line_id: unit.quantity for unit in asked.lines}
    if by_hand:
        return _told(
            order, domain.quote(_standing_of(order, store.done(retailer_id, order.order_id)), units), by_hand=True
        )
    return _told(order, _quoted(shop, shop_order_id, units))


def _quoted(shop: Shop, shop_order_id: str, units: Mapping[str, int]) -> Quote:
    if not shop.is_open:
        raise ShopNotReached("The shop is not connected.")
    try:
        client = client_of(shop, until=time.monotonic() + PATIENCE)
        found = domain.quote(read_standing(client, shop_order_id), units)
        offered = offer(client, shop_order_id, found.units, is_whole=found.whole)
    except (Transient, Permanent) as away:
        log.warning("orders.shop_not_asked", error=type(away).__name__)
        raise ShopNotReached("The shop did not answer.") from away
    if offered.amount != found.amount:
        raise WorthDiffers(found.amount, offered.amount)
    return found


def cancel(store: Cancellations, claim: Claim) -> None:
    """Take one cancellation to its outcome. Raises a Transient when it is to be tried, or read back, again."""
    try:
        _cancel(store, claim)
    except Transient as away:
        if Ladder.from_settings(load()).wait_for(away, claim.tries) is not None:
            raise
        log.warning("orders.cancellation_put_off", cancellation_id=str(claim.subject), error=reason(away))
        store.persist(claim.retailer_id, claim.subject, because=str(away))


def _cancel(store: Cancellations, claim: Claim) -> None:
    job = store.job(claim.retailer_id, claim.subject)
    if job is None:
        return
    if job.by_hand:
        words = domain.to_do(job.lines, number=job.number, amount=job.owed)
        store.end(job, Ending(State.REFUSED, code=BY_HAND, words=words))
        return
    client = client_of(job.shop)
    if job.state is State.SENT and not _is_without_effect(store, job, client):
        return
    _attempt(store, job, client)


def _attempt(store: Cancellations, job: Job, client: AdminClient) -> None:
    """Look once more at what was not sent, then make the call that cancels it."""
    try:
        offered = _offered(job, client)
    except (Refused, Declined) as no:
        _refuse(store, job, no)
        return
    call = calling(job, offered)
    if not store.send(job, call):
        raise LookAgain("it is being cancelled elsewhere")
    try:
        payload = client.act(call.operation, **call.variables)
    except NotSent:
        store.unsend(job)
        raise
    except OutcomeUnknown as lost:
        raise LookAgain(str(lost)) from lost
    except Declined as no:
        if _IN_PROGRESS in no.words:
            raise LookAgain(no.words) from no
        _refuse(store, job, _late_or(no, job, client))
        return
    crash.point("orders.after_call")
    reference, shops_job = effect_in(call, payload)
    if reference is not None:
        store.end(job, Ending(State.DONE, reference=reference))
        return
    if shops_job is not None:
        store.running(job, shops_job)
    raise LookAgain("the shop cancels it in the background")


def _offered(job: Job, client: AdminClient) -> Offer:
    """What the shop would give, which is our own formula's amount and what the shopper was shown. Raises Refused else."""
    if len(job.units) < len(job.lines):
        raise AlreadySent("A part of it")
    found = domain.quote(read_standing(client, job.shop_order_id), job.units)
    if found.whole is not job.whole:
        raise WorthDiffers(job.owed, found.amount)
    offered = offer(client, job.shop_order_id, found.units, is_whole=found.whole)
    domain.check_amount(found, shown=job.owed, offered=offered.amount)
    return offered


def _late_or(no: Declined, job: Job, client: AdminClient) -> Refused | Declined:
    """Why the shop said no, in words for the shopper where it was sent, or cancelled, between our look and our call."""
    try:
        domain.quote(read_standing(client, job.shop_order_id), job.units)
    except Refused as why:
        return why
    except (Transient, Permanent) as away:
        log.info("orders.shop_not_asked", error=type(away).__name__)
    return no


def _is_without_effect(store: Cancellations, job: Job, client: AdminClient) -> bool:
    """Read back a call whose effect is not recorded: True when it was not done and cannot be done any more."""
    try:
        over = _is_over(job, client)  # first: what it did meanwhile is seen at the order then
        found = domain.seen(read_standing(client, job.shop_order_id), job)
    except (Refused, Declined) as no:
        log.warning("orders.cancellation_lost", cancellation_id=str(job.id), code=no.code)
        store.end(job, Ending(State.UNKNOWN))
        return False
    if isinstance(found, str):
        store.end(job, Ending(State.DONE, reference=found))
        return False
    if found is Seen.OTHERS:
        _refuse(store, job, AlreadyCancelled())
        return False
    if not over:
        raise LookAgain("the shop does not show it yet")
    return store.unsend(job)


def _is_over(job: Job, client: AdminClient) -> bool:
    """Whether what was sent will not be done any more: its job has run, or it was sent too long ago."""
    quiet = timedelta(seconds=2 * load(OrdersSettings).shopify_timeout)
    if not job.whole:
        return job.is_quiet(after=quiet)
    if job.job is not None:
        return is_job_done(client, job.job)
    return job.is_quiet(after=max(quiet, JOB_TAKES))


def _refuse(store: Cancellations, job: Job, no: Refused | Declined) -> None:
    words = no.detail if isinstance(no, Refused) else no.words
    code = no.code if "." in no.code else f"shop.{no.code}"
    log.warning("orders.cancellation_refused", cancellation_id=str(job.id), code=code)
    store.end(job, Ending(State.REFUSED, code=code, words=words))


def _standing_of(order: OrderV1, done: Mapping[UUID, int]) -> Standing:
    """How an order stands that its retailer brings: sent as a whole or not at all, its postage never told.

    `done` units of its lines were cancelled by us: the retailer may not have told so yet.
    """
    return Standing(
        lines=tuple(_unsent(line, done.get(line.id, 0)) for line in order.lines),
        shipping=Money(amount=0, currency=order.currency),
        is_cancelled=order.cancelled,
        was_sent=any(line.fulfilled_at is not None for line in order.lines),
    )


def _unsent(line: OrderLine, done: int) -> Unsent:
    left = max(0, line.unsent - done)
    return Unsent(line.shop_line_id, line.title, line.quantity, left, line.quantity - left, line.paid)


def _told(order: OrderV1, found: Quote, *, by_hand: bool = False) -> CancellationQuoteV1:
    lines = {line.shop_line_id: line for line in order.lines}
    return CancellationQuoteV1(
        order_id=order.order_id,
        number=order.number,
        lines=tuple(
            _line_told(lines[id_], count, found.worth[id_]) for id_, count in found.units.items() if id_ in lines
        ),
        whole=found.whole,
        shipping=found.shipping,
        amount=found.amount,
        by_hand=by_hand,
    )


def _line_told(line: OrderLine, count: int, worth: Money) -> UnsentLine:
    return UnsentLine(
        line_id=line.id, title=line.title, variant=line.variant, image=line.image, quantity=count, worth=worth
    )
