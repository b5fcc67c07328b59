"""Amounts as Shopify writes them, decimal strings, to integer minor units and back (exponents: ISO 4217)."""

from decimal import Decimal, InvalidOperation

from libs.contracts.values import Money

_WITHOUT_MINOR = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_WITH_THOUSANDTHS = "BHD IQD JOD KWD LYD OMR TND"


class BadAmount(ValueError):
    """Not a decimal string, or finer than the currency's smallest unit."""


def exponent(currency: str) -> int:
    """How many decimal places `currency` has."""
    if currency in _WITHOUT_MINOR:
        return 0
    return 3 if currency in _WITH_THOUSANDTHS else 2


def minor(amount: str, currency: str) -> Money:
    """`"42.05"` in GBP is 4205 pence. Raises BadAmount rather than round: a rounded amount is somebody's money."""
    if not isinstance(amount, str):
        raise BadAmount(f"{type(amount).__name__} is not a decimal string")
    try:
        units = Decimal(amount).scaleb(exponent(currency))
    except InvalidOperation:
        raise BadAmount(f"{amount!r} is not a number") from None
    if not units.is_finite() or units != units.to_integral_value():
        raise BadAmount(f"{amount} {currency} is finer than the currency")
    return Money(amount=int(units), currency=currency)


def major(money: Money) -> str:
    """4205 pence is `"42.05"`, the way Shopify takes amounts."""
    return f"{Decimal(money.amount).scaleb(-exponent(money.currency)):f}"


def total(amounts: list[Money], currency: str) -> Money:
    """The sum, in `currency` when there is nothing to add. Raises BadAmount on mixed currencies."""
    if any(money.currency != currency for money in amounts):
        raise BadAmount(f"not all in {currency}")
    return Money(amount=sum(money.amount for money in amounts), currency=currency)
