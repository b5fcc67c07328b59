"""What an exchange is to its shopper and to staff: what goes out, what it costs more, and what comes back as money."""

from decimal import Decimal

from libs.contracts.orders import SettlementSucceededV1
from libs.contracts.values import Money, Resolution
from services.portal.domain import FeeState, Line
from services.portal.store.returns import Story
from services.portal.web import views, words


def gave(line: Line, story: Story | None) -> Resolution:
    """What a line gives; once it is settled what was given, which is the fallback where an exchange was sold out."""
    for fact in reversed(story.facts if story else ()):
        if fact.type == SettlementSucceededV1.type() and str(line.asked.id) in fact.data["line_ids"]:
            return Resolution(fact.data["resolution"])
    return line.resolution


def money_back(line: Line, given: Resolution) -> Money:
    """What a line gives in money: of an exchange only what it costs less than is due for what came back."""
    chosen, due = line.asked.exchange_variant, line.due
    if given is not Resolution.EXCHANGE or chosen is None or chosen.price is None:
        return due
    whole = min(chosen.price.amount * line.asked.quantity, line.asked.owed.amount)
    cost = (2 * whole * line.units + line.asked.quantity) // (2 * line.asked.quantity)
    return Money(amount=max(0, due.amount - cost), currency=due.currency)


def row_of(line: Line, given: Resolution) -> views.ReceiptRow:
    """A line in the receipt."""
    chosen = line.asked.exchange_variant
    if given is not Resolution.EXCHANGE or chosen is None:
        return views.ReceiptRow(line.asked.title, line.asked.owed)
    nothing = "Exchange" if line.costs_more else "Even exchange"
    off = line.deducted.amount
    back = money_back(line, given)
    whole = back.model_copy(update={"amount": back.amount + off}) if back.amount else back
    return views.ReceiptRow(line.asked.title, whole, f"In exchange: {chosen.title}", nothing)


def on_top(line: Line, given: Resolution) -> views.ReceiptRow | None:
    """What the exchange of a line costs more, which is paid by itself."""
    chosen = line.asked.exchange_variant
    if given is not Resolution.EXCHANGE or chosen is None or line.costs_more is None:
        return None
    return views.ReceiptRow(chosen.title, line.costs_more, "You pay this apart.")


_TO_PAY = {
    FeeState.OPEN: "More to pay",
    FeeState.FAILED: "More to pay",
    FeeState.WAIVED: "Costs more, which we take on",
    FeeState.PAID: "Paid on top",
    FeeState.REFUNDED: "Paid on top, and given back",
}


def notes_of(line: Line, given: Resolution) -> tuple[views.Note, ...]:
    """What an exchange gives, for its shopper."""
    chosen = line.asked.exchange_variant
    if line.resolution is not Resolution.EXCHANGE or chosen is None:
        return ()
    if given is not Resolution.EXCHANGE:
        return (views.Note(f"{chosen.title} sold out, so you got this instead"),)
    said = [views.Note(f"In exchange: {chosen.title}")]
    if line.costs_more:
        said.append(views.Note(_TO_PAY[line.difference], line.costs_more))
    return tuple(said)


def told_staff(line: Line, given: Resolution) -> list[str]:
    """The same for staff, with what was named in case it sells out."""
    chosen, fallback = line.asked.exchange_variant, line.asked.fallback
    if chosen is None:
        return []
    said = [f"In exchange: {chosen.title}" if line.resolution is Resolution.EXCHANGE else f"Had chosen: {chosen.title}"]
    if line.costs_more:
        said.append(f"{_spoken(line.costs_more)} more to pay: {_PAID[line.difference]}")
    if line.resolution is Resolution.EXCHANGE and given is not Resolution.EXCHANGE:
        said.append(f"Sold out, so it gave: {_NAMES[given]}")
    elif line.resolution is Resolution.EXCHANGE and fallback:
        said.append(f"If it sells out: {_NAMES[fallback]}")
    return said


def _spoken(amount: Money) -> str:
    return f"{Decimal(amount.amount).scaleb(-words.places(amount.currency))} {amount.currency}"


_PAID = {
    FeeState.OPEN: "awaited",
    FeeState.FAILED: "not paid",
    FeeState.WAIVED: "waived",
    FeeState.PAID: "paid",
    FeeState.REFUNDED: "given back",
}
_NAMES = {
    Resolution.REFUND: "refund",
    Resolution.STORE_CREDIT: "gift card",
    Resolution.EXCHANGE: "exchange",
    Resolution.NONE: "nothing",
}
