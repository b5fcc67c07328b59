"""What an offer is worth: what was paid, less fees that are explained, and the bonus that goes with credit."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from libs.contracts.rules import Deduction, LineAsked, Offer
from libs.contracts.values import CreditTerms, Money, Resolution, Stage
from services.rules import words
from services.rules.domain.outcomes import Bonus, Credit, Fee, FeeKind, Grant, Per
from services.rules.domain.policies import Fault
from services.rules.words import say


@dataclass(frozen=True, slots=True)
class Charged:
    """A line that fees may be taken from: what was paid for it, the fees its rule names, and whose fault the reason is.

    `wanted` is the resolution chosen for it, once it is.
    """

    paid: Money
    fees: tuple[Fee, ...]
    fault: Fault
    wanted: Resolution | None = None

    def may_pay(self, fee: Fee) -> bool:
        """Whether the fee goes with what is chosen for the line, or may yet be."""
        return self.wanted is None or self.wanted in fee.only_for


@dataclass(frozen=True, slots=True)
class Taken:
    """A fee as it is taken off one line."""

    fee: Fee
    amount: int


@dataclass(frozen=True, slots=True)
class Speech:
    """In whose language words are said, and the policy's own where there are none."""

    language: str
    default: str

    def of(self, words: Mapping[str, str]) -> str:
        """`words` in that language."""
        return say(words, self.language, self.default)


def charged(line: LineAsked, fees: tuple[Fee, ...], fault: Fault) -> Charged:
    """The line as fees see it; what is at stake is never above what was paid for it."""
    at_stake = max(0, min(line.paid.amount, line.line.paid.amount))
    return Charged(_money(at_stake, line.paid), fees, fault, line.wanted)


def taken(lines: Sequence[Charged | None], fees_taken: Iterable[str]) -> list[tuple[Taken, ...]]:
    """The fees of each line. One that is taken for the whole return is shared by the lines whose choice it goes with.

    What a line would pay for another choice is its share beside the others' choices. Of several such fees for the same
    thing the dearest is taken. None is a line that nothing is offered for. A fee in another currency than was paid is
    not taken.
    """
    found = [_each(line) for line in lines]
    already = frozenset(fees_taken)
    for kind in FeeKind:
        wide = {Per.REQUEST} if kind in already else {Per.REQUEST, Per.ORDER}
        named = [(line, [fee for fee in _due(line, wide) if fee.kind is kind]) for line in lines if line is not None]
        if any(fees for _, fees in named):
            for mine, line in zip(found, lines, strict=True):
                mine.extend(_shared(line, named) if line is not None else ())
    return [tuple(fee for fee in fees if fee.amount > 0) for fees in found]


def _each(line: Charged | None) -> list[Taken]:
    return [Taken(fee, _size(fee, line.paid)) for fee in _due(line, {Per.LINE})] if line else []


def _shared(mine: Charged, named: Sequence[tuple[Charged, Sequence[Fee]]]) -> Iterator[Taken]:
    """What falls on this line, should it be given what the fee is for, of a fee that several lines name."""
    due = [fee for line, fees in named for fee in fees if line is mine or line.may_pay(fee)]
    dearest = max(due, key=_flat, default=None)
    if dearest is None:
        return
    sharing = [line for line, fees in named if fees and (line is mine or line.may_pay(dearest))]
    shares = _shares(_flat(dearest), [line.paid.amount for line in sharing])
    yield from (Taken(dearest, share) for line, share in zip(sharing, shares, strict=True) if line is mine)


def _due(line: Charged | None, per: set[Per]) -> list[Fee]:
    if line is None:
        return []
    return [
        fee
        for fee in line.fees
        if fee.per in per
        and (fee.even_at_fault or line.fault is not Fault.RETAILER)
        and (fee.flat is None or fee.flat.currency == line.paid.currency)
    ]


def _size(fee: Fee, paid: Money) -> int:
    return fee.flat.amount if fee.flat is not None else paid.amount * (fee.percent or 0) // 100


def _flat(fee: Fee) -> int:
    return fee.flat.amount if fee.flat is not None else 0


def _shares(amount: int, worths: Sequence[int]) -> list[int]:
    """`amount`, or what there is where that is less, shared out by worth to the last penny."""
    whole = sum(worths)
    if whole == 0:
        return [0] * len(worths)
    upto = [min(amount, whole) * worth // whole for worth in accumulate(worths, initial=0)]
    return [after - before for before, after in pairwise(upto)]


def offer(grant: Grant, line: Charged, fees: Sequence[Taken], default: Stage, speech: Speech) -> Offer:
    """What is offered for a line, net, with the deductions that make it less."""
    stage = grant.stage or default
    gross = 0 if grant.resolution is Resolution.NONE else line.paid.amount
    deductions: list[Deduction] = []
    left = gross
    for each in fees:
        amount = min(each.amount, left) if grant.resolution in each.fee.only_for else 0
        if amount:
            left -= amount
            said = speech.of(each.fee.words) if each.fee.words else words.FEES[each.fee.kind]
            deductions.append(Deduction(code=each.fee.kind, words=said, amount=_money(amount, line.paid)))
    owed = _money(left, line.paid)
    return Offer(
        resolution=grant.resolution,
        amount=owed,
        stage=stage,
        words=speech.of(grant.words)
        if grant.words
        else words.offered(grant.resolution, stage, keep_item=grant.keep_item),
        keep_item=grant.keep_item,
        credit=_credit(grant.credit, owed),
        exchange=grant.exchange,
        fallback=grant.fallback,
        deductions=tuple(deductions),
    )


def _money(amount: int, like: Money) -> Money:
    """`amount` in the currency of `like`; itself where it is that much, for making one takes time in long trials."""
    return like if like.amount == amount else Money(amount=amount, currency=like.currency)


def _credit(credit: Credit | None, owed: Money) -> CreditTerms | None:
    if credit is None:
        return None
    return CreditTerms(bonus=_bonus(credit.bonus, owed), valid_days=credit.valid_days)


def _bonus(bonus: Bonus | None, owed: Money) -> Money | None:
    """The bonus on what is owed; none in another currency, none on nothing."""
    if bonus is None or owed.amount == 0:
        return None
    if bonus.flat is not None:
        return bonus.flat if bonus.flat.currency == owed.currency and bonus.flat.amount else None
    amount = owed.amount * (bonus.percent or 0) // 100
    return Money(amount=amount, currency=owed.currency) if amount else None
