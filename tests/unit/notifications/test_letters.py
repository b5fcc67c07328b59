"""A mail as it travels."""

from email import message_from_bytes
from email.policy import SMTP
from email.utils import parsedate_to_datetime

import pytest

from libs.contracts.labels import DocumentV1
from services.notifications.domain import Template
from services.notifications.letters import BadAddress, printable, write
from tests.unit.notifications.examples import BOOKED, DOCUMENT, MESSAGE, contact, look, mail

LABEL = DocumentV1(document_id=DOCUMENT, filename="R-7KQ2M9.pdf", media_type="application/pdf", content=b"%PDF-1.7")


def test_the_mail_comes_from_the_retailer_and_answers_go_to_its_support():
    message = write(mail(), now=BOOKED).message

    assert message["From"] == "Alder <returns@alder.example>"
    assert message["Reply-To"] == "Alder <help@alder.example>"
    assert message["To"] == "Ada Byron <ada@example.com>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert parsedate_to_datetime(message["Date"]) == BOOKED


def test_a_senders_own_name_is_kept():
    message = write(mail(look=look(sender="Alder Returns <returns@alder.example>")), now=BOOKED).message

    assert message["From"] == "Alder Returns <returns@alder.example>"


def test_a_mail_sent_again_has_the_same_message_id():
    first, again = write(mail(), now=BOOKED), write(mail(), now=BOOKED)

    assert first.message["Message-ID"] == again.message["Message-ID"] == f"<{MESSAGE}@alder.example>"


def test_the_label_is_attached_whole():
    letter = write(mail(Template.LABEL_READY), labels=[LABEL], now=BOOKED)

    received = message_from_bytes(letter.message.as_bytes(), policy=SMTP)
    (attachment,) = received.iter_attachments()
    assert attachment.get_filename() == "R-7KQ2M9.pdf"
    assert attachment.get_content_type() == "application/pdf"
    assert attachment.get_content() == b"%PDF-1.7"


@pytest.mark.parametrize(
    "forged", ["Ada\r\nBcc: eve@example.com", "Ada\nSubject: hello", "Ada\N{LINE SEPARATOR}Bcc: x"]
)
def test_a_name_cannot_add_a_header(forged):
    letter = write(mail(contact=contact(name=forged)), now=BOOKED)

    received = message_from_bytes(letter.message.as_bytes(), policy=SMTP)
    assert received["Bcc"] is None
    assert received["Subject"] == letter.message["Subject"]
    assert received["To"].addresses[0].addr_spec == "ada@example.com"


def test_a_name_cannot_add_an_address():
    letter = write(mail(contact=contact(name='Ada" <eve@example.com>, "B')), now=BOOKED)

    received = message_from_bytes(letter.message.as_bytes(), policy=SMTP)
    assert [address.addr_spec for address in received["To"].addresses] == ["ada@example.com"]
    assert letter.recipient == "ada@example.com"


@pytest.mark.parametrize(
    "mailbox",
    ["", "ada", "ada@", "ada@example", "ada@example.com, eve@example.com", "ada@exam\r\nple.com", "a b@c.com"],
)
def test_what_is_no_mailbox_gets_no_mail_and_is_not_repeated_in_the_refusal(mailbox):
    with pytest.raises(BadAddress) as refused:
        write(mail(contact=contact(email=mailbox)), now=BOOKED)

    assert str(refused.value) == "the shopper's address is no mail address"


def test_a_domain_in_its_own_script_is_written_for_mail_servers():
    letter = write(mail(contact=contact(email="ada@bücher.example")), now=BOOKED)

    assert letter.recipient == "ada@xn--bcher-kva.example"


def test_a_name_beyond_ascii_arrives_as_written():
    letter = write(mail(contact=contact(name="Žofie Müller")), now=BOOKED)

    received = message_from_bytes(letter.message.as_bytes(), policy=SMTP)
    assert received["To"].addresses[0].display_name == "Žofie Müller"


def test_direction_marks_cannot_turn_a_line_around():
    assert printable("R-7\N{RIGHT-TO-LEFT OVERRIDE}9M2QK\t now") == "R-7 9M2QK now"
