"""From what the suite knows to what a page is given."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from libs.contracts.labels import LabelIssuedV1, QuoteV1
from libs.contracts.orders import SettlementSucceededV1
from libs.contracts.portal import ReturnClosedV1
from libs.contracts.rules import DecisionV1, LineDecision, Reason
from libs.contracts.tracking import MilestoneReachedV1
from libs.contracts.values import Milestone, Money, OrderLine
from services.portal.domain import Awaiting, Line, share, total
from services.portal.intake import Picked
from services.portal.store.people import Retailer
from services.portal.store.returns import Happened, Story
from services.portal.web import views
from services.portal.web.answers import Draft

DROP_OFF_DAYS = 14
CLOSED_TAGS = {
    "window_closed": "Window closed",
    "final_sale": "Final sale",
    "not_delivered": "Not delivered yet",
    "already_returned": "Already in a return",
}


def items_page(
    draft: Draft,
    csrf: str,
    decision: DecisionV1 | None,
    problems: Mapping[str, str],
    *,
    help_at: str,
    notice: views.Notice | None = None,
) -> views.ItemsPage:
    """The items of an order with the answers so far; `help_at` is the address that helps with what cannot come back."""
    lines = {line.id: line for line in draft.order.lines}
    decided = {line.line_id: line for line in decision.lines} if decision else {}
    picks = {pick.line_id: pick for pick in draft.picked}
    items = tuple(
        _card(draft, lines[judged.line_id], judged.last_day, picks.get(judged.line_id), decided.get(judged.line_id))
        for judged in draft.judged.lines
        if judged.eligible
    )
    closed = tuple(
        views.ClosedItem(
            str(judged.line_id),
            _picture(lines[judged.line_id]),
            _one(lines[judged.line_id]),
            CLOSED_TAGS.get(judged.why_not or "", "Not returnable"),
            judged.words or "",
            views.Link("Ask our team", f"mailto:{help_at}"),
        )
        for judged in draft.judged.lines
        if not judged.eligible
    )
    return views.ItemsPage(csrf, draft.order.number, items, closed, dock(draft.picked, decided), problems, notice)


def dock(picks: Iterable[Picked], decided: Mapping[UUID, LineDecision]) -> views.Dock:
    """How many items, and what the shopper gets for those whose resolution is chosen."""
    picks = tuple(picks)
    gains: dict[str, list[Money]] = {}
    for pick in picks:
        for offer in decided[pick.line_id].offers if pick.line_id in decided else ():
            if offer.resolution == pick.resolution:
                gains.setdefault(pick.resolution, []).append(offer.amount)
    sums = tuple(views.Gain(resolution, total(amounts)) for resolution, amounts in gains.items())
    return views.Dock(sum(pick.quantity for pick in picks), total(gain.amount for gain in sums) if sums else None, sums)


def check_page(
    draft: Draft, decision: DecisionV1, quote: QuoteV1, csrf: str, today: date, *, notice: views.Notice | None = None
) -> views.CheckPage:
    """The answers once more, how the parcel travels, and what comes back."""
    decided = {line.line_id: line for line in decision.lines}
    free = decision.label != "paid"
    fee = Money(amount=0, currency=quote.price.currency) if free else quote.price
    items, rows = [], []
    for pick in draft.picked:
        line = next(line for line in draft.order.lines if line.id == pick.line_id)
        offers = decided[pick.line_id].offers if pick.line_id in decided else ()
        offer = next((offer for offer in offers if offer.resolution == pick.resolution), None)
        if offer is None:
            continue  # no longer offered: the notice says so
        reason, sub_reason = reason_words(draft.judged.reasons, pick.reason, pick.sub_reason)
        items.append(
            views.SummaryItem(
                str(line.id),
                _picture(line),
                pick.quantity,
                reason,
                offer.resolution,
                offer.amount,
                sub_reason,
                pick.comment,
            )
        )
        rows.append(views.ReceiptRow(line.title, offer.amount, offer.words))
    send_by = today + timedelta(days=DROP_OFF_DAYS)
    way = views.Way("Post it with a printed label", fee, f"To our hub in {quote.hub_address.city}", send_by)
    rows.append(views.ReceiptRow("Return label", fee))
    receipt = views.Receipt(
        tuple(rows),
        total(item.amount for item in items) if items else fee,
        "You get back",
        "To the way you paid, once the parcel reaches our hub.",
    )
    return views.CheckPage(csrf, draft.key, draft.order.number, tuple(items), way, receipt, notice=notice)


def status_page(
    retailer: Retailer, story: Story, reasons: Mapping[str, str], *, link: str, fresh: bool
) -> views.StatusPage:
    """A return as its shopper follows it."""
    ret = story.ret
    label = (
        views.Label(f"{link}/label.pdf", retailer.look.name, ret.tracking_number)
        if ret.document_id and ret.tracking_number
        else None
    )
    send_by = (story.created_at + timedelta(days=DROP_OFF_DAYS)).date() if ret.awaiting is Awaiting.DROPOFF else None
    notice = None
    if ret.trouble:
        notice = views.Notice(
            "warn", "This step needs a person of ours. We are on it, and will email you when it is done."
        )
    return views.StatusPage(
        ret.number,
        ret.order_number,
        Awaiting.LABEL if ret.awaiting is Awaiting.PAYMENT and not ret.fee.amount else ret.awaiting,  # nothing to pay
        ret.contact.email,
        line_of(story),
        tuple(_summary(line, reasons) for line in ret.lines),
        receipt_of(story),
        label,
        send_by,
        fresh,
        changing=ret.awaiting in {Awaiting.PAYMENT, Awaiting.LABEL, Awaiting.SETTLEMENT},
        notice=notice,
    )


def receipt_of(story: Story) -> views.Receipt:
    """What comes back, line by line."""
    ret = story.ret
    rows = [views.ReceiptRow(line.asked.title, line.asked.owed) for line in ret.lines]
    rows.append(views.ReceiptRow("Return label", ret.fee))
    done = ret.awaiting is Awaiting.CLOSED
    return views.Receipt(
        tuple(rows),
        ret.owed,
        "You got back" if done else "You get back",
        "To the way you paid." if done else "To the way you paid, once the parcel reaches our hub.",
    )


def line_of(story: Story) -> tuple[views.LineStep, ...]:
    """The one line of a return: what happened with its day, and what is still to come."""
    at = {_step(fact): fact.at for fact in reversed(story.facts)}
    steps = (
        ("Return booked", story.created_at),
        ("Label ready", at.get("label")),
        ("Dropped off", at.get("dropped")),
        ("Arrived at our hub", at.get("arrived")),
        ("Money sent back", at.get("settled")),
        ("Complete", at.get("closed")),
    )
    return tuple(views.LineStep(words, when is not None, when) for words, when in steps)


def _step(fact: Happened) -> str | None:
    if fact.type == MilestoneReachedV1.type():
        return {Milestone.ACCEPTED: "dropped", Milestone.HUB_RECEIVED: "arrived"}.get(fact.data["milestone"])
    return {
        LabelIssuedV1.type(): "label",
        SettlementSucceededV1.type(): "settled",
        ReturnClosedV1.type(): "closed",
    }.get(fact.type)


def reason_words(reasons: Iterable[Reason], code: str, sub: str | None) -> tuple[str, str | None]:
    """The words for a reason and its sub-reason; their codes where the policy no longer has them."""
    reason = next((reason for reason in reasons if reason.code == code), None)
    below = next((below for below in reason.sub_reasons if below.code == sub), None) if reason else None
    return (reason.words if reason else code.replace("_", " ")), (below.words if below else sub)


def words_of(reasons: Iterable[Reason]) -> dict[str, str]:
    """Every reason's words by its code, and every sub-reason's by both codes: two reasons may each have an `other`."""
    said: dict[str, str] = {}
    for reason in reasons:
        said[reason.code] = reason.words
        said |= {f"{reason.code}/{sub.code}": sub.words for sub in reason.sub_reasons}
    return said


def _card(
    draft: Draft, line: OrderLine, last_day: date | None, pick: Picked | None, decided: LineDecision | None
) -> views.ItemCard:
    reasons = tuple(
        views.ReasonChoice(
            reason.code, reason.words, tuple(views.ReasonChoice(sub.code, sub.words) for sub in reason.sub_reasons)
        )
        for reason in draft.judged.reasons
    )
    offers = (
        tuple(views.OfferChoice(offer.resolution, offer.amount, offer.words) for offer in decided.offers)
        if decided
        else ()
    )
    card = views.ItemCard(str(line.id), _picture(line), _one(line), line.returnable, reasons, last_day)
    if pick is None:
        return card
    notice = views.Notice("warn", decided.words) if decided and not decided.offers and decided.words else None
    explains = any(reason.code == pick.reason and reason.asks_comment for reason in draft.judged.reasons)
    return replace(
        card,
        ticked=True,
        chosen_quantity=pick.quantity,
        reason=pick.reason or None,
        sub_reason=pick.sub_reason,
        comment=pick.comment or "",
        needs_comment=explains,
        wants_photos=explains,
        photos=len(draft.photos_of(line.id)),
        offers=offers,
        resolution=pick.resolution,
        notice=notice,
    )


def _summary(line: Line, reasons: Mapping[str, str]) -> views.SummaryItem:
    asked = line.asked
    return views.SummaryItem(
        str(asked.id),
        views.Picture(asked.title, asked.variant, asked.image),
        asked.quantity,
        reasons.get(asked.reason, asked.reason.replace("_", " ").capitalize()),
        asked.resolution,
        asked.owed,
        reasons.get(f"{asked.reason}/{asked.sub_reason}", (asked.sub_reason or "").replace("_", " ").capitalize())
        or None,
        asked.comment,
    )


def _picture(line: OrderLine) -> views.Picture:
    return views.Picture(line.title, line.variant, line.image)


def _one(line: OrderLine) -> Money:
    return share(line.paid, quantity=line.quantity, units=1)
