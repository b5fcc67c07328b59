"""Each fact that a shopper waits for makes one mail, whatever happens on the way."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from libs.chassis.clock import now
from libs.chassis.errors import Transient
from libs.contracts.notifications import MessageBouncedV1, MessageDeliveredV1
from libs.contracts.portal import RetailerChangedV1
from libs.contracts.values import Milestone
from tests.integration.facts import fact, said
from tests.integration.notifications.told import milestone, settled
from tests.unit.notifications.examples import contact, look

ROOT = Path(__file__).parents[3]
DIES_AFTER_THE_CALL = """
import sys
from uuid import UUID
from libs.chassis.claims import Claim
from services.notifications.service import NotificationsService
NotificationsService().send(Claim(1, "mails", "127.0.0.1", UUID(sys.argv[1]), UUID(sys.argv[2]), 1))
"""


def test_a_booked_return_is_confirmed_in_the_retailers_name(desk):
    desk.submit()
    desk.work()

    (mail,) = desk.mails()
    assert mail["from"] == "Alder <returns@alder.example>"
    assert mail["envelope_from"] == "returns@alder.example"
    assert mail["headers"]["Reply-To"] == "Alder <help@alder.example>"
    assert "R-7KQ2M9" in mail["subject"]
    assert "https://returns.alder.example/r/secret" in mail["text"]
    (delivered,) = said(desk.service.mails, desk.retailer_id, MessageDeliveredV1)
    assert (delivered.return_id, delivered.template) == (desk.return_id, "return_submitted")


def test_the_way_back_is_told_step_by_step(desk):
    desk.submit()
    for step in (milestone(desk, Milestone.ACCEPTED), milestone(desk, Milestone.HUB_RECEIVED), settled(desk)):
        desk.work()
        desk.hear(step)
    desk.work()

    subjects = [mail["subject"] for mail in desk.mails()]
    assert len(subjects) == 4
    assert "£45.00" in subjects[3]
    assert desk.messages() == [
        ("return_submitted", "done"),
        ("in_transit", "done"),
        ("arrived", "done"),
        ("refunded", "done"),
    ]


def test_a_fact_delivered_twice_makes_one_mail(desk):
    desk.submit()
    desk.hear(milestone(desk, Milestone.ACCEPTED))
    desk.hear(milestone(desk, Milestone.ACCEPTED))

    assert desk.messages() == [("return_submitted", "planned"), ("in_transit", "planned")]


def test_work_taken_twice_makes_one_mail(desk):
    desk.submit()

    desk.work()
    desk.work()

    assert len(desk.mails()) == 1
    assert len(said(desk.service.mails, desk.retailer_id, MessageDeliveredV1)) == 1


def test_a_first_scan_after_the_arrival_is_not_told(desk):
    desk.submit()
    desk.hear(milestone(desk, Milestone.HUB_RECEIVED))
    desk.hear(milestone(desk, Milestone.ACCEPTED))

    assert ("in_transit", "planned") not in desk.messages()


def test_a_mail_waits_for_its_return(desk):
    desk.hear(settled(desk))
    with pytest.raises(Transient):
        desk.work()

    desk.submit()
    desk.work()

    assert len(desk.mails()) == 2


def test_a_mail_waits_for_its_retailers_look(new_desk):
    desk = new_desk()
    desk.submit()
    with pytest.raises(Transient):
        desk.work()

    desk.look()
    desk.work()

    assert len(desk.mails()) == 1


def test_a_look_that_was_overtaken_on_its_way_is_not_worn(desk):
    yesterday = now() - timedelta(days=1)
    old = RetailerChangedV1(look=look(sender="old@alder.example"))
    desk.service.on_retailer_changed(fact(desk.retailer_id, old, time=yesterday))

    desk.submit()
    desk.work()

    assert desk.mails()[0]["from"] == "Alder <returns@alder.example>"


def test_a_refused_mail_bounces_once_without_the_address(desk, mailbox):
    mailbox.misbehave("refuse", at=desk.shopper.email)
    desk.submit()
    desk.work()
    desk.work()

    (bounced,) = said(desk.service.mails, desk.retailer_id, MessageBouncedV1)
    assert bounced.words == "550: 5.1.1 No such mailbox here"
    assert desk.messages() == [("return_submitted", "refused")]
    assert desk.mails() == []


def test_an_address_that_is_none_bounces_without_a_call(desk):
    desk.shopper = contact(email="ada at example")
    desk.submit()
    desk.work()

    (bounced,) = said(desk.service.mails, desk.retailer_id, MessageBouncedV1)
    assert bounced.words == "the shopper's address is no mail address"


def test_a_tired_mail_server_is_tried_again(desk, mailbox):
    mailbox.misbehave("tempfail", at=desk.shopper.email)
    desk.submit()
    with pytest.raises(Transient):
        desk.work()

    desk.work()

    assert len(desk.mails()) == 1
    assert desk.messages() == [("return_submitted", "done")]


def test_a_link_lost_after_the_text_repeats_the_mail_under_the_same_message_id(desk, mailbox):
    mailbox.misbehave("drop_after_data", at=desk.shopper.email)
    desk.submit()
    with pytest.raises(Transient):
        desk.work()
    assert desk.messages() == [("return_submitted", "sent")]

    desk.work()

    first, again = desk.mails()
    assert first["headers"]["Message-ID"] == again["headers"]["Message-ID"]
    assert len(said(desk.service.mails, desk.retailer_id, MessageDeliveredV1)) == 1


def test_killed_between_the_mail_servers_answer_and_the_record_the_mail_is_repeated_under_the_same_message_id(
    desk, smtp_url
):
    desk.submit()
    dies = [sys.executable, "-W", "ignore", "-c", DIES_AFTER_THE_CALL, str(desk.retailer_id), str(desk.message_id())]
    killed = subprocess.run(dies, cwd=ROOT, env=os.environ | {"CRASH_AT": "notifications.after_call"}, check=False)
    assert killed.returncode == -signal.SIGKILL

    desk.work()

    first, again = desk.mails()
    assert first["headers"]["Message-ID"] == again["headers"]["Message-ID"]
    assert desk.messages() == [("return_submitted", "done")]


def test_retailers_see_nothing_of_each_other(desk, new_desk):
    desk.submit()
    kite = new_desk()

    assert kite.messages() == []
    assert len(desk.messages()) == 1
