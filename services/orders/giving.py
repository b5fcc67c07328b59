"""How each resolution is given at the shop: what is asked, after which checks, and how its effect is recognised."""

import secrets
from dataclasses import replace
from string import ascii_lowercase, digits

from libs.contracts.errors import Refused
from libs.contracts.values import CreditAs, Money, Resolution, ReturnLine
from services.orders.domain import exchanges, matching
from services.orders.domain.exchanges import (
    Agreed,
    ExchangeCostsMore,
    ExchangeNotOpened,
    PriceChanged,
    ShopExchangeLine,
    VariantDearer,
    VariantMissing,
)
from services.orders.domain.jobs import Job, Request
from services.orders.domain.matching import Effect, Finding, LineNotInReturn, ProcessItem, ShopReturn
from services.orders.domain.settlements import bonus, check_worth, shares
from services.orders.domain.worth import worth
from services.orders.outside import credit, returns
from services.orders.outside.admin import AdminClient, JsonObject
from services.orders.outside.exchanges import sold_lines, variants_now
from services.orders.outside.returns import Exchange, Giving, GoingOut, Outcome

CODE_LENGTH = 16  # of a gift card's code; Shopify takes 8 to 20 of these letters and digits
_LETTERS = ascii_lowercase + digits


class NoCustomer(Refused):
    """The order belongs to nobody whom the shop could credit."""

    def __init__(self) -> None:
        super().__init__("orders.no_customer", "The order has no customer to credit.")


def ask_settlement(job: Job, client: AdminClient) -> Request:
    """The call that gives what is owed. Raises Refused where it would be wrong, before anything is given."""
    held = returns.read_return(client, job.shop_return_id)
    items = matching.items_of(held, job.number, job.lines, job.places)
    gives, going_out = job.resolution, None
    if gives is Resolution.EXCHANGE:
        gives, going_out = _exchange_or_instead(job, held, client)
    if gives is Resolution.STORE_CREDIT and job.owed.amount:
        return _ask_credit(job, items, client)
    if going_out is not None:
        giving = _for_exchange(job, items, going_out, client)
    else:
        giving = Giving(_payments(job, items, client)) if job.owed.amount else Giving()
    return returns.processing(job.shop_return_id, items, giving, note=note_of(job))


def note_of(job: Job) -> str:
    """What the shop's staff read at a refund or a card of ours, and we find it by."""
    return f"{job.number} {job.key}"


def _offered(
    job: Job,
    items: tuple[ProcessItem, ...],
    client: AdminClient,
    *,
    goods: GoingOut | None = None,
    cost: int = 0,
    as_credit: bool = False,
) -> Outcome:
    """What the shop would give, which is what our own formula says, or nothing is given.

    Raises WorthDiffers, or AmountDiffers where more is owed than the goods are worth.
    """
    by_shop = sold_lines(client, job.shop_order_id)
    sold = {line: by_shop[shop_line] for line, shop_line in job.shop_lines.items() if shop_line in by_shop}
    mine = worth(job.lines, sold)
    found = returns.outcome(client, job.shop_return_id, items, job.owed.currency, goods=goods, as_credit=as_credit)
    offered = found.amount.model_copy(update={"amount": found.amount.amount + cost})
    check_worth(job.owed, worth=mine, offered=offered)
    return found


def _payments(job: Job, items: tuple[ProcessItem, ...], client: AdminClient) -> tuple[tuple[str, Money], ...]:
    """From which payments what is owed goes back: what the shop would give, or less of it."""
    offered = _offered(job, items, client)
    return shares(job.owed, offered.amount, offered.payments)


def _ask_credit(job: Job, items: tuple[ProcessItem, ...], client: AdminClient) -> Request:
    """Store credit together with the goods; a gift card before them, for it is what may still be refused."""
    _offered(job, items, client, as_credit=True)
    until = job.credit.expires_on
    if job.credit.given_as is CreditAs.STORE_CREDIT:
        giving = Giving(credit=job.owed, expires_on=until)
        return returns.processing(job.shop_return_id, items, giving, note=note_of(job))
    code = job.credit.code or "".join(secrets.choice(_LETTERS) for _ in range(CODE_LENGTH))
    return credit.carding(card_value(job), code=code, expires_on=until, note=note_of(job))


