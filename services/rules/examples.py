"""Runs the examples that a policy keeps: each is decided as a shopper's return would be, and compared with what it expects."""

from collections.abc import Iterable, Iterator, Mapping, Set
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from libs.contracts.rules import AnswerGiven, Circumstances, DecideReturnV1, DecisionV1, LineAsked
from libs.contracts.rules_policies import ExampleFailed
from libs.contracts.values import LabelTerms, Money, OrderLine
from services.rules.domain import Policy, decide
from services.rules.policy import Document, compiled
from services.rules.policy.examples import Example, Item
from services.rules.policy.parts import Amount

_LINE = UUID(int=1)
_USUAL = 4_500  # minor units, where an example names no amount
_MOST_ORDERS = 10_100


def failed(document: Document, now: datetime) -> tuple[ExampleFailed, ...]:
    """The examples of the document that it decides otherwise than they say, as of `now`."""
    today = now.astimezone(UTC).date()
    return run(compiled(document, 0), document.examples, today, currency_of(document))


def run(policy: Policy, examples: Iterable[Example], today: date, currency: str = "EUR") -> tuple[ExampleFailed, ...]:
    """The examples that the policy decides otherwise than they say; `words` are what was expected and what came."""
    found = ((each.name, "; ".join(_differences(policy, each, each.item.on or today, currency))) for each in examples)
    return tuple(ExampleFailed(name=name, words=words) for name, words in found if words)


def asked_of(item: Item, on: date, currency: str = "EUR") -> DecideReturnV1:
    """The return that an item stands for, asked at noon of `on` in UTC; `currency` is of amounts that are not said.

    Raises ValueError where there can be none.
    """
    line = _line_of(item, noon(on), currency)
    asked = LineAsked(
        line=line,
        quantity=item.quantity,
        paid=line.paid,
        reason=item.reason,
        sub_reason=item.sub_reason,
        has_photo=item.photo,
        answers=tuple(AnswerGiven(question=code, answer=given) for code, given in item.answers.items()),
    )
    return DecideReturnV1(
        placed_at=noon(item.ordered) if item.ordered else line.fulfilled_at or noon(on),
        country=item.country,
        order_total=_money(item.order_value, 1) if item.order_value else line.paid,
        circumstances=_about(item),
        lines=(asked,),
    )


def _line_of(item: Item, now: datetime, currency: str) -> OrderLine:
    delivered = None if item.days_since_delivery is None else now - timedelta(days=item.days_since_delivery)
    known = item.item_price or item.order_value or item.discount_amount
    usual = Amount(amount=_USUAL, currency=known.currency if known else currency)
    if item.order_value is not None:  # an item costs no more than its order
        usual = Amount(amount=min(usual.amount, item.order_value.amount // item.quantity), currency=usual.currency)
    paid = _money(item.item_price or usual, item.quantity)
    # What is free before any discount: of nothing there is no percent.
    gift = paid.amount == 0 and item.discount_percent is None
    return OrderLine(
        id=_LINE,
        shop_line_id="example",
        title="Example",
        sku=item.sku,
        product_type=item.product_type,
        vendor=item.vendor,
        tags=item.product_tags,
        collections=item.collections,
        quantity=item.quantity,
        returnable=item.quantity,
        paid=paid,
        list_price=Money(amount=0 if gift else max(1, paid.amount // item.quantity), currency=paid.currency),
        discount_percent=item.discount_percent or 0,
        discount=_money(item.discount_amount or Amount(amount=0, currency=paid.currency), item.quantity),
        fulfilled_at=delivered or now,
        delivered_at=delivered,
    )


def _about(item: Item) -> Circumstances:
    returns, orders = _history(item.earlier_returns, item.return_rate)
    return Circumstances(
        order_number=item.order_number,
        order_tags=item.order_tags,
        customer_tags=item.customer_tags,
        channel=item.channel,
        customer=item.customer,
        earlier_returns=returns,
        earlier_orders=orders,
    )


def currency_of(document: Document) -> str:
    """The currency of amounts that are not said: the policy's own, as far as it speaks of money."""
    found = (amount["currency"] for amount in _amounts(document.model_dump(mode="json", exclude={"examples"})))
    return next(iter((*document.currencies, *found)), "EUR")


def noon(day: date) -> datetime:
    """The middle of the day in UTC."""
    return datetime.combine(day, time(12), tzinfo=UTC)


def decided_by(decision: DecisionV1) -> str:
    """The name of the rule that decided the first line, from its trace: `Otherwise` and `Eligibility` among them."""
    trace = decision.lines[0].trace
    return next((tried.rule for tried in reversed(trace) if tried.matched), trace[0].rule)


def _differences(policy: Policy, example: Example, on: date, currency: str) -> Iterator[str]:
    try:
        decision = decide(policy, asked_of(example.item, on, currency), noon(on))
    except ValueError as wrong:
        yield str(wrong)
        return
    found = _found(decision)
    for name, wanted in example.expect:
        if wanted is not None and found[name] != _comparable(wanted):
            yield f"{name}: expected {_said(_comparable(wanted))}, got {_said(found[name])}"


def _found(decision: DecisionV1) -> Mapping[str, object]:
    line = decision.lines[0]
    return {
        "offers": frozenset(offer.resolution for offer in line.offers),
        "refused": not line.offers and line.question is None,
        "rule": decided_by(decision),
        "label": decision.label if line.offers else LabelTerms.NONE,
        "label_price": decision.label_price,
        "amount": _one({offer.amount for offer in line.offers}),
        "stage": _one({offer.stage for offer in line.offers}),
        "keep_item": any(offer.keep_item for offer in line.offers),
        "question": line.question.code if line.question else None,
        "review": line.review,
        "photo_required": line.photo_required,
        "hub": line.hub,
    }


def _comparable(wanted: object) -> object:
    if isinstance(wanted, tuple):
        return frozenset(wanted)
    if isinstance(wanted, Amount):
        return _money(wanted, 1)
    return wanted


def _said(value: object) -> str:
    if isinstance(value, frozenset):
        return " and ".join(sorted(value)) or "nothing"
    if isinstance(value, Money):
        return f"{value.amount} {value.currency}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None else str(value)


def _one(values: Set[object]) -> object:
    """The only one; several are told in words, which no expectation is."""
    return next(iter(values)) if len(values) == 1 else " and ".join(sorted(map(_said, values))) or None


def _money(amount: Amount, units: int) -> Money:
    return Money(amount=amount.amount * units, currency=amount.currency)


def _history(returns: int | None, rate: int | None) -> tuple[int | None, int | None]:
    """Earlier returns, and as many earlier orders as give the rate."""
    if rate is None:
        return returns, None
    if returns is None:
        return rate, 100
    fitting = (orders for orders in range(1, _MOST_ORDERS) if min(100, returns * 100 // orders) == rate)
    orders = next(fitting, None)
    if orders is None:
        raise ValueError(f"no number of orders makes {returns} returns a rate of {rate} %")
    return returns, orders


def _amounts(part: object) -> Iterator[dict[str, str]]:
    if isinstance(part, dict):
        if set(part) == {"amount", "currency"}:
            yield part
        for below in part.values():
            yield from _amounts(below)
    elif isinstance(part, list):
        for below in part:
            yield from _amounts(below)
