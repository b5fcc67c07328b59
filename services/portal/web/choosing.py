"""The pages on which a shopper chooses: from an order, its judgement and the answers so far to what a page is given."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from uuid import UUID

from libs.contracts.labels import QuoteV1
from libs.contracts.rules import DecisionV1, LineDecision, LineEligibility, Offer, Reason
from libs.contracts.values import LabelTerms, Money, OrderLine, Resolution
from services.portal.bonuses import bonus_with, with_bonus
from services.portal.domain import LIMITS, Awaiting, share, total
from services.portal.intake import Picked, sends_something
from services.portal.terms import reasons_for
from services.portal.web import offering, promises, views, ways
from services.portal.web.answers import LONGEST_COMMENT, Draft, entry_of
from services.portal.web.present import bonus_row, reason_words

CLOSED_TAGS = {
    "window_closed": "Window closed",
    "final_sale": "Final sale",
    "not_delivered": "Not delivered yet",
    "already_returned": "Already in a return",
}
NO_CHOICE = "Default Title"  # what Shopify calls the only variant of a product that comes in one
HELD = views.Notice("info", "We check this by hand. Do not post it yet: you hear from us within 1 working day.")


def items_page(
    draft: Draft,
    csrf: str,
    decision: DecisionV1 | None,
    problems: Mapping[str, str],
    *,
    root: str,
    help_at: str,
    notice: views.Notice | None = None,
) -> views.ItemsPage:
    """The items of an order with the answers so far; `help_at` is the address that helps with what cannot come back."""
    lines = {line.id: line for line in draft.order.lines}
    decided = {line.line_id: line for line in decision.lines} if decision else {}
    picks = {pick.line_id: pick for pick in draft.picked}
    items = tuple(
        _card(
            draft,
            lines[judged.line_id],
            judged.last_day,
            picks.get(judged.line_id),
            decided.get(judged.line_id),
            thumbs(draft, judged.line_id, root),
        )
        for judged in draft.judged.lines
        if judged.eligible
    )
    return views.ItemsPage(
        csrf,
        draft.order.number,
        items,
        tuple(_closed(lines[judged.line_id], judged, help_at) for judged in draft.judged.lines if not judged.eligible),
        dock(draft.picked, decided),
        problems,
        notice or _kept_words(draft),
        not draft.is_judged,
    )


def _closed(line: OrderLine, judged: LineEligibility, help_at: str) -> views.ClosedItem:
    return views.ClosedItem(
        str(line.id),
        picture(line),
        _one(line),
        CLOSED_TAGS.get(judged.why_not or "", "Not returnable"),
        judged.words or "",
        views.Link("Ask our team", f"mailto:{help_at}"),
    )


def thumbs(draft: Draft, line_id: UUID, root: str) -> tuple[views.Thumb, ...]:
    """The photos kept for a line, each with the way to take it out."""
    entries = {photo.object_key: entry_of(photo) for photo in draft.photos}
    return tuple(
        views.Thumb(f"{root}/items/photos/{photo.name}", entries[photo.object_key])
        for photo in draft.photos_of(line_id)
    )


def _kept_words(draft: Draft) -> views.Notice | None:
    """What came with a kept request, until an item is ticked that it goes with."""
    loose = [photo for photo in draft.photos if photo.line_id is None]
    if draft.picked or not (draft.words or loose):
        return None
    return views.Notice("info", "What you wrote and your photos are here. They go with the first item you tick.")


def dock(picks: Iterable[Picked], decided: Mapping[UUID, LineDecision]) -> views.Dock:
    """How many items, and what the shopper gets for those whose resolution is chosen."""
    picks = tuple(picks)
    gains: dict[str, list[Money]] = {}
    for pick in picks:
        for offer in decided[pick.line_id].offers if pick.line_id in decided else ():
            if offer.resolution == pick.resolution and not (pick.resolution == Resolution.EXCHANGE and not pick.seen):
                gains.setdefault(pick.resolution, []).append(gets(pick, offer))
    sums = tuple(views.Gain(resolution, total(amounts)) for resolution, amounts in gains.items())
    return views.Dock(sum(pick.quantity for pick in picks), total(gain.amount for gain in sums) if sums else None, sums)


def gets(pick: Picked, offer: Offer) -> Money:
    """What the shopper gets in money, a bonus with it: of an exchange only what it costs less than is owed."""
    if offer.resolution is not Resolution.EXCHANGE:
        return with_bonus(offer.amount, bonus_with(offer))
    return offer.amount.model_copy(update={"amount": max(0, -pick.seen.to_settle) if pick.seen else 0})


def _rows(pick: Picked, line: OrderLine, offer: Offer) -> tuple[views.ReceiptRow, ...]:
    bonus = bonus_with(offer)
    if bonus is not None:
        return (views.ReceiptRow(line.title, offer.amount, offer.words), bonus_row(bonus))
    is_exchange = offer.resolution is Resolution.EXCHANGE
    note = f"In exchange: {pick.seen.title}" if is_exchange and pick.seen else offer.words
    nothing = ("Exchange" if pick.on_top else "Even exchange") if is_exchange else None
    return (views.ReceiptRow(line.title, gets(pick, offer), note, nothing),)


def _on_top(pick: Picked, offer: Offer) -> views.ReceiptRow | None:
    """What an exchange costs more, which is paid by itself."""
    if offer.resolution is not Resolution.EXCHANGE or not pick.on_top or not pick.seen:
        return None
    amount = offer.amount.model_copy(update={"amount": pick.on_top})
    return views.ReceiptRow(pick.seen.title, amount, "You pay this apart.")


def check_page(
    draft: Draft,
    decision: DecisionV1,
    quote: QuoteV1 | None,
    csrf: str,
    today: date,
    *,
    held: bool = False,
    notice: views.Notice | None = None,
    root: str = "",
) -> views.CheckPage:
    """The answers once more, how the parcel travels, and what comes back. `held`: a person decides first."""
    chosen = _chosen(draft, decision)
    way = _way(draft, decision, quote, today, held=held)
    rows = [row for each in chosen for row in _rows(*each)]
    label = ways.fee_row(way.price, way.method) if way.price is not None else None
    if label is not None and not label.amount.amount:
        rows.append(label)
    nothing = Money(amount=0, currency=draft.order.currency)
    back = total(gets(pick, offer) for pick, _, offer in chosen) if chosen else nothing
    extra = tuple(filter(None, (_on_top(pick, offer) for pick, _, offer in chosen)))
    receipt = views.Receipt(
        tuple(rows),
        back,
        "You get back" if back.amount or not _exchanges(chosen) else "You get",
        _promise(draft, back, chosen),
        label if label is not None and label.amount.amount else None,
        extra,
        nothing=("Exchange" if extra else "Even exchange") if _exchanges(chosen) else None,
    )
    return views.CheckPage(
        csrf,
        draft.key,
        draft.order.number,
        tuple(_summary(draft, pick, line, offer, root) for pick, line, offer in chosen),
        way,
        receipt,
        submit_words="Send for review" if held else None,
        notice=notice or (HELD if held else None),
    )


def _exchanges(chosen: Iterable[tuple[Picked, OrderLine, Offer]]) -> bool:
    return any(offer.resolution is Resolution.EXCHANGE for _, _, offer in chosen)


def _promise(draft: Draft, back: Money, chosen: Iterable[tuple[Picked, OrderLine, Offer]]) -> str:
    if _exchanges(chosen) and not back.amount:
        return "We order it once the parcel reaches our hub."
    moving = (
        (offer.resolution, None if offer.keep_item else offer.stage)
        for pick, _, offer in chosen
        if gets(pick, offer).amount
    )
    return promises.promise(moving, gift=draft.gift)


def _chosen(draft: Draft, decision: DecisionV1) -> list[tuple[Picked, OrderLine, Offer]]:
    """Each line ticked with what was chosen for it; one that is no longer offered is left out, and the notice says so."""
    lines = {line.id: line for line in draft.order.lines}
    offers: dict[tuple[UUID, str | None], Offer] = {
        (line.line_id, offer.resolution): offer for line in decision.lines for offer in line.offers
    }
    found = ((pick, lines[pick.line_id], offers.get((pick.line_id, pick.resolution))) for pick in draft.picked)
    return [(pick, line, offer) for pick, line, offer in found if offer is not None]


def _summary(draft: Draft, pick: Picked, line: OrderLine, offer: Offer, root: str) -> views.SummaryItem:
    reason, sub_reason = reason_words(draft.judged.reasons, pick.reason, pick.sub_reason)
    is_exchange = offer.resolution is Resolution.EXCHANGE
    return views.SummaryItem(
        str(line.id),
        picture(line),
        pick.quantity,
        reason,
        offer.resolution,
        gets(pick, offer) if is_exchange else offer.amount,
        sub_reason,
        pick.comment,
        _exchanged(pick, offer) if is_exchange else offering.notes_of(offer),
        views.Link("Choose another", f"{root}/exchange/{line.id}") if is_exchange else None,
        bonus_with(offer),
    )


def _exchanged(pick: Picked, offer: Offer) -> tuple[views.Note, ...]:
    """What an exchange gives, and what it settles."""
    if pick.seen is None:
        return ()
    amount = offer.amount.model_copy(update={"amount": abs(pick.seen.to_settle)})
    settled = {True: "More to pay", False: "Back to you"}[pick.seen.to_settle > 0]
    return (views.Note(f"In exchange: {pick.seen.title}"), *((views.Note(settled, amount),) if amount.amount else ()))


def _way(draft: Draft, decision: DecisionV1, quote: QuoteV1 | None, today: date, *, held: bool) -> views.Way:
    free = Money(amount=0, currency=draft.order.currency) if decision.label is not LabelTerms.PAID else None
    if not sends_something(decision, draft.picked):
        return views.Way("Keep it", None, "Nothing needs to be sent.")
    if decision.label is LabelTerms.NONE:
        return views.Way("Send it your own way", None, "No label comes with this return.")
    if quote is None:
        later = "We cannot make the label right now. We email it to you" + ("." if free else ", with its price.")
        return views.Way("Label by email", free, later)
    send_by = None if held else today + LIMITS[Awaiting.DROPOFF].after
    title, words = ways.quoted(quote)
    return views.Way(title, free or quote.price, words, send_by, quote.method)


def _card(
    draft: Draft,
    line: OrderLine,
    last_day: date | None,
    pick: Picked | None,
    decided: LineDecision | None,
    photos: tuple[views.Thumb, ...],
) -> views.ItemCard:
    reasons = tuple(map(_reason, reasons_for(draft.judged, line.id)))
    card = views.ItemCard(
        str(line.id),
        picture(line),
        _one(line),
        line.returnable,
        reasons,
        last_day,
        comment=draft.words[:LONGEST_COMMENT] if not draft.picked else "",
        needs_comment=not reasons,
        wants_photos=not reasons,
    )
    if pick is None:
        return card
    explains, shows = _asks(draft.judged.reasons, pick)
    return replace(
        card,
        ticked=True,
        chosen_quantity=pick.quantity,
        reason=pick.reason or None,
        sub_reason=pick.sub_reason,
        comment=pick.comment or "",
        needs_comment=explains or not reasons,
        wants_photos=explains or shows or not reasons or bool(photos) or bool(decided and decided.photo_required),
        photos=photos,
        offers=offering.choices(decided),
        resolution=pick.resolution,
        notice=offering.notice(decided),
        question=offering.question(decided, pick.answer),
    )


def _asks(reasons: Iterable[Reason], pick: Picked) -> tuple[bool, bool]:
    """Whether what was said so far asks for words, and for a photo."""
    reason = next((reason for reason in reasons if reason.code == pick.reason), None)
    subs = [sub for sub in reason.sub_reasons if sub.code == pick.sub_reason] if reason else []
    said = [reason, *subs] if reason else []
    return any(each.asks_comment for each in said), any(each.asks_photo for each in said)


def _reason(reason: Reason) -> views.ReasonChoice:
    return views.ReasonChoice(
        reason.code, reason.words, tuple(views.ReasonChoice(sub.code, sub.words) for sub in reason.sub_reasons)
    )


def picture(line: OrderLine) -> views.Picture:
    """A line as it is shown."""
    return views.Picture(line.title, variant_words(line), line.image)


def variant_words(line: OrderLine) -> str | None:
    """What tells this piece from its siblings, by name where the shop says it, and the bundle that it came in."""
    named = ", ".join(f"{option.name}: {option.value}" for option in line.options if option.value != NO_CHOICE)
    plain = line.variant if line.variant != NO_CHOICE else None
    return " \u00b7 ".join(filter(None, (named or plain, line.bundle))) or None


def _one(line: OrderLine) -> Money:
    return share(line.paid, quantity=line.quantity, units=1)