def card_value(job: Job) -> Money:
    """What a gift card is worth: what is owed, and what comes on top."""
    extra = bonus(job.lines)
    return job.owed.model_copy(update={"amount": job.owed.amount + (extra.amount if extra else 0)})


def _exchange_or_instead(
    job: Job, held: ShopReturn, client: AdminClient
) -> tuple[Resolution, tuple[ShopExchangeLine, Agreed] | None]:
    """What is given for an exchange: the goods where they are there right now, else what the request names."""
    (line,) = job.lines
    if line.exchange_variant is None:
        raise VariantMissing(line.title)
    agreed = job.agreed.get(line.id)
    now = variants_now(client, [line.exchange_variant.id], country=job.country).get(line.exchange_variant.id)
    if now is None or not now.has(line.quantity):
        return exchanges.instead(line, line.exchange_variant.title), None
    exchanges.check_price(line, now)
    if agreed is None:  # not opened with it: say why, where that can be told
        exchanges.charge(line, now, job.list_prices.get(line.order_line_id, now.price))
    shop_line = matching.exchange_of(held, line, agreed)
    assert agreed is not None  # else it would not have been found
    return Resolution.EXCHANGE, (shop_line, agreed)


def _for_exchange(
    job: Job, items: tuple[ProcessItem, ...], going_out: tuple[ShopExchangeLine, Agreed], client: AdminClient
) -> Giving:
    """The goods, and back as money what they cost less than what is owed. Raises ExchangeCostsMore."""
    (line,), (shop_line, agreed) = job.lines, going_out
    goods = GoingOut(shop_line.id, line.quantity, shop_line.processed)
    cost = exchanges.cost(agreed, shop_line, line.quantity, job.owed.currency)
    offered = _offered(job, items, client, goods=goods, cost=cost.amount)
    back = job.owed.model_copy(update={"amount": job.owed.amount - cost.amount})
    if back.amount < 0:
        raise ExchangeCostsMore(line.exchange_variant.title if line.exchange_variant else line.title)
    return Giving(shares(back, offered.amount, offered.payments), goods=goods)


def settlement_made(job: Job, request: Request, payload: JsonObject) -> Effect | Finding:
    """The effect of `ask_settlement` in its answer."""
    if request.operation == "GiftCardCreate":
        made = payload["giftCard"]
        cards = (credit.card(made),) if made else ()
        return (
            _credit_effect(matching.carded(cards, value=card_value(job), note=note_of(job)))
            if cards
            else Finding.UNCLEAR
        )
    if not payload["return"]:
        return Finding.UNCLEAR
    held, goods = returns.returned(payload["return"]), returns.going_out(request)
    owed = returns.paid_by(request, job.owed.currency) if goods else job.owed
    items = returns.processing_items(request)
    effect = matching.processed(held, items, key=job.key, owed=owed, taken=job.taken)
    if goods:
        return matching.exchanged(held, effect, line_id=goods.id, quantity=goods.quantity, before=goods.before)
    if not isinstance(effect, Effect):
        return effect
    return _credit_effect(effect) if returns.is_credit(request) else replace(effect, gave=_gave(job))


def _credit_effect(effect: Effect | Finding) -> Effect | Finding:
    return replace(effect, gave=Resolution.STORE_CREDIT) if isinstance(effect, Effect) else effect


def _gave(job: Job) -> Resolution | None:
    """What was given by a call that gave money or nothing: what was asked for, or an exchange's fallback."""
    return job.lines[0].fallback if job.resolution is Resolution.EXCHANGE else None


def settlement_found(job: Job, request: Request, client: AdminClient) -> Effect | Finding:
    """The effect of `ask_settlement` at the shop."""
    if request.operation == "GiftCardCreate":
        cards = credit.read_cards(client, request.code)
        return _credit_effect(matching.carded(cards, value=card_value(job), note=note_of(job)))
    return settlement_made(job, request, {"return": returns.read_raw(client, job.shop_return_id)})


