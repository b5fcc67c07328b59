"""What comes on top of what is due, where store credit is given."""

from libs.contracts.orders import SettlementSucceededV1
from libs.contracts.rules import Offer
from libs.contracts.values import CreditTerms, Money, Resolution
from services.portal.domain import Line, MoneyState
from services.portal.store.returns import Story


def bonus_of(line: Line, story: Story | None) -> Money | None:
    """The bonus of a line; once it is settled the one that was given, which another resolution has not. None where none is."""
    bonus = _bonus(line.asked.credit)
    if bonus is None:
        return None
    for fact in reversed(story.facts if story else ()):
        if fact.type == SettlementSucceededV1.type() and str(line.asked.id) in fact.data["line_ids"]:
            return bonus if fact.data.get("bonus") else None
    is_awaited = line.resolution is Resolution.STORE_CREDIT and line.money is not MoneyState.WAIVED
    return bonus if is_awaited and line.due.amount else None


def bonus_with(offer: Offer) -> Money | None:
    """The bonus that an offer promises."""
    return _bonus(offer.credit) if offer.resolution is Resolution.STORE_CREDIT and offer.amount.amount else None


def with_bonus(amount: Money, bonus: Money | None) -> Money:
    """What the shopper gets in all."""
    return amount.model_copy(update={"amount": amount.amount + (bonus.amount if bonus else 0)})


def _bonus(credit: CreditTerms | None) -> Money | None:
    return credit.bonus if credit and credit.bonus and credit.bonus.amount else None
