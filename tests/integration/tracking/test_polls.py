"""Carriers that are asked: when nothing is heard, within their limits, and to confirm what nobody can prove."""

from datetime import timedelta
from itertools import pairwise

import pytest

from libs.chassis.claims import Claim
from libs.chassis.errors import Unavailable
from libs.contracts.errors import Refused
from libs.contracts.labels import TrackerV1
from libs.contracts.tracking import MilestoneReachedV1
from services.tracking.asking import ask_carrier
from tests.unit.tracking import senders
from tests.unit.tracking.senders import NUMBER

SEEN = senders.consignment(("OP-3", "2026-11-02T10:00:00", "NL"))
NOTHING_YET = senders.consignment(("OP-1", "2026-11-02T10:00:00", "NL"))
HINT = [senders.row("RT", "2026-11-02 10:00:00")]


class Desk:
    """SEKO as labels reaches it: it answers what it is told to, and remembers what it was asked."""

    def __init__(self, hub) -> None:
        self.hub, self.asked, self.answers = hub, [], [[SEEN]]

    def __call__(self, retailer_id, asked, *, timeout):
        self.asked.append(asked)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return TrackerV1(carrier="seko", body=senders.text(answer))

    def work(self, parcel_id) -> None:
        """Do what is planned for a parcel, as the claimer does when it is due."""
        polls, retailer_id = self.hub.service.polls, self.hub.retailer_id
        self.rows("DELETE FROM claims WHERE kind = 'polls' RETURNING 1")
        question = polls.take(retailer_id, Claim(1, "polls", "seko", retailer_id, parcel_id, 1).subject)
        if question is not None:
            ask_carrier(polls, self, retailer_id, question)

    def planned(self) -> list[timedelta]:
        """How long until each question that is planned, to the minute."""
        mine = f"kind = 'polls' AND retailer_id = '{self.hub.retailer_id}'"
        found = self.rows(f"SELECT extract(epoch FROM due_at - now()) FROM claims WHERE {mine}")
        return [timedelta(minutes=round(float(seconds) / 60)) for (seconds,) in found]

    def passes(self, time: timedelta) -> None:
        """Everything known of the parcels lies so much longer ago."""
        ago, names = f"- interval '{time.total_seconds()} s'", ("registered_at", "heard_at", "asked_at", "turn_at")
        moments = ", ".join(f"{name} = {name} {ago}" for name in names)
        self.rows(f"UPDATE parcels SET {moments} RETURNING 1")

    def rows(self, query):
        with self.hub.service.parcels.unit(retailer_id=self.hub.retailer_id) as unit:
            return [tuple(row) for row in unit.db.exec_driver_sql(query)]

    def parcel(self, n=0):
        """The id of a parcel, in the order in which they came."""
        return self.rows("SELECT id FROM parcels ORDER BY registered_at")[n][0]


@pytest.fixture
def desk(hub):
    return Desk(hub)


@pytest.fixture
def label(hub):
    """Maya's parcel travels with SEKO."""
    label = hub.label(carrier="seko", tracking_number=NUMBER)
    hub.service.on_label_issued(label)
    return label


def test_a_parcel_that_nothing_is_heard_of_is_asked_for_and_its_answer_counts(hub, desk, label):
    first = desk.planned()
    desk.passes(timedelta(hours=4))

    desk.work(desk.parcel())

    (asked,) = desk.asked
    assert (asked.booking_id, asked.tracking_number) == (label.data.booking_id, NUMBER)
    assert hub.milestones() == ["label_created", "accepted", "in_transit"]
    assert (first, desk.planned()) == ([timedelta(hours=4)], [timedelta(hours=4)])


@pytest.mark.parametrize("carrier", ["own", "evri", "bridge"])
def test_a_carrier_that_cannot_be_asked_is_not(hub, desk, carrier):
    hub.service.on_label_issued(hub.label(carrier=carrier))

    assert desk.planned() == []


def test_what_was_heard_meanwhile_puts_the_question_off(hub, desk, label):
    desk.passes(timedelta(hours=3))
    hub.tell("seko", HINT)
    hub.tell("easypost", senders.easypost(("in_transit", None, "Seen", 9)), account="seko")
    desk.work(desk.parcel())
    desk.passes(timedelta(hours=2))

    desk.work(desk.parcel())

    assert len(desk.asked) == 1  # to confirm the hint
    assert desk.planned() == [timedelta(hours=2)]


def test_an_older_parcel_is_asked_for_less_often(hub, desk, label):
    desk.passes(timedelta(days=20))

    desk.work(desk.parcel())

    assert desk.planned() == [timedelta(days=1)]


def test_a_parcel_that_is_too_old_is_asked_for_no_more(hub, desk, label):
    desk.passes(timedelta(days=130))

    desk.work(desk.parcel())

    assert (desk.asked, desk.planned()) == ([], [])


def test_a_delivered_parcel_is_asked_for_no_more(hub, desk, label):
    desk.answers = [[senders.consignment(("OP-72", "2026-11-02T10:00:00", "NL"))]]
    desk.passes(timedelta(hours=4))
    desk.work(desk.parcel())
    desk.passes(timedelta(hours=9))

    desk.work(desk.parcel())

    assert (len(desk.asked), desk.planned()) == (1, [])
    assert hub.milestones()[-1] == "delivered"


