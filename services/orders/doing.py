"""The calls a return takes at the shop: how each is asked, and how its effect is recognised."""

from collections.abc import Callable
from dataclasses import dataclass

from services.orders import giving
from services.orders.domain import matching
from services.orders.domain.jobs import Job, Request
from services.orders.domain.matching import Effect, Finding, NothingToOpen
from services.orders.domain.parcels import NoReturnAtShop, share_of
from services.orders.domain.steps import Action
from services.orders.outside import returns
from services.orders.outside.admin import AdminClient, JsonObject
from services.orders.outside.orders import read_returnable


@dataclass(frozen=True, slots=True)
class Doing:
    """`ask` writes the request, `made` finds the effect in its answer, `found` finds it at the shop.

    `ask` gives None where there is nothing to do at the shop, and raises Refused where asking would be wrong.
    """

    ask: Callable[[Job, AdminClient], Request | None]
    made: Callable[[Job, Request, JsonObject], Effect | Finding]
    found: Callable[[Job, Request, AdminClient], Effect | Finding]


def _ask_opening(job: Job, client: AdminClient) -> Request:
    if not job.lines:
        raise NothingToOpen()
    left = read_returnable(client, job.shop_order_id)
    sent = matching.photos_sent(job.photos, job.photos_at)
    items = matching.allot(job.number, job.lines, job.places, shop_lines=job.shop_lines, left=left, photos=sent)
    known = returns.reasons(client)
    reasons = {matching.mark(job.number, job.places[line.id]): returns.reason_id(known, line) for line in job.lines}
    by_item = [reasons[matching.mark_of(item.note)] for item in items]
    return returns.opening(job.shop_order_id, items, by_item, giving.exchanges_of(job, client))


def _opening_made(_job: Job, _request: Request, payload: JsonObject) -> Effect | Finding:
    return Effect(payload["return"]["id"]) if payload["return"] else Finding.UNCLEAR


def _opening_found(job: Job, request: Request, client: AdminClient) -> Effect | Finding:
    held = returns.read_returns(client, job.shop_order_id)
    return matching.opened(held, job.number, returns.opening_items(request), taken=job.taken)


def _ask_label(job: Job, client: AdminClient) -> Request | None:
    """A parcel's next label takes the place of its last; a label that comes after its successor is not put up.

    Several parcels share the units between them; one that is left without any has no place at the shop, and is refused.
    """
    former_attempt, former = job.former_label or (0, "")
    if former_attempt > job.label_attempt:
        return None
    held = returns.read_return(client, job.shop_return_id)
    if not held.reverse_orders:
        raise NoReturnAtShop()
    if former in [delivery for _, delivery in held.labels]:
        return returns.relabelling(former, job.tracking_number)
    share: tuple[tuple[str, int], ...] = ()
    if job.parcels > 1:
        share = share_of(held, returns.units_on_labels(client, job.shop_return_id), job.parcel, job.parcels)
    return returns.labelling(held.reverse_orders[0], job.tracking_number, share)


def _label_made(_job: Job, _request: Request, payload: JsonObject) -> Effect | Finding:
    return Effect(payload["reverseDelivery"]["id"]) if payload["reverseDelivery"] else Finding.UNCLEAR


def _label_found(job: Job, _request: Request, client: AdminClient) -> Effect | Finding:
    return matching.labelled(returns.read_return(client, job.shop_return_id), job.tracking_number)


def _ask_release(job: Job, client: AdminClient) -> Request | None:
    if not job.lines:
        return None
    held = returns.read_return(client, job.shop_return_id)
    items = () if held.is_closed else matching.unreceived(held, job.number, job.lines, job.places)
    return returns.releasing(job.shop_return_id, items) if items else None


def _release_made(_job: Job, request: Request, payload: JsonObject) -> Effect | Finding:
    if not payload["return"]:
        return Finding.UNCLEAR
    return matching.released(returns.returned(payload["return"]), returns.releasing_items(request))


def _release_found(job: Job, request: Request, client: AdminClient) -> Effect | Finding:
    return _release_made(job, request, {"return": returns.read_raw(client, job.shop_return_id)})


def _ask_closing(job: Job, _client: AdminClient) -> Request:
    return returns.closing(job.shop_return_id)


def _closing_made(_job: Job, _request: Request, payload: JsonObject) -> Effect | Finding:
    return matching.closed(returns.returned(payload["return"])) if payload["return"] else Finding.UNCLEAR


def _closing_found(job: Job, _request: Request, client: AdminClient) -> Effect | Finding:
    return matching.closed(returns.read_return(client, job.shop_return_id))


def _ask_reopening(job: Job, _client: AdminClient) -> Request:
    return returns.reopening(job.shop_return_id)


def _reopening_made(_job: Job, _request: Request, payload: JsonObject) -> Effect | Finding:
    return matching.reopened(returns.returned(payload["return"])) if payload["return"] else Finding.UNCLEAR


def _reopening_found(job: Job, _request: Request, client: AdminClient) -> Effect | Finding:
    return matching.reopened(returns.read_return(client, job.shop_return_id))


def _ask_cancelling(job: Job, client: AdminClient) -> Request:
    held = returns.read_return(client, job.shop_return_id)
    if held.is_closed or any(line.processed for line in held.lines):  # the shop cancels no such return
        return returns.closing(job.shop_return_id)
    return returns.cancelling(job.shop_return_id)


def _cancelling_made(_job: Job, _request: Request, payload: JsonObject) -> Effect | Finding:
    return matching.cancelled(returns.returned(payload["return"])) if payload["return"] else Finding.UNCLEAR


def _cancelling_found(job: Job, _request: Request, client: AdminClient) -> Effect | Finding:
    return matching.cancelled(returns.read_return(client, job.shop_return_id))


DOING: dict[Action, Doing] = {
    Action.OPEN_RETURN: Doing(_ask_opening, _opening_made, _opening_found),
    Action.ATTACH_LABEL: Doing(_ask_label, _label_made, _label_found),
    Action.SETTLE: Doing(giving.ask_settlement, giving.settlement_made, giving.settlement_found),
    Action.TAKE_GOODS: Doing(giving.ask_goods, giving.goods_made, giving.goods_found),
    Action.GIVE_BONUS: Doing(giving.ask_bonus, giving.bonus_made, giving.bonus_found),
    Action.DROP_EXCHANGE: Doing(giving.ask_dropping, giving.dropping_made, giving.dropping_found),
    Action.RELEASE_UNITS: Doing(_ask_release, _release_made, _release_found),
    Action.CLOSE_RETURN: Doing(_ask_closing, _closing_made, _closing_found),
    Action.REOPEN_RETURN: Doing(_ask_reopening, _reopening_made, _reopening_found),
    Action.CANCEL_RETURN: Doing(_ask_cancelling, _cancelling_made, _cancelling_found),
}
