"""Where the mail server is, and what is refused at start."""

import pytest
from pydantic import ValidationError

from libs.chassis.errors import Permanent
from services.notifications.settings import NotificationsSettings


def settings(smtp_url: str, sender: str | None = None) -> NotificationsSettings:
    return NotificationsSettings(amqp_url="amqp://localhost/", keys=f"k1:{43 * 'A'}=", smtp_url=smtp_url, sender=sender)


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("smtp://127.0.0.1:1025", "127.0.0.1", 1025),
        ("smtp://mail.example", "mail.example", 25),
        ("smtp+starttls://mail.example", "mail.example", 587),
        ("smtps://mail.example", "mail.example", 465),
    ],
)
def test_the_port_is_the_usual_one_unless_it_is_named(url, host, port):
    found = settings(url)

    assert (found.smtp_host, found.smtp_port) == (host, port)


def test_a_password_may_hold_any_character():
    found = settings("smtps://alder%40mail:p%3Ass%2Fword@mail.example")

    assert found.smtp_login == ("alder@mail", "p:ss/word")


def test_no_password_travels_in_the_clear():
    with pytest.raises(ValidationError, match="sends a password in the clear"):
        settings("smtp://alder:secret@mail.example")


@pytest.mark.parametrize("url", ["mail.example", "http://mail.example", "smtp://"])
def test_what_is_no_mail_server_is_refused_by_the_variables_name(url):
    with pytest.raises(ValidationError, match="NOTIFICATIONS_SMTP_URL must begin with"):
        settings(url)


def test_the_password_is_not_shown_with_the_settings():
    assert "secret" not in repr(settings("smtps://alder:secret@mail.example"))


def test_mails_of_no_retailer_come_from_the_operator():
    look = settings("smtp://mail.example", "Returns desk <desk@operator.example>").house_look()

    assert (look.sender, look.support_email) == ("Returns desk <desk@operator.example>", "desk@operator.example")


def test_without_a_sender_of_its_own_the_house_sends_nothing_and_says_which_variable_is_missing():
    with pytest.raises(Permanent, match="NOTIFICATIONS_SENDER"):
        settings("smtp://mail.example").house_look()
