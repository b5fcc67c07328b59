"""A mail as it travels."""

from dataclasses import replace
from email import message_from_bytes
from email.policy import SMTP
from email.utils import parsedate_to_datetime

import pytest

from libs.contracts.labels import DocumentV1, LaneMethod
from libs.contracts.values import Address
from services.notifications.domain import Template, What
from services.notifications.domain.mails import Details
from services.notifications.letters import BadAddress, Enclosed, printable, write
from tests.unit.notifications.examples import BOOKED, DOCUMENT, MESSAGE, contact, look, mail, notice, photograph

PNG = b"\x89PNG a code"
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
    letter = write(mail(Template.LABEL_READY), enclosed=Enclosed(labels=(LABEL,)), now=BOOKED)

    received = message_from_bytes(letter.message.as_bytes(), policy=SMTP)
    (attachment,) = received.iter_attachments()
    assert attachment.get_filename() == "R-7KQ2M9.pdf"
    assert attachment.get_content_type() == "application/pdf"
    assert attachment.get_content() == b"%PDF-1.7"


@pytest.mark.parametrize("method", [LaneMethod.QR, LaneMethod.DROP_OFF, LaneMethod.IN_STORE])
def test_a_code_is_in_the_words_and_no_page_is_attached(method):
    code = DocumentV1(document_id=DOCUMENT, filename="return-code-R-7KQ2M9-1.png", media_type="image/png", content=PNG)
    letter = write(with_method(method), enclosed=Enclosed(code=code), now=BOOKED)

    received = message_from_bytes(letter.message.as_bytes(), policy=SMTP)
    html = received.get_body(("html",)).get_content()
    (image,) = [part for part in received.walk() if part.get_content_type() == "image/png"]
    assert f"cid:{image['Content-ID'].strip('<>')}" in html
    assert image.get_content() == PNG
    assert not list(received.iter_attachments())
    words = received["Subject"] + html + received.get_body(("plain",)).get_content()
    assert "label" not in words.lower()


def test_who_sends_it_by_themselves_gets_the_address_and_a_slip():
    slip = LABEL.model_copy(update={"filename": "packing-slip-R-7KQ2M9-1.pdf"})
    letter = write(with_method(LaneMethod.OWN_CARRIER), enclosed=Enclosed(labels=(slip,)), now=BOOKED)

    received = message_from_bytes(letter.message.as_bytes(), policy=SMTP)
    words = received.get_body(("plain",)).get_content()
    (attachment,) = received.iter_attachments()
    assert attachment.get_filename() == "packing-slip-R-7KQ2M9-1.pdf"
    assert all(each in words for each in ("Royal Oak Way", "Daventry NN11 8PQ", "United Kingdom", "R-7KQ2M9"))
    assert "label" not in (received["Subject"] + words).lower()


def test_a_drop_off_point_of_a_carrier_is_named_where_the_hub_is_none():
    words = write(with_method(LaneMethod.DROP_OFF, where=None), now=BOOKED).message.get_body(("plain",)).get_content()

    assert "Any drop-off point of Paketpunkt" in words


def with_method(method, **changes):
    """The mail that brings what a parcel is sent with."""
    hub = Address(name="Alder Returns", line1="Royal Oak Way", city="Daventry", postcode="NN11 8PQ", country="GB")
    details = Details(**{"method": method, "where": hub, "service": "Paketpunkt"} | changes)
    told = replace(notice(Template.LABEL_READY), details=details, tracking_number="OR7KQ2M9TX3WY4")
    given = What.SLIP_GIVEN if method is LaneMethod.OWN_CARRIER else What.CODE_GIVEN
    happened = {What.SUBMITTED: BOOKED, What.LABELLED: BOOKED, given: BOOKED}
    return mail(Template.LABEL_READY, notice=told, happened=happened)


