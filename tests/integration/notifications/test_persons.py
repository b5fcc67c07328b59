"""Whom the mails were for is forgotten, and a mail that is still planned is not sent."""

from datetime import timedelta

from libs.chassis.clock import now
from libs.chassis.ids import new_id
from libs.contracts.notifications_persons import ExportPersonV1
from libs.contracts.persons import PersonRefs
from libs.contracts.portal import IntakeKeptV1
from libs.contracts.portal_persons import PersonExportReadyV1, PersonReminderDueV1
from tests.integration.forgetting import erased, forget, held, where
from tests.integration.notifications import told
from tests.integration.notifications.conftest import Desk

WEEK = timedelta(days=7)


def test_a_shopper_goes_from_the_mails_and_gets_no_more(desk: Desk):
    desk.submit()
    desk.work()
    desk.hear(told.rejected(desk))
    who = PersonRefs(return_ids=(desk.return_id,))
    sent = len(desk.mails())
    before = where(desk.service.mails, desk.retailer_id, desk.shopper.email)

    forget(desk.service, desk.service.mails, desk.retailer_id, who)
    desk.work()

    assert before == ["recipients"]
    assert where(desk.service.mails, desk.retailer_id, desk.shopper.email) == []
    assert where(desk.service.mails, desk.retailer_id, desk.shopper.name) == []
    assert held(desk.service, desk.retailer_id, ExportPersonV1, who) == 0
    assert len(desk.mails()) == sent
    assert desk.messages()[-1][1] == "overtaken"


def test_whoever_left_a_request_goes_too(desk: Desk):
    intake = IntakeKeptV1(intake_id=new_id(), number="K-7KQ2M9", contact=desk.shopper, order_number="AL-1001")
    desk.hear(intake)

    desk.hear(erased(PersonRefs(intake_ids=(intake.intake_id,))))

    assert where(desk.service.mails, desk.retailer_id, desk.shopper.email) == []


def test_the_retailer_is_mailed_the_link_to_an_export_which_is_kept_no_longer_than_needed(desk: Desk):
    ready = PersonExportReadyV1(
        request_id=new_id(),
        url="https://returns.alder.example/x/secret",
        expires_at=now() + WEEK,
        due_at=now() + WEEK,
        to=desk.team,
    )
    desk.hear(ready)
    desk.work()

    (mail,) = desk.mailbox.to(desk.team)
    assert mail["subject"] == "A person's data is ready to be handed out"
    assert where(desk.service.mails, desk.retailer_id, "/x/secret") == []


def test_the_retailer_is_reminded_of_a_request_that_is_late(desk: Desk):
    late = PersonReminderDueV1(
        request_id=new_id(),
        kind="erase",
        due_at=now(),
        waits_for=("labels", "open returns"),
        manage_url="https://returns.alder.example/admin/persons",
        to=desk.team,
    )
    desk.hear(late)
    desk.work()

    (mail,) = desk.mailbox.to(desk.team)
    assert mail["subject"].startswith("A request about a person's data is due")
