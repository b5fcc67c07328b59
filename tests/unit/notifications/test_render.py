"""A mail's words: amounts and days as the shopper writes them, and nothing a shopper types becomes markup."""

from datetime import UTC, datetime

import pytest
from jinja2.sandbox import SecurityError

from libs.contracts.values import Money
from services.notifications.domain import Template
from services.notifications.letters import write
from services.notifications.render import TEMPLATES, day, money
from tests.unit.notifications.examples import BOOKED, contact, mail, shirt


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "written"),
    [
        (4205, "GBP", "en-GB", "£42.05"),
        (4205, "EUR", "de-DE", "42,05\N{NO-BREAK SPACE}€"),
        (1050, "JPY", "ja-JP", "\N{FULLWIDTH YEN SIGN}1,050"),
        (1234, "KWD", "en-GB", "KWD1.234"),
        (1050, "AFN", "en-GB", "AFN10.50"),
        (-500, "EUR", "en-IE", "-€5.00"),
    ],
)
def test_an_amount_is_written_with_the_decimals_of_its_currency(amount, currency, locale, written):
    assert money(Money(amount=amount, currency=currency), locale) == written


def test_a_day_of_this_year_is_written_without_it():
    assert day(datetime(2026, 12, 3, tzinfo=UTC), "en-GB", BOOKED) == "3 December"


def test_a_day_of_another_year_is_written_with_it():
    assert day(datetime(2025, 12, 3, tzinfo=UTC), "en-GB", BOOKED) == "3 December 2025"


def test_a_moment_is_the_day_it_has_in_utc():
    late_in_honolulu = datetime.fromisoformat("2026-12-02T20:00:00-10:00")

    assert day(late_in_honolulu, "en-US", BOOKED) == "December 3"


@pytest.mark.parametrize("template", list(Template))
def test_every_mail_names_the_return_and_links_to_its_status(template):
    message = write(mail(template), now=BOOKED).message

    for kind in ("html", "plain"):
        content = message.get_body((kind,)).get_content()
        assert "https://returns.alder.example/r/secret" in content
        assert "Linen camp shirt" in content
        assert "Alder" in content
    assert message["Subject"]


def test_a_refund_names_its_amount_in_subject_and_text():
    message = write(mail(Template.REFUNDED), now=BOOKED).message

    assert "£45.00" in message["Subject"]
    assert "£45.00" in message.get_body(("plain",)).get_content()


def test_what_a_shopper_or_a_shop_types_is_inert_in_the_html():
    hostile = mail(
        contact=contact(name="<script>alert(1)</script>"), lines=(shirt(title='"><img src=x onerror=alert(1)>'),)
    )

    html = write(hostile, now=BOOKED).message.get_body(("html",)).get_content()

    assert "<script" not in html
    assert "<img src=x" not in html
    assert "&lt;img src=x" in html


def test_a_template_cannot_reach_python():
    with pytest.raises(SecurityError):
        TEMPLATES.from_string("{{ number.__class__.__mro__ }}").render(number="R-7KQ2M9")
