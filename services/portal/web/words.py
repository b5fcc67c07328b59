"""What pages say, and how money and dates read: one language at a time, chosen for each page by `speaking`.

Every sentence goes through `t` or `tn`, which look it up in the language's catalogue (`locale/<language>/LC_MESSAGES/
portal.mo`) and fall back to the English written in the source.
"""

import gettext
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import format_currency, parse_pattern

from libs.contracts.values import Money

# ISO 4217's table by the number of decimal places; two where nothing is said.
_PLACES = {
    "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0, "UGX": 0,
    "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
    "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
}  # fmt: skip
_CATALOGUES = Path(__file__).parent / "locale"


@dataclass(frozen=True, slots=True)
class Voice:
    """A language to speak in, and the day that dates are told from. Whoever got a present is told no prices."""

    locale: Locale
    catalogue: gettext.NullTranslations
    today: date
    tells_prices: bool = True

    @property
    def language(self) -> str:
        """The language as HTML names it: `en-GB`."""
        return str(self.locale).replace("_", "-")

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`."""
        return self.locale.text_direction


COVERED = "•••"  # in place of an amount
_voice: ContextVar[Voice] = ContextVar("portal_voice")


@contextmanager
def speaking(language: str, *, today: date, tells_prices: bool = True) -> Iterator[Voice]:
    """Say everything inside in `language` (BCP 47; English where it is unknown), amounts covered where they are not told."""
    locale = _locale(language)
    token = _voice.set(Voice(locale, _catalogue(str(locale)), today, tells_prices))
    try:
        yield _voice.get()
    finally:
        _voice.reset(token)


def t(text: str, /, **values: object) -> str:
    """`text` in the present language, with its `{names}` filled in."""
    said = _voice.get().catalogue.gettext(text)
    return said.format(**values) if values else said


def tn(one: str, many: str, count: int, /, **values: object) -> str:
    """The plural form for `count`, which is also the value of `{count}`."""
    return _voice.get().catalogue.ngettext(one, many, count).format(count=count, **values)


def places(currency: str) -> int:
    """How many decimal places an amount in this currency is written with."""
    return _PLACES.get(currency, 2)


def money(amount: Money, always: bool = False) -> str:
    """`£42.05`; a negative amount has a true minus sign. What somebody pays themselves is told them `always`."""
    # Babel's own table has what is used in shops, and would show 10.50 RSD as 1,050.
    if not (always or _voice.get().tells_prices):
        return COVERED
    locale, digits = _voice.get().locale, places(amount.currency)
    pattern = copy(parse_pattern(locale.currency_formats["standard"]))
    pattern.frac_prec = (digits, digits)
    major = Decimal(amount.amount).scaleb(-digits)
    said = format_currency(major, amount.currency, pattern, locale=locale, currency_digits=False)
    return said.replace("-", "\N{MINUS SIGN}")


def worth(amount: Money, bonus: Money | None) -> str:
    """`£50.00 + £5.00 bonus = £55.00`, or the amount alone where nothing comes on top."""
    if bonus is None or not _voice.get().tells_prices:
        return money(amount)
    total = whole(amount, bonus)
    return t("{amount} + {bonus} bonus = {total}", amount=money(amount), bonus=money(bonus), total=total)


def whole(amount: Money, bonus: Money | None) -> str:
    """`£55.00`: the amount with what comes on top."""
    return money(amount.model_copy(update={"amount": amount.amount + (bonus.amount if bonus else 0)}))


def day(value: date | datetime) -> str:
    """`3 December`, with the year where it is not this one. Moments are taken in UTC."""
    voice = _voice.get()
    on = value.astimezone(UTC).date() if isinstance(value, datetime) else value
    if on.year != voice.today.year:
        return format_date(on, "long", locale=voice.locale)
    return format_skeleton("MMMMd", on, locale=voice.locale)


def moment(value: datetime) -> str:
    """`3 December, 14:02`, in UTC."""
    at = value.astimezone(UTC)
    return t("{day}, {time}", day=day(at), time=format_time(at, "short", locale=_voice.get().locale))


def stamp(value: datetime) -> str:
    """`3 Dec, 14:02`, for tables, in UTC; another year's has the year in place of the time."""
    voice, at = _voice.get(), value.astimezone(UTC)
    if at.year != voice.today.year:
        return format_skeleton("yMMMd", at, locale=voice.locale)
    short = format_skeleton("MMMd", at, locale=voice.locale)
    return t("{day}, {time}", day=short, time=format_time(at, "short", locale=voice.locale))


def iso(value: date | datetime) -> str:
    """For a machine, as `<time datetime>` wants it."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, datetime) else value.isoformat()


def language_name() -> str:
    """The present language in its own words: `English (United Kingdom)`."""
    locale = _voice.get().locale
    name = locale.get_display_name(locale) or str(locale)
    return name[:1].upper() + name[1:]


def country_name(code: str) -> str:
    """A country in the present language; its code where that has no name for it."""
    return str(_voice.get().locale.territories.get(code, code))


@lru_cache(maxsize=64)
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except (ValueError, UnknownLocaleError):
        return Locale.parse("en")


@lru_cache(maxsize=64)
def _catalogue(locale: str) -> gettext.NullTranslations:
    return gettext.translation("portal", _CATALOGUES, [locale, locale.partition("_")[0]], fallback=True)
