"""What the mail server's answers mean."""

import socket
from contextlib import closing

import pytest

from libs.chassis.errors import Transient
from libs.chassis.outside import CallInsideUnit, Declined
from services.notifications.letters import write
from services.notifications.outside import MailServer
from services.notifications.settings import NotificationsSettings
from tests.unit.notifications.examples import BOOKED, contact, mail


def server(url: str) -> MailServer:
    return MailServer(NotificationsSettings(smtp_url=url, smtp_timeout_seconds=1))


@pytest.fixture
def letter():
    return write(mail(to=contact(email="outside@example.com")), now=BOOKED)


def test_no_mail_server_means_another_try(environment, letter):
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]

        with pytest.raises(Transient, match="smtp: ConnectionRefusedError"):
            server(f"smtp://127.0.0.1:{port}").send(letter)


def test_a_silent_mail_server_is_given_up_in_time(environment, letter):
    with closing(socket.socket()) as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        port = silent.getsockname()[1]

        with pytest.raises(Transient, match="smtp: SMTPServerDisconnected"):
            server(f"smtp://127.0.0.1:{port}").send(letter)


def test_a_no_for_good_keeps_the_servers_words(environment, mailbox, letter):
    mailbox.misbehave("refuse", at="outside@example.com")

    with pytest.raises(Declined) as declined:
        server(mailbox.smtp).send(letter)

    assert (declined.value.code, declined.value.words) == ("550", "5.1.1 No such mailbox here")


def test_a_no_for_now_keeps_no_words(environment, mailbox, letter):
    mailbox.misbehave("tempfail", at="outside@example.com")

    with pytest.raises(Transient) as tired:
        server(mailbox.smtp).send(letter)

    assert str(tired.value) == "smtp: 451"


def test_a_server_without_protection_is_not_spoken_to_where_protection_is_set(environment, mailbox, letter):
    unprotected = mailbox.smtp.replace("smtp://", "smtp+starttls://")

    with pytest.raises(Transient, match="smtp: SMTPNotSupportedError"):
        server(unprotected).send(letter)

    assert mailbox.to("outside@example.com") == []


def test_no_mail_leaves_while_a_transaction_is_open(desk, letter, mailbox):
    with pytest.raises(CallInsideUnit), desk.service.mails.unit(retailer_id=desk.retailer_id):
        server(mailbox.smtp).send(letter)