def ask_goods(job: Job, client: AdminClient) -> Request | None:
    """The goods of a gift card are taken, without money; None where somebody at the shop has done so."""
    held = returns.read_return(client, job.shop_return_id)
    try:
        items = matching.items_of(held, job.number, job.lines, job.places)
    except LineNotInReturn:
        return None
    return returns.processing(job.shop_return_id, items, Giving(), note=note_of(job))


def goods_made(job: Job, request: Request, payload: JsonObject) -> Effect | Finding:
    """Whether the goods are taken, by the answer."""
    if not payload["return"]:
        return Finding.UNCLEAR
    nothing = Money(amount=0, currency=job.owed.currency)
    held, items = returns.returned(payload["return"]), returns.processing_items(request)
    return matching.processed(held, items, key=job.key, owed=nothing, taken=frozenset())


def goods_found(job: Job, request: Request, client: AdminClient) -> Effect | Finding:
    """Whether the goods are taken, by the shop's return."""
    return goods_made(job, request, {"return": returns.read_raw(client, job.shop_return_id)})


def ask_bonus(job: Job, client: AdminClient) -> Request:
    """What comes on top of store credit is credited to the order's customer. Raises NoCustomer."""
    account = credit.read_credits(client, job.shop_order_id)
    if account.customer is None:
        raise NoCustomer()
    return credit.crediting(account.customer, job.owed, expires_on=job.credit.expires_on, before=account.credits)


def bonus_made(_job: Job, _request: Request, payload: JsonObject) -> Effect | Finding:
    """The credit that the shop made, by the answer."""
    made = payload["storeCreditAccountTransaction"]
    return Effect(made["id"]) if made else Finding.UNCLEAR


def bonus_found(job: Job, request: Request, client: AdminClient) -> Effect | Finding:
    """The credit that the shop made, by the customer's account."""
    held = credit.read_credits(client, job.shop_order_id).credits
    until = job.credit.expires_on
    return matching.credited(held, amount=job.owed, expires_on=until, before=request.before, taken=job.taken)


def ask_dropping(job: Job, client: AdminClient) -> Request | None:
    """What was sold out is taken out of the shop's return; None where it is not in it."""
    held = returns.read_return(client, job.shop_return_id)
    (line,) = job.lines
    try:
        found = matching.exchange_of(held, line, job.agreed.get(line.id))
    except ExchangeNotOpened:
        return None
    return None if held.is_closed else returns.dropping(job.shop_return_id, found)


def dropping_made(_job: Job, request: Request, payload: JsonObject) -> Effect | Finding:
    """Whether it is out of the return, by the answer."""
    if not payload["return"]:
        return Finding.UNCLEAR
    held = returns.returned(payload["return"])
    left = {line.id: line.quantity - line.processed for line in held.exchanges}
    return Finding.NOT_THERE if any(left.get(line_id) for line_id in request.before) else Effect(held.id)


def dropping_found(job: Job, request: Request, client: AdminClient) -> Effect | Finding:
    """Whether it is out of the return, by the shop's return."""
    return dropping_made(job, request, {"return": returns.read_raw(client, job.shop_return_id)})


def exchanges_of(job: Job, client: AdminClient) -> tuple[Exchange, ...]:
    """The exchanges that a return is opened with: those that the shop can make. The others are told when they are due."""
    wanted = [line for line in job.lines if line.resolution is Resolution.EXCHANGE and line.exchange_variant]
    ids = [line.exchange_variant.id for line in wanted if line.exchange_variant]
    now = variants_now(client, ids, country=job.country)
    found = (_exchange(job, line, now) for line in wanted)
    return tuple(exchange for exchange in found if exchange is not None)


def _exchange(job: Job, line: ReturnLine, now: dict[str, exchanges.Variant]) -> Exchange | None:
    assert line.exchange_variant is not None
    variant, list_price = now.get(line.exchange_variant.id), job.list_prices.get(line.order_line_id)
    if variant is None or list_price is None:
        return None
    try:
        return Exchange(line, variant, exchanges.charge(line, variant, list_price))
    except (VariantDearer, PriceChanged):
        return None
