"""A mail's words: amounts and days as the shopper writes them, and nothing a shopper types becomes markup."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from jinja2.sandbox import SecurityError

from libs.contracts.values import ExchangeVariant, LabelTerms, Money, Resolution
from services.notifications.domain import OF_NO_RETURN, TO_STAFF, Details, Mail, Template, What
from services.notifications.letters import Enclosed, write
from services.notifications.render import TEMPLATES, day, moment, money, plain, spoken
from tests.unit.notifications.examples import (
    BOOKED,
    LINE,
    MANAGE,
    contact,
    dress,
    look,
    mail,
    notice,
    photograph,
    shirt,
)


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


def test_a_proof_names_the_second_and_the_zone():
    assert moment(BOOKED.replace(second=7), "en-GB") == "23 November 2026, 10:00:07 UTC"


def test_a_code_of_the_retailer_is_read_as_words():
    assert spoken("does_not_fit") == "Does not fit"


def test_marks_that_turn_a_line_around_are_left_out_of_what_people_typed():
    assert plain("seam\N{RIGHT-TO-LEFT OVERRIDE} torn\r\n\x00at the left ") == "seam  torn\n at the left"


def parts(whole: Mail, **enclosed) -> tuple[str, str, str]:
    message = write(whole, enclosed=Enclosed(**enclosed), now=BOOKED).message
    html, text = (message.get_body((kind,)).get_content() for kind in ("html", "plain"))
    return message["Subject"], html, text


@pytest.mark.parametrize(
    "template", [each for each in Template if each not in TO_STAFF | OF_NO_RETURN | {Template.LABEL_SENT}]
)
def test_every_mail_about_a_return_names_it_and_links_to_its_page(template):
    subject, html, text = parts(mail(template))

    for content in (html, text):
        assert "https://returns.alder.example/r/secret" in content
        assert "Linen camp shirt" in content
        assert "AL-1001" in content
    assert 0 < len(subject) <= 60


def test_a_label_for_another_address_opens_nothing_and_tells_nothing_of_the_items():
    subject, html, text = parts(mail(Template.LABEL_SENT))

    for content in (html, text):
        assert "https://returns.alder.example/r/secret" not in content
        assert "Linen camp shirt" not in content
        assert "HW0000000001" in content
    assert "R-7KQ2M9" in subject


def test_what_was_chosen_in_exchange_stands_in_the_mails_to_shopper_and_staff():
    chosen = ExchangeVariant(id="gid://v/2", title="Wide-leg trousers, Ink / 12")
    lines = (shirt(resolution=Resolution.EXCHANGE, exchange_variant=chosen),)

    _, html, text = parts(mail(Template.RETURN_SUBMITTED, lines=lines))
    _, staff_html, staff_text = parts(mail(Template.REVIEW_DUE, lines=lines))

    for content in (html, text):
        assert "In exchange: Wide-leg trousers, Ink / 12" in content
        assert "45.00" not in content
    for content in (staff_html, staff_text):
        assert "xchange, Wide-leg trousers, Ink / 12" in content


@pytest.mark.parametrize(
    ("template", "link"),
    [
        (Template.REVIEW_DUE, MANAGE),
        (Template.INFORMATION_RECEIVED, MANAGE),
        (Template.STAFF_REMINDER, MANAGE),
        (Template.INTAKE_MATCHED, "https://returns.alder.example/go/secret"),
        (Template.INTAKE_UNMATCHED, "https://returns.alder.example"),
        (Template.STAFF_INVITED, "https://returns.alder.example/admin/invite/x"),
        (Template.ACCESS_RESET, "https://returns.alder.example/admin/reset/x"),
    ],
)
def test_every_other_mail_has_one_button_to_where_it_goes_on(template, link):
    subject, html, text = parts(mail(template))

    assert html.count(f'href="{link}"') == 1
    assert f": {link}\n" in text
    assert 0 < len(subject) <= 70


@pytest.mark.parametrize("template", list(Template))
def test_html_and_text_say_the_same(template):
    _, html, text = parts(mail(template))

    heading = re.search(r"<h1[^>]*>(.*?)</h1>", html, re.DOTALL)[1].strip()
    lead = re.search(r"</h1>\s*<p[^>]*>(.*?)</p>", html, re.DOTALL)[1]
    assert unescape(heading) == text.splitlines()[0]
    assert " ".join(unescape(lead).split()) in " ".join(text.split())


@pytest.mark.parametrize("template", [Template.REFUNDED, Template.CREDITED, Template.FEE_REFUNDED])
def test_money_is_named_in_subject_and_text(template):
    told = mail(template)

    subject, _, text = parts(told)

    written = money(told.notice.amount, "en-GB")
    assert written in subject
    assert written in text


@pytest.mark.parametrize("template", [Template.REFUNDED, Template.CREDITED])
def test_less_than_was_told_is_said_with_where_to_see_why(template):
    less = replace(notice(template), amount=Money(amount=3000, currency="GBP"))

    for content in parts(mail(template, notice=less))[1:]:
        assert "It is less than the £45.00 you were first told" in unescape(content)
    assert "less than" not in parts(mail(template))[2]


def test_staff_get_everything_to_decide_from():
    lines = (
        shirt(sub_reason="too_small", comment="The sleeves end above the wrist.", sku="CAMP-SAGE-10"),
        dress(resolution=Resolution.STORE_CREDIT, keep_item=True),
    )

    review = mail(Template.REVIEW_DUE, lines=lines, shopper=contact(phone="+44 20 7946 0000"))

    for content in parts(review, photos=(photograph(kind="JPEG"),))[1:]:
        for detail in (
            "R-7KQ2M9",
            "AL-1001",
            "Ada Byron, ada@example.com, +44 20 7946 0000",
            "Linen camp shirt",
            "CAMP-SAGE-10",
            "Does not fit, too small",
            "The sleeves end above the wrist.",
            "£45.00",
            "tore credit, £89.00, and keeps the item",
            "photo",
            MANAGE,
        ):
            assert detail in content


@pytest.mark.parametrize(
    ("details", "said"),
    [
        (Details(label=LabelTerms.FREE), "Your label is free. It comes in the next email"),
        (Details(label=LabelTerms.PAID), "A link to pay it comes in the next email"),
        (Details(label=LabelTerms.NONE), "Write R-7KQ2M9 on the parcel"),
        (Details(label=LabelTerms.NONE, line_ids=(LINE,)), "You keep the item: there is nothing to send"),
    ],
)
def test_an_acceptance_says_what_comes_next(details, said):
    accepted = notice(Template.ACCEPTED, details=details)

    for content in parts(mail(Template.ACCEPTED, notice=accepted))[1:]:
        assert said in content


def test_a_return_that_is_taken_up_again_promises_no_label_to_who_sent_the_parcel():
    again = notice(Template.ACCEPTED, details=Details(label=LabelTerms.FREE, attempt=2))

    subject, _, text = parts(mail(Template.ACCEPTED, notice=again))

    assert subject == "Your return R-7KQ2M9 goes on"
    assert "If your parcel is on its way, there is nothing for you to do." in text
    assert "Your label is free" not in text


def test_a_return_that_ends_with_nothing_given_says_so():
    text = parts(mail(Template.CLOSED, notice=notice(Template.CLOSED, details=Details())))[2]

    assert "no money is due for it" in text


def test_a_new_label_says_that_the_old_one_is_not_to_be_used():
    renewed = notice(Template.LABEL_READY, details=Details(parcel=2, attempt=2))

    subject, html, text = parts(mail(Template.LABEL_READY, notice=renewed))

    assert subject == "Your new label for return R-7KQ2M9, parcel 2"
    assert "Do not use the label you had before." in html
    assert "Do not use the label you had before." in text


def test_a_withdrawal_is_acknowledged_with_its_content_and_its_moment():
    for content in parts(mail(Template.WITHDRAWAL_RECEIVED))[1:]:
        for detail in (
            "23 November 2026, 10:00:00 UTC",
            "Ada Byron, ada@example.com",
            "AL-1001",
            "1 × Linen camp shirt, Sage / 10",
        ):
            assert detail in content


@pytest.mark.parametrize(
    ("awaiting", "said"),
    [
        ("awaiting_dropoff", "Drop off by 3 December"),
        ("awaiting_information", "Answer by 3 December"),
        ("awaiting_payment", "Pay for your label by 3 December"),
    ],
)
def test_a_reminder_names_the_last_day(awaiting, said):
    due = notice(Template.REMINDER, details=Details(awaiting=awaiting, until=BOOKED + timedelta(days=10)))

    subject, _, text = parts(mail(Template.REMINDER, notice=due))

    assert subject == f"{said}: return R-7KQ2M9"
    assert "3 December" in text


def test_a_cancelled_return_says_what_becomes_of_label_and_fee():
    told = mail(Template.CANCELLED, happened={What.SUBMITTED: BOOKED, What.LABELLED: BOOKED, What.FEE_PAID: BOOKED})

    assert "do not use it" in parts(told)[2]
    assert "What you paid for the label comes back to you." in parts(told)[2]
    assert "label" not in parts(mail(Template.CANCELLED))[2]


@pytest.mark.parametrize("template", list(Template))
def test_what_anybody_types_is_inert_in_the_html(template):
    evil = '"><img src=x onerror=alert(1)><script>alert(1)</script>'
    told = notice(template)
    typed = dict.fromkeys(("words", "reason", "role", "by", "number", "order_number"), evil)
    details = told.details.model_copy(update=typed | {"can": (evil,), "cannot": (evil,), "because": (evil,)})
    hostile = mail(
        template,
        notice=replace(told, details=details, tracking_number=evil),
        shopper=contact(name=evil, phone=evil),
        lines=(shirt(title=evil, variant=evil, sku=evil, reason=evil, sub_reason=evil, comment=evil, image=evil),),
        number=evil,
        order_number=evil,
        look=look(name=evil),
    )

    html = parts(hostile)[1]

    assert "<script" not in html
    assert "<img src=x" not in html
    assert "&lt;img src=x" in html


def test_a_template_cannot_reach_python():
    with pytest.raises(SecurityError):
        TEMPLATES.from_string("{{ number.__class__.__mro__ }}").render(number="R-7KQ2M9")
