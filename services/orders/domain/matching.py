"""Which of the shop's things are ours: how a return is marked, and how an effect is found again after a lost answer."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from uuid import UUID

from libs.contracts.errors import Refused
from libs.contracts.values import Money, Resolution, ReturnLine
from services.orders.domain.disposing import fates_of
from services.orders.domain.exchanges import Agreed, ExchangeNotOpened, ShopExchangeLine

NOTE_LENGTH = 255  # Shopify's limit for returnReasonNote


class NotReturnable(Refused):
    """The shop has fewer left to return than the return holds."""

    def __init__(self, title: str, *, asked: int, left: int) -> None:
        super().__init__("orders.not_returnable", f"{asked} of {title} asked, {left} left to return at the shop.")


class LineNotInReturn(Refused):
    """The shop's return does not hold this line, or holds too few that are not processed yet."""

    def __init__(self, title: str) -> None:
        super().__init__("orders.line_not_in_return", f"The shop's return holds no unprocessed {title}.")


class NothingToOpen(Refused):
    """Every line of the return was settled at an earlier attempt."""

    def __init__(self) -> None:
        super().__init__("orders.nothing_to_open", "Every line of the return is settled already.")


class Finding(Enum):
    """What reading back can say besides the effect itself."""

    NOT_THERE = "not there"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Effect:
    """What a call made at the shop: the shop's own id of it.

    `gave` is the resolution that was given, where it is not the one asked for; `last4` ends a gift card's code.
    """

    reference: str
    gave: Resolution | None = None
    last4: str | None = None


@dataclass(frozen=True, slots=True)
class Returnable:
    """How many of a line, in one parcel that was sent, may still come back."""

    fulfillment_line_id: str
    shop_line_id: str
    quantity: int


@dataclass(frozen=True, slots=True)
class ReturnItem:
    """Some quantity of a parcel's line, with the mark that finds it again."""

    fulfillment_line_id: str
    quantity: int
    note: str


@dataclass(frozen=True, slots=True)
class ProcessItem:
    """Some quantity of a shop's return line to be processed, and how many of it were `before`.

    `disposed` is what becomes of its units, in the shop's words and as far as that is known, at the reverse order's line
    `disposed_at`.
    """

    id: str
    quantity: int
    before: int
    disposed_at: str | None = None
    disposed: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class ReleaseItem:
    """Some quantity of a shop's return line that never came, and how many the line held `before`."""

    id: str
    quantity: int
    before: int


@dataclass(frozen=True, slots=True)
class ShopReturnLine:
    """A line of a return as the shop holds it."""

    id: str
    fulfillment_line_id: str
    quantity: int
    processed: int
    note: str
    reverse_line_id: str | None = None

    @property
    def open(self) -> int:
        """How many of it are not processed."""
        return self.quantity - self.processed


@dataclass(frozen=True, slots=True)
class ShopRefund:
    """A refund the shop made within a return, in the shopper's currency."""

    id: str
    amount: Money
    note: str


