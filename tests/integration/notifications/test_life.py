"""Every change of a return's life is told once, to whom it concerns, with where to go on."""

import pytest

from libs.chassis.claims import Claim
from libs.chassis.errors import Permanent, Transient
from libs.chassis.ids import new_id
from libs.contracts.notifications import MessageBouncedV1, MessageDeliveredV1
from libs.contracts.portal import StaffLinkPurpose
from services.notifications.store.mails import NOBODY
from tests.integration.facts import fact, said
from tests.integration.notifications import told
from tests.integration.notifications.told import OF_NO_RETURN, SHOPPER, TOLD, Told
from tests.unit.notifications.examples import contact, photograph


def received(desk, case: Told, before: int = 0) -> dict:
    """The one mail that came to whom it is for, after so many."""
    (mail,) = desk.mailbox.to(desk.shopper.email if case.to == SHOPPER else desk.team)[before:]
    return mail


@pytest.mark.parametrize("case", TOLD.values(), ids=TOLD)
def test_it_is_told_once_to_whom_it_concerns(desk, case):
    desk.submit()
    desk.work()
    stated = fact(desk.retailer_id, case.fact(desk))
    handler = getattr(desk.service, "on_" + stated.data.wire().partition(".")[0])

    handler(stated)
    handler(stated)
    desk.work()
    desk.work()

    mail = received(desk, case, before=1 if case.to == SHOPPER else 0)
    assert all(words in mail["text"] and words in mail["html"] for words in case.says)
    assert desk.messages().count((case.template, "done")) == 1
    assert case.template in [each.template for each in said(desk.service.mails, desk.retailer_id, MessageDeliveredV1)]


@pytest.mark.parametrize("case", OF_NO_RETURN.values(), ids=OF_NO_RETURN)
def test_what_belongs_to_no_return_is_told_once_and_states_no_fact(desk, case):
    stated = fact(desk.retailer_id, case.fact(desk))
    handler = getattr(desk.service, "on_" + stated.data.wire().partition(".")[0])

    handler(stated)
    handler(stated)
    desk.work()

    mail = received(desk, case)
    assert all(words in mail["text"] and words in mail["html"] for words in case.says)
    assert desk.messages() == [(case.template, "done")]
    assert said(desk.service.mails, desk.retailer_id, MessageDeliveredV1) == []


@pytest.mark.parametrize("case", TOLD.values(), ids=TOLD)
def test_it_waits_for_the_return_it_is_about(desk, case):
    desk.hear(case.fact(desk))
    with pytest.raises(Transient):
        desk.work()

    desk.submit()
    desk.work()

    assert (case.template, "done") in desk.messages()


def test_a_mail_that_is_refused_and_belongs_to_no_return_is_kept_as_refused_and_stated_nowhere(desk, mailbox):
    mailbox.misbehave("refuse", at=desk.shopper.email)
    desk.hear(told.intake_kept(desk))
    desk.work()

    assert desk.messages() == [("intake_kept", "refused")]
    assert said(desk.service.mails, desk.retailer_id, MessageBouncedV1) == []


def test_a_staff_mail_that_is_refused_bounces_without_the_address(desk, mailbox):
    desk.submit()
    mailbox.misbehave("refuse", at=desk.team)
    desk.hear(told.held(desk))
    desk.work()

    (bounced,) = said(desk.service.mails, desk.retailer_id, MessageBouncedV1)
    assert (bounced.template, bounced.return_id) == ("review_due", desk.return_id)
    assert desk.team not in bounced.words


def test_a_link_that_opens_an_account_is_not_kept_once_it_is_sent(desk):
    desk.hear(told.staff_link(desk, StaffLinkPurpose.INVITE))
    desk.work()

    with desk.service.mails.unit(retailer_id=desk.retailer_id) as unit:
        (kept,) = unit.db.exec_driver_sql("SELECT details::text FROM messages").scalars()
    assert told.DOOR not in kept


