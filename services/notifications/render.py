"""A mail's words: templates in a sandbox, with amounts and days as the shopper writes them."""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import format_currency, parse_pattern
from jinja2 import FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment, SandboxedEnvironment

from libs.contracts.values import Money
from services.notifications.colours import as_text, text_on
from services.notifications.domain import Template

# ISO 4217. Babel's own table has what is used in shops, and would show 10.50 AFN as 11.
_WITHOUT_MINOR = frozenset(
    (
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    )
)
_WITH_THOUSANDTHS = frozenset(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"))


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail in words: one line of subject, and the same content twice."""

    subject: str
    html: str
    text: str


def render(template: Template, context: Mapping[str, Any]) -> Rendered:
    """The mail that `template` makes of `context`; raises UndefinedError where it asks for what is not there."""
    subject, html, text = (
        TEMPLATES.get_template(f"{template}.{kind}").render(context) for kind in ("subject", "html", "txt")
    )
    return Rendered(subject=" ".join(subject.split()), html=html, text=text)


def money(amount: Money, locale: str) -> str:
    """`£42.05`, the way `locale` writes it."""
    digits = 0 if amount.currency in _WITHOUT_MINOR else 3 if amount.currency in _WITH_THOUSANDTHS else 2
    spoken = Locale.parse(locale, sep="-")
    pattern = copy(parse_pattern(spoken.currency_formats["standard"]))
    pattern.frac_prec = (digits, digits)
    major = Decimal(amount.amount).scaleb(-digits)
    return format_currency(major, amount.currency, pattern, locale=spoken, currency_digits=False)


def day(moment: datetime, locale: str, today: datetime) -> str:
    """`3 December`, with the year where it is not this one. Days are UTC's."""
    on, spoken = moment.astimezone(UTC).date(), Locale.parse(locale, sep="-")
    if on.year == today.astimezone(UTC).year:
        return format_skeleton("MMMMd", on, locale=spoken)
    return format_date(on, "long", locale=spoken)


@pass_context
def _money_here(context: Context, amount: Money) -> str:
    return money(amount, context["locale"])


@pass_context
def _day_here(context: Context, moment: datetime) -> str:
    return day(moment, context["locale"], context["now"])


def _environment() -> SandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=lambda name: name is not None and name.endswith(".html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"money": _money_here, "day": _day_here, "text_on": text_on, "as_text": as_text}
    return made


TEMPLATES = _environment()
