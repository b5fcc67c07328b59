"""What the amounts of one item are to each other: an item costs no more than its order, and a discount makes its percents."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from libs.contracts.values import Money
from services.rules.domain.facts import Facts, Value
from services.rules.linting.axes import Axis, Span

PERCENT, OFF, PRICE, ORDER, PIECES = "discount_percent", "discount_amount", "item_price", "order_value", "quantity"
MONEY = frozenset({OFF, PRICE, ORDER})
TIED = MONEY | {PERCENT, PIECES}
_MOST = 10**15  # minor units, where no rule asks for less
_WITHIN = 101  # minor units: among so many discounts there is one of each percent
Spans = Sequence[Span | None]
Numbers = dict[str, int | None]


@dataclass(frozen=True)
class Amounts:
    """The axes of `TIED` that there are, by fact, and their place. All amounts are in one of the `currencies`.

    Of one piece: the discount is so many percent, rounded down, of a price before it; what is paid is at least the rest,
    for taxes may come on top, and nothing where all is taken off. All pieces cost no more than their order. Of what
    cost nothing before discounts no percent is known.
    """

    axes: Mapping[str, Axis]
    places: Mapping[str, int]
    currencies: Sequence[str]
    _known: dict[tuple[int, ...], tuple[int, ...]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def touched(self) -> frozenset[int]:
        """The places of its axes."""
        return frozenset(self.places.values())

    def narrowed(self, domain: list[int]) -> bool:
        """Take from `domain` the currencies in which nothing can be; False when nothing is left."""
        masks = tuple(domain[place] for place in self.places.values())
        if masks not in self._known:
            self._known[masks] = self._possible(masks)
        for place, mask in zip(self.places.values(), self._known[masks], strict=True):
            domain[place] = mask
        return all(self._known[masks])

    def chosen(self, domain: Sequence[int], likely: Facts) -> Facts:
        """Facts of `domain` that go together: those that are `likely`, where they do."""
        masks = tuple(domain[place] for place in self.places.values())
        for currency, usual in product(self.currencies, (likely, None)):
            numbers = self._numbers(currency, masks, usual)
            if numbers is not None:
                told = {fact: numbers[fact] for fact in self.axes} | ({PRICE: 0} if numbers[PERCENT] is None else {})
                return {fact: _said(fact, number, currency) for fact, number in told.items() if number is not None}
        raise AssertionError("a domain without a case was found")

    def _possible(self, masks: Sequence[int]) -> tuple[int, ...]:
        """The classes of `masks` in currencies in which something can be."""
        left = [0] * len(masks)
        for currency in self.currencies:
            if self._numbers(currency, masks, None) is not None:
                here = (self._in(currency, axis, mask) for axis, mask in zip(self.axes.values(), masks, strict=True))
                left = [found | mask for found, mask in zip(left, here, strict=True)]
        return tuple(left)

    def _numbers(self, currency: str, masks: Sequence[int], usual: Facts | None) -> Numbers | None:
        """Numbers of the classes of `masks` that go together, those that are `usual` where that is given; None without."""
        spans: dict[str, Spans] = {}
        for (fact, axis), mask in zip(self.axes.items(), masks, strict=True):
            here = self._in(currency, axis, mask)
            spans[fact] = [span for at, span in enumerate(axis.spans) if here >> at & 1]
            if usual is not None and fact in usual:
                spans[fact] = _alone(usual[fact], currency)
        return _together(spans) if all(spans.values()) else None

    def _in(self, currency: str, axis: Axis, mask: int) -> int:
        """The classes of `mask` that can be in the currency."""
        if axis.fact not in MONEY:
            return mask
        return sum(
            1 << at
            for at, facts in enumerate(axis.classes)
            if mask >> at & 1 and _currency(facts[axis.fact]) == currency
        )


def _together(spans: Mapping[str, Spans]) -> Numbers | None:
    """A number of one of the spans of each fact, the least price there can be; None where nothing goes together."""
    pieces = min(span[0] for span in spans.get(PIECES, [(1, 1)]) if span)
    order = max(span for span in spans.get(ORDER, [(0, _MOST)]) if span)
    prices = sorted(span for span in spans.get(PRICE, [(0, _MOST)]) if span)
    for percent, off in product(spans.get(PERCENT, [(0, 100), None]), spans.get(OFF, [(0, _MOST)])):
        found = _cheapest(percent, off or (0, 0), prices) if prices else None
        if found is not None and found[2] * pieces <= order[1]:
            share, taken, price = found
            value = max(order[0], price * pieces)
            return {PERCENT: share, OFF: taken, PRICE: price, ORDER: value, PIECES: pieces}
    return None


def _cheapest(percent: Span | None, off: Span, prices: Sequence[Span]) -> tuple[int | None, int, int] | None:
    """The percent, the discount and the least price there can be of it, in minor units; None where there is none."""
    if percent is None:
        return (None, 0, 0) if off[0] == prices[0][0] == 0 else None
    if percent[1] == 100 and off[1] and prices[0][0] == 0:
        return 100, max(off[0], 1), 0
    most = min(percent[1], 99)
    for taken in range(off[0], min(off[1], off[0] + _WITHIN) + 1):
        before = max(taken, taken * 100 // (most + 1)) + 1  # the least of which it is at most so many percent
        if percent[0] <= taken * 100 // before <= most:
            price = next((max(least, before - taken) for least, end in prices if end >= before - taken), None)
            return None if price is None else (taken * 100 // before, taken, price)
    return None


def _alone(value: Value, currency: str) -> Spans:
    """The value as the only span; none where it is in another currency."""
    number = value if isinstance(value, int) else value.amount if _currency(value) == currency else None  # type: ignore[union-attr]
    return [] if number is None else [(number, number)]


def _currency(value: Value) -> str | None:
    return value.currency if isinstance(value, Money) else None


def _said(fact: str, number: int, currency: str) -> Value:
    return Money(amount=number, currency=currency) if fact in MONEY else number


def amounts_of(placed: Iterable[tuple[int, Axis]], currencies: Sequence[str]) -> Amounts | None:
    """The tie of those of the axes, each with its place, that are amounts; None where none is."""
    axes = {axis.fact: (place, axis) for place, axis in placed if axis.fact in TIED}
    if axes.keys() <= {PIECES}:
        return None
    return Amounts(
        {fact: axis for fact, (_, axis) in axes.items()}, {f: place for f, (place, _) in axes.items()}, currencies
    )
