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
from jinja2 import FunctionLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment, SandboxedEnvironment

from libs.contracts.values import Money, ReturnLine
from services.notifications.colours import as_text, text_on
from services.notifications.domain import Template
from services.notifications.domain.mails import bonus_of, worth_of

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


FOLDER = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail in words: one line of subject, and the same content twice."""

    subject: str
    html: str
    text: str


def render(template: Template, context: Mapping[str, Any]) -> Rendered:
    """The mail that `template` makes of `context`; raises UndefinedError where it asks for what is not there."""
    in_text = TEMPLATES.get_template(f"{template}.txt")
    subject = "".join(in_text.blocks["subject"](in_text.new_context({**context, "form": "txt"})))
    text = in_text.render(context, form="txt")
    html = TEMPLATES.get_template(f"{template}.html").render(context, form="html")
    return Rendered(subject=" ".join(subject.split()), html=html, text=_tidy(text))


def _tidy(text: str) -> str:
    """`text` with at most one empty line between its parts, whatever the frames left."""
    rows = [row.rstrip() for row in text.splitlines()]
    kept = [row for before, row in zip(["", *rows], rows, strict=False) if row or before]
    return "\n".join(kept).strip() + "\n"


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


def moment(at: datetime, locale: str) -> str:
    """`23 November 2026, 10:00:07 UTC`: exact, as a proof needs it."""
    spoken_in, utc = Locale.parse(locale, sep="-"), at.astimezone(UTC)
    return f"{format_date(utc.date(), 'long', locale=spoken_in)}, {utc:%H:%M:%S} UTC"


def plain(words: str | None) -> str:
    """What a person typed, without the control and direction characters that would turn the words around it."""
    return "".join(
        each if each.isprintable() or each == "\n" else " " for each in (words or "").replace("\r\n", "\n")
    ).strip()


def spoken(code: str) -> str:
    """A code of the retailer's as words: `does_not_fit` is `Does not fit`."""
    words = code.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


@pass_context
def _money_here(context: Context, amount: Money) -> str:
    return money(amount, context["locale"])


@pass_context
def _worth_here(context: Context, line: ReturnLine) -> str:
    """`£50.00 + £5.00 bonus = £55.00`, or what is owed alone where nothing comes on top."""
    locale, bonus = context["locale"], bonus_of(line)
    owed = money(line.owed, locale)
    return f"{owed} + {money(bonus, locale)} bonus = {money(worth_of(line), locale)}" if bonus else owed


@pass_context
def _day_here(context: Context, moment: datetime) -> str:
    return day(moment, context["locale"], context["now"])


@pass_context
def _moment_here(context: Context, at: datetime) -> str:
    return moment(at, context["locale"])


def _source(name: str) -> str | None:
    """A mail's words are written once, in `{mail}.mail`, and put into the frames of HTML and of text."""
    for file in (FOLDER / name, (FOLDER / name).with_suffix(".mail")):
        if file.is_file():
            return file.read_text()
    return None


def _environment() -> SandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(
        loader=FunctionLoader(_source),
        autoescape=lambda name: name is not None and name.endswith(".html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "money": _money_here,
        "worth": _worth_here,
        "day": _day_here,
        "moment": _moment_here,
        "plain": plain,
        "spoken": spoken,
        "text_on": text_on,
        "as_text": as_text,
    }
    return made


TEMPLATES = _environment()