def test_photos_travel_beside_the_words_that_show_them():
    photos = (photograph(kind="JPEG"), photograph(60, kind="JPEG"))

    letter = write(mail(Template.REVIEW_DUE), enclosed=Enclosed(photos=photos), now=BOOKED)

    received = message_from_bytes(letter.message.as_bytes(), policy=SMTP)
    html = received.get_body(("html",)).get_content()
    parts = {part["Content-ID"].strip("<>"): part for part in received.walk() if part["Content-ID"]}
    assert [part.get_content() for part in parts.values()] == list(photos)
    assert {part.get_content_type() for part in parts.values()} == {"image/jpeg"}
    assert all(f'src="cid:{name}"' in html for name in parts)
    assert list(received.iter_attachments()) == []


def test_photos_that_are_left_out_are_named_in_both_parts():
    message = write(mail(Template.REVIEW_DUE), enclosed=Enclosed(photos_left_out=3), now=BOOKED).message

    for kind in ("html", "plain"):
        assert "3 photos are not in this mail" in message.get_body((kind,)).get_content()


def test_a_mail_to_staff_goes_to_them_and_is_not_answered_to_the_support():
    letter = write(mail(Template.REVIEW_DUE), now=BOOKED)

    assert letter.recipient == "team@alder.example"
    assert letter.message["Reply-To"] is None


def test_a_wrong_address_of_the_staff_is_said_to_be_theirs():
    with pytest.raises(BadAddress, match="the staff's address is no mail address"):
        write(mail(Template.REVIEW_DUE, to=contact(email="team")), now=BOOKED)


@pytest.mark.parametrize("template", list(Template))
def test_no_words_of_anybody_add_a_header(template):
    forged = "x\r\nBcc: eve@example.com"
    told = notice(template)
    hostile = told.details.model_copy(update={"number": forged, "order_number": forged, "words": forged})
    whole = mail(template, number=forged, order_number=forged, to=contact(name=forged), look=look(name=forged))

    letter = write(replace(whole, notice=replace(told, details=hostile)), now=BOOKED)

    received = message_from_bytes(letter.message.as_bytes(), policy=SMTP)
    assert received["Bcc"] is None
    assert "\n" not in str(received["Subject"])


@pytest.mark.parametrize(
    "forged", ["Ada\r\nBcc: eve@example.com", "Ada\nSubject: hello", "Ada\N{LINE SEPARATOR}Bcc: x"]
)
def test_a_name_cannot_add_a_header(forged):
    letter = write(mail(to=contact(name=forged)), now=BOOKED)

    received = message_from_bytes(letter.message.as_bytes(), policy=SMTP)
    assert received["Bcc"] is None
    assert received["Subject"] == letter.message["Subject"]
    assert received["To"].addresses[0].addr_spec == "ada@example.com"


def test_a_name_cannot_add_an_address():
    letter = write(mail(to=contact(name='Ada" <eve@example.com>, "B')), now=BOOKED)

    received = message_from_bytes(letter.message.as_bytes(), policy=SMTP)
    assert [address.addr_spec for address in received["To"].addresses] == ["ada@example.com"]
    assert letter.recipient == "ada@example.com"


@pytest.mark.parametrize(
    "mailbox",
    ["", "ada", "ada@", "ada@example", "ada@example.com, eve@example.com", "ada@exam\r\nple.com", "a b@c.com"],
)
def test_what_is_no_mailbox_gets_no_mail_and_is_not_repeated_in_the_refusal(mailbox):
    with pytest.raises(BadAddress) as refused:
        write(mail(to=contact(email=mailbox)), now=BOOKED)

    assert str(refused.value) == "the shopper's address is no mail address"


def test_a_domain_in_its_own_script_is_written_for_mail_servers():
    letter = write(mail(to=contact(email="ada@bücher.example")), now=BOOKED)

    assert letter.recipient == "ada@xn--bcher-kva.example"


def test_a_name_beyond_ascii_arrives_as_written():
    letter = write(mail(to=contact(name="Žofie Müller")), now=BOOKED)

    received = message_from_bytes(letter.message.as_bytes(), policy=SMTP)
    assert received["To"].addresses[0].display_name == "Žofie Müller"


def test_direction_marks_cannot_turn_a_line_around():
    assert printable("R-7\N{RIGHT-TO-LEFT OVERRIDE}9M2QK\t now") == "R-7 9M2QK now"