def test_the_platforms_own_staff_are_written_to_in_the_name_of_the_house(desk, reloaded):
    reloaded(NOTIFICATIONS_SENDER="Returns desk <desk@operator.example>")
    invited = fact(NOBODY, told.staff_link(desk, StaffLinkPurpose.INVITE))

    desk.service.on_staff_link_issued(invited)
    work_of_nobody(desk, invited.id)

    (mail,) = desk.mailbox.to(desk.team)
    assert mail["from"] == "Returns desk <desk@operator.example>"
    assert "Homeward" in mail["text"]


def test_without_a_sender_of_the_house_its_mail_is_parked_with_the_variables_name(desk):
    invited = fact(NOBODY, told.staff_link(desk, StaffLinkPurpose.INVITE))
    desk.service.on_staff_link_issued(invited)

    with pytest.raises(Permanent, match="NOTIFICATIONS_SENDER"):
        work_of_nobody(desk, invited.id)


def work_of_nobody(desk, subject) -> None:
    """Send the mail of `subject`, which belongs to no retailer."""
    with desk.service.mails.unit(retailer_id=NOBODY) as unit:
        (message_id,) = unit.db.exec_driver_sql("SELECT id FROM messages WHERE subject_id = %s", (subject,)).scalars()
    desk.service.send(Claim(1, "mails", "127.0.0.1", NOBODY, message_id, tries=1))


def test_the_photos_of_a_review_are_in_the_mail(desk, album):
    ids = tuple(new_id() for _ in range(8))
    album.photos = dict.fromkeys(ids[:7], photograph())
    desk.submit()
    desk.hear(told.held(desk, photo_ids=ids))
    desk.work()

    (mail,) = desk.mailbox.to(desk.team)
    assert mail["html"].count('src="cid:') == 6
    assert "2 photos are not in this mail" in mail["text"]


def test_a_photo_that_was_erased_does_not_hold_up_the_mail(desk, album):
    kept, erased = new_id(), new_id()
    album.photos = {kept: photograph()}
    desk.submit()
    desk.hear(told.answered(desk, photo_ids=(erased, kept)))
    desk.work()

    (mail,) = desk.mailbox.to(desk.team)
    assert mail["html"].count('src="cid:') == 1
    assert "1 photo is not in this mail" in mail["text"]


def test_the_mail_waits_a_few_tries_for_portal_and_then_goes_without_photos(desk):
    desk.submit()
    desk.work()
    desk.hear(told.held(desk, photo_ids=(new_id(),)))
    for tries in (1, 2, 3):
        with pytest.raises(Transient):
            desk.work(tries=tries)

    desk.work(tries=4)

    (mail,) = desk.mailbox.to(desk.team)
    assert "cid:" not in mail["html"]
    assert "1 photo is not in this mail" in mail["text"]


def test_each_parcel_gets_its_label_and_a_new_one_is_told_apart(desk):
    desk.submit()
    for parcel, attempt in ((1, 1), (2, 1), (1, 2)):
        desk.hear(told.issued(desk, parcel=parcel, attempt=attempt))

    assert desk.messages().count(("label_ready", "planned")) == 3


def test_two_parcels_whose_labels_take_longer_are_one_mail(desk):
    desk.submit()
    desk.hear(told.label_refused(desk))
    desk.hear(told.label_refused(desk, parcel=2))
    desk.hear(told.label_unknown(desk))

    assert desk.messages().count(("label_delayed", "planned")) == 1


def test_a_voucher_that_pays_for_the_label_spares_the_shopper_the_bill(desk):
    desk.submit()
    desk.hear(told.fee_requested(desk, voucher="SPRING"))
    desk.hear(told.fee_waived(desk))
    desk.work()

    assert ("fee_requested", "overtaken") in desk.messages()


def test_what_a_shopper_types_stays_words_in_the_staffs_mail(desk):
    desk.shopper = contact(email=desk.shopper.email, name="<script>alert(1)</script>\r\nBcc: eve@example.com")
    desk.submit()
    desk.hear(told.answered(desk, words='"><img src=x onerror=alert(1)>'))
    desk.work()

    (mail,) = desk.mailbox.to(desk.team)
    assert "<script" not in mail["html"]
    assert "<img src=x" not in mail["html"]
    assert "&lt;img src=x" in mail["html"]
    assert "Bcc" not in mail["headers"]