@dataclass(frozen=True, slots=True)
class ShopReturn:
    """A return as the shop holds it. `labels` are tracking number and the delivery's id."""

    id: str
    is_closed: bool
    lines: tuple[ShopReturnLine, ...]
    is_cancelled: bool = False
    refunds: tuple[ShopRefund, ...] = ()
    reverse_orders: tuple[str, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    exchanges: tuple[ShopExchangeLine, ...] = ()


@dataclass(frozen=True, slots=True)
class ShopCard:
    """A gift card as the shop holds it."""

    id: str
    value: Money
    note: str
    last4: str


@dataclass(frozen=True, slots=True)
class ShopCredit:
    """A credit to a customer's account, as the shop holds it."""

    id: str
    amount: Money
    expires_on: date | None


def mark(number: str, place: int) -> str:
    """What begins the note of every line we return: `R-7KQ2M9/1`. It names one line of one of our returns."""
    return f"{number}/{place}"


def mark_of(words: str) -> str:
    """The mark that a note begins with."""
    return words.split(" ", 1)[0]


def note(number: str, place: int, line: ReturnLine, photos: str = "") -> str:
    """The note that the shop's staff read at the line: its mark, the shopper's reason, wish and photos, then their words.

    What is too long is cut, and never the way to the photos.
    """
    reason = ", ".join(part.replace("_", " ") for part in (line.reason, line.sub_reason) if part)
    told = f"{mark(number, place)} " + "; ".join(part for part in (reason, _wish(line)) if part)
    sent = f"; {photos}" if photos else ""
    words = " ".join(told.split())[: NOTE_LENGTH - len(sent)] + sent + (f": {line.comment}" if line.comment else "")
    return " ".join(words.split())[:NOTE_LENGTH]


def photos_sent(many: int, at: str | None) -> str:
    """How many photos the shopper sent, and where staff see them; empty where there are none."""
    counted = f"{many} photo{'s' if many > 1 else ''}" if many else ""
    return f"{counted} ({at})" if counted and at else counted


def _wish(line: ReturnLine) -> str:
    if line.resolution is Resolution.EXCHANGE and line.exchange_variant:
        return f"exchange for {line.exchange_variant.title}"
    return str(line.resolution).replace("_", " ")


def allot(
    number: str,
    lines: Sequence[ReturnLine],
    places: Mapping[UUID, int],
    *,
    shop_lines: Mapping[UUID, str],
    left: Sequence[Returnable],
    photos: str = "",
) -> tuple[ReturnItem, ...]:
    """From which parcels' lines each of `lines` comes back. Raises NotReturnable when the shop has too few left.

    `photos` is what the note of the first line says of those that the shopper sent with the return.
    """
    first = min((places[line.id] for line in lines), default=0)
    stock = Counter({item.fulfillment_line_id: item.quantity for item in left})
    allotted: list[ReturnItem] = []
    for line in lines:
        parcels = [item.fulfillment_line_id for item in left if item.shop_line_id == shop_lines.get(line.order_line_id)]
        found = sum(stock[parcel] for parcel in parcels)
        if found < line.quantity:
            raise NotReturnable(line.title, asked=line.quantity, left=found)
        words = note(number, places[line.id], line, photos if places[line.id] == first else "")
        allotted += [ReturnItem(parcel, taken, words) for parcel, taken in _draw(stock, parcels, line.quantity)]
    return tuple(allotted)


def _draw(stock: Counter[str], parcels: Iterable[str], quantity: int) -> Iterable[tuple[str, int]]:
    for parcel in parcels:
        if taken := min(stock[parcel], quantity):
            stock[parcel] -= taken
            quantity -= taken
            yield parcel, taken


def items_of(
    held: ShopReturn, number: str, lines: Sequence[ReturnLine], places: Mapping[UUID, int]
) -> tuple[ProcessItem, ...]:
    """The shop's return lines, and how many of each, that `lines` stand for. Raises LineNotInReturn."""
    by_id = {item.id: item for item in held.lines}
    stock = Counter({item.id: item.open for item in held.lines})
    found: list[ProcessItem] = []
    for line in lines:
        ours = _ids(_marked(held, number, places.get(line.id, 0)))
        fates = fates_of(line)
        drawn = [_process(by_id[item], taken, fates) for item, taken in _draw(stock, ours, line.quantity)]
        if sum(item.quantity for item in drawn) < line.quantity:
            raise LineNotInReturn(line.title)
        found += drawn
    return tuple(found)


def _process(item: ShopReturnLine, quantity: int, fates: list[str | None]) -> ProcessItem:
    """Some units of the shop's line, with the first of `fates`, which are taken off."""
    mine, fates[:quantity] = fates[:quantity], []
    disposed = tuple(Counter(fate for fate in mine if fate is not None).items()) if item.reverse_line_id else ()
    return ProcessItem(item.id, quantity, item.processed, item.reverse_line_id if disposed else None, disposed)


def _marked(held: ShopReturn, number: str, place: int) -> list[ShopReturnLine]:
    return [item for item in held.lines if mark_of(item.note) == mark(number, place)]


def unreceived(
    held: ShopReturn, number: str, lines: Sequence[ReturnLine], places: Mapping[UUID, int]
) -> tuple[ReleaseItem, ...]:
    """The shop's return lines, and how many of each that are not processed, that `lines` stand for, as far as it has them."""
    units = {item.id: item.quantity for item in held.lines}
    stock = Counter({item.id: item.open for item in held.lines})
    return tuple(
        ReleaseItem(item, taken, units[item])
        for line in lines
        for item, taken in _draw(stock, _ids(_marked(held, number, places.get(line.id, 0))), line.quantity)
    )


def _ids(items: Iterable[ShopReturnLine]) -> list[str]:
    return [item.id for item in items]


def opened(
    held: Iterable[ShopReturn], number: str, items: Iterable[ReturnItem], *, taken: frozenset[str] = frozenset()
) -> Effect | Finding:
    """Which of the order's returns is the one that we asked the shop to open with `items`.

    `taken` are those that other attempts at the same return have opened.
    """
    wanted = Counter({(item.fulfillment_line_id, mark_of(item.note)): item.quantity for item in items})
    others = [ret for ret in held if ret.id not in taken]
    ours = [ret for ret in others if any(line.note.startswith(f"{number}/") for line in ret.lines)]
    same = [
        ret
        for ret in ours
        if wanted == Counter({(line.fulfillment_line_id, mark_of(line.note)): line.quantity for line in ret.lines})
    ]
    if not ours:
        return Finding.NOT_THERE
    return Effect(same[0].id) if len(same) == 1 else Finding.UNCLEAR


def processed(
    held: ShopReturn, items: Sequence[ProcessItem], *, owed: Money, key: UUID, taken: frozenset[str]
) -> Effect | Finding:
    """Whether the shop processed `items` and paid `owed`: then the refund, or the return itself where none was due.

    `taken` are refunds that other settlements of ours were matched with.
    """
    done = {line.id: line.processed for line in held.lines}
    finding = _counted([(done.get(item.id, 0) - item.before, item.quantity) for item in items])
    if finding is not None:
        return finding
    return Effect(held.id) if owed.amount == 0 else _refund(held.refunds, owed=owed, key=key, taken=taken)


def _refund(refunds: Iterable[ShopRefund], *, owed: Money, key: UUID, taken: frozenset[str]) -> Effect | Finding:
    fit = [refund for refund in refunds if refund.id not in taken and refund.amount == owed]
    chosen = [refund for refund in fit if str(key) in refund.note] or fit
    return Effect(chosen[0].id) if len(chosen) == 1 else Finding.UNCLEAR


def exchange_of(held: ShopReturn, line: ReturnLine, agreed: Agreed | None) -> ShopExchangeLine:
    """The shop's line of what goes out for `line`. Raises ExchangeNotOpened where it is not there, or has too few left."""
    wanted = line.exchange_variant
    if agreed is None or wanted is None or agreed.place >= len(held.exchanges):
        raise ExchangeNotOpened(line.title)
    found = held.exchanges[agreed.place]
    if found.variant_id != wanted.id or found.quantity - found.processed < line.quantity:
        raise ExchangeNotOpened(line.title)
    return found


def exchanged(
    held: ShopReturn, effect: Effect | Finding, *, line_id: str, quantity: int, before: int
) -> Effect | Finding:
    """Whether what goes out was processed with what came back, of which `effect` tells: the line of it at the shop."""
    if not isinstance(effect, Effect):
        return effect
    done = {line.id: line.processed for line in held.exchanges}
    made = done.get(line_id, 0) - before == quantity
    return Effect(line_id) if made else Finding.UNCLEAR


def carded(cards: Sequence[ShopCard], *, value: Money, note: str) -> Effect | Finding:
    """Which of the cards with our code is ours: the one that is worth what we gave, with our note."""
    if not cards:
        return Finding.NOT_THERE
    ours = [card for card in cards if card.value == value and card.note == note]
    return Effect(ours[0].id, last4=ours[0].last4) if len(ours) == len(cards) == 1 else Finding.UNCLEAR


def credited(
    held: Iterable[ShopCredit], *, amount: Money, expires_on: date | None, before: Iterable[str], taken: frozenset[str]
) -> Effect | Finding:
    """Which credit is ours: the only one like it that was not there `before` and is no other settlement's."""
    known = {*before, *taken}
    like = [credit for credit in held if (credit.amount, credit.expires_on) == (amount, expires_on)]
    fresh = [credit for credit in like if credit.id not in known]
    if not fresh:
        return Finding.NOT_THERE
    return Effect(fresh[0].id) if len(fresh) == 1 else Finding.UNCLEAR


def labelled(held: ShopReturn, tracking_number: str) -> Effect | Finding:
    """Whether the label with this number is at the shop's return."""
    delivery = dict(held.labels).get(tracking_number)
    return Effect(delivery) if delivery else Finding.NOT_THERE


def closed(held: ShopReturn) -> Effect | Finding:
    """Whether the shop's return is closed."""
    return Effect(held.id) if held.is_closed else Finding.NOT_THERE


def released(held: ShopReturn, items: Sequence[ReleaseItem]) -> Effect | Finding:
    """Whether the shop has taken `items` out of its return. A line that holds nothing more is there no more."""
    now = {line.id: line.quantity for line in held.lines}
    finding = _counted([(item.before - now.get(item.id, 0), item.quantity) for item in items])
    return finding or Effect(held.id)


def reopened(held: ShopReturn) -> Effect | Finding:
    """Whether the shop's return is open."""
    return Finding.NOT_THERE if held.is_closed or held.is_cancelled else Effect(held.id)


def cancelled(held: ShopReturn) -> Effect | Finding:
    """Whether the shop's return is cancelled, or closed where it could not be cancelled any more."""
    return Effect(held.id) if held.is_cancelled or held.is_closed else Finding.NOT_THERE


def _counted(since: Sequence[tuple[int, int]]) -> Finding | None:
    """Of changes counted beside those wanted: none made, not all made, or None when it is as it should be."""
    if not any(made for made, _ in since):
        return Finding.NOT_THERE
    return None if all(made == wanted for made, wanted in since) else Finding.UNCLEAR