def test_questions_to_one_account_wait_for_their_turns(hub, desk):
    for n in range(5):
        hub.service.on_label_issued(hub.label(carrier="seko", tracking_number=f"{NUMBER}{n}"))
    desk.passes(timedelta(hours=4))

    desk.work(desk.parcel(0))
    desk.rows("UPDATE turns SET next_at = now() + interval '1 minute' RETURNING 1")
    for n in range(1, 5):
        desk.work(desk.parcel(n))

    turns = [at for (at,) in desk.rows("SELECT turn_at FROM parcels WHERE turn_at IS NOT NULL ORDER BY turn_at")]
    assert len(desk.asked) == 1
    assert [after - before for before, after in pairwise(turns)] == [timedelta(seconds=1)] * 3


def test_a_turn_that_was_kept_is_taken_when_it_comes(hub, desk):
    for n in range(2):
        hub.service.on_label_issued(hub.label(carrier="seko", tracking_number=f"{NUMBER}{n}"))
    desk.passes(timedelta(hours=4))
    desk.work(desk.parcel(0))
    desk.rows("UPDATE turns SET next_at = now() + interval '1 minute' RETURNING 1")
    desk.work(desk.parcel(1))
    waiting = len(desk.asked)
    desk.passes(timedelta(minutes=2))

    desk.work(desk.parcel(1))

    assert waiting == 1
    assert [asked.tracking_number for asked in desk.asked] == [f"{NUMBER}0", f"{NUMBER}1"]


@pytest.mark.parametrize("away", [Refused("labels.carrier_away", ""), Unavailable("labels")])
def test_a_carrier_that_is_away_is_asked_again_a_little_later(hub, desk, label, away):
    desk.answers = [away, [SEEN]]
    desk.passes(timedelta(hours=4))
    desk.work(desk.parcel())
    later = desk.planned()

    desk.work(desk.parcel())
    desk.passes(timedelta(seconds=2))
    desk.work(desk.parcel())

    assert later == [timedelta(minutes=15)]
    assert "in_transit" in hub.milestones()


@pytest.mark.parametrize("answer", [Refused("labels.carrier_declined", "404"), {"odd": "shape"}, []])
def test_an_answer_that_says_nothing_is_asked_for_again_in_its_time(hub, desk, label, answer):
    desk.answers = [answer]
    desk.passes(timedelta(hours=4))

    desk.work(desk.parcel())

    assert (hub.milestones(), desk.planned()) == (["label_created"], [timedelta(hours=4)])


def test_an_answer_of_another_number_is_not_this_parcels(hub, desk, label):
    desk.answers = [[senders.consignment(("OP-3", "2026-11-02T10:00:00", "NL"), number="SOMEONE-ELSES")]]
    desk.passes(timedelta(hours=4))

    desk.work(desk.parcel())

    assert hub.milestones() == ["label_created"]


def test_what_an_unsigned_webhook_says_is_stated_when_the_carrier_confirms_it(hub, desk, label):
    hub.tell("seko", HINT)
    before, at_once = hub.milestones(), desk.planned()

    desk.work(desk.parcel())

    assert (before, at_once) == (["label_created"], [timedelta()])
    assert hub.milestones() == ["label_created", "accepted", "in_transit"]
    (accepted,) = (reached for reached in hub.said(MilestoneReachedV1) if reached.milestone == "accepted")
    assert not accepted.implied


def test_a_parcel_that_was_confirmed_once_needs_no_more_of_it(hub, desk, label):
    hub.tell("seko", HINT)
    desk.work(desk.parcel())

    hub.tell("seko", [senders.row("DS", "2026-11-03 10:00:00")])

    assert hub.milestones()[-1] == "hub_received"
    assert len(desk.asked) == 1


def test_a_hint_that_the_carrier_does_not_confirm_states_nothing_and_is_asked_for_again(hub, desk, label):
    desk.answers = [[NOTHING_YET]]
    hub.tell("seko", HINT)

    desk.work(desk.parcel())

    assert (hub.milestones(), desk.planned()) == (["label_created"], [timedelta(minutes=15)])


def test_a_hint_that_overtakes_its_label_is_confirmed_when_the_label_comes(hub, desk):
    hub.tell("seko", HINT)
    hub.service.on_label_issued(hub.label(carrier="seko", tracking_number=NUMBER))
    before = hub.milestones()

    desk.work(desk.parcel())

    assert before == ["label_created"]
    assert "accepted" in hub.milestones()


@pytest.mark.parametrize("code", ["labels.not_found", "labels.not_tracked"])
def test_where_nobody_can_ask_the_carrier_its_webhook_has_to_do(hub, desk, label, code):
    desk.answers = [Refused(code, "")]
    hub.tell("seko", HINT)

    desk.work(desk.parcel())

    assert (hub.milestones(), desk.planned()) == (["label_created", "accepted"], [])


def test_a_hub_scan_needs_nobodys_confirmation(hub, desk, label):
    hub.tell("seko", HINT)

    hub.scan(NUMBER)

    assert hub.milestones() == ["label_created", "accepted", "hub_received"]
