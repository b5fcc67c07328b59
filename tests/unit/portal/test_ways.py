"""How a parcel is sent: each way has its own words, and only a label is ever to be printed."""

from dataclasses import replace

import pytest

from libs.contracts.labels import LabelVoidRefusedV1, LaneMethod, QuoteV1
from libs.contracts.portal import LabelVoidRequestedV1
from libs.contracts.portal_parcels import ParcelSentV1
from libs.contracts.values import Address, LabelTerms, Money
from services.portal.access import GRANTS, Role
from services.portal.domain import Awaiting, LabelState, NotNow, Parcel, act, acts, advance, tasks_of
from services.portal.web import desk, ways
from tests.unit.portal.desks import ALDER, open_tasks
from tests.unit.portal.lives import a_return, an_id, label_issued
from tests.unit.portal.pages import page
from tests.unit.portal.screens import STATUS

HUB = Address(name="Alder Returns", line1="Royal Oak Way", city="Daventry", postcode="NN11 8PQ", country="GB")
FREE = Money(amount=0, currency="GBP")
NO_LABEL = [method for method in LaneMethod if method is not LaneMethod.LABEL]


def sent_by(method: LaneMethod, **changes: object):
    """A return whose one parcel can be sent so."""
    box = Parcel(1, label=LabelState.ISSUED, tracking_number="HW1", document_id=an_id("label"), carrier="own")
    box = replace(box, method=method, hub=HUB, hub_hours="Mon to Fri, 9 to 17", **changes)
    return a_return(awaiting=Awaiting.DROPOFF).knowing(approved=True, parcels=(box,), method=method)


def refused(ret, *, asked: int = 1, attempt: int = 1):
    """The carrier's no to a void."""
    ids = {"return_id": ret.id, "booking_id": an_id("booking")}
    return LabelVoidRefusedV1(**ids, parcel=1, code="no", words="It was used.", attempt=attempt, asked=asked)


@pytest.mark.parametrize("method", NO_LABEL)
@pytest.mark.parametrize("awaiting", [Awaiting.PAYMENT, Awaiting.LABEL, Awaiting.DROPOFF, *(list(Awaiting)[-2:])])
def test_nobody_is_told_of_a_label_who_has_none(method, awaiting):
    told = ways.status_of(replace(sent_by(method), awaiting=awaiting))

    sending = ways.SENDINGS[method]
    said = " ".join(
        (told.shopper, told.heading, told.lead, sending.title, sending.where, sending.ready, *sending.steps)
    )
    assert "label" not in said.lower()
    assert "print the" not in said.lower()


def test_a_printed_label_is_told_of_as_it_always_was():
    told = ways.status_of(sent_by(LaneMethod.LABEL))

    assert (told.heading, told.shopper) == ("Your label is ready", "Label sent")


@pytest.mark.parametrize("method", LaneMethod)
def test_only_who_brings_or_sends_it_by_themselves_needs_the_hubs_address(method):
    (label,) = ways.labels_of(ALDER, sent_by(method, service="Post", carrier="easypost"), "/alder/r/x")

    assert bool(label.where) == (method in {LaneMethod.OWN_CARRIER, LaneMethod.IN_STORE})
    assert bool(label.code) == (method in {LaneMethod.QR, LaneMethod.DROP_OFF, LaneMethod.IN_STORE})


def test_the_drop_off_point_of_the_built_in_carrier_is_the_hub():
    ret = sent_by(LaneMethod.DROP_OFF, service="Drop-off")

    (label,) = ways.labels_of(ALDER, ret, "/alder/r/x")

    assert label.where == ("Alder Returns", "Royal Oak Way", "Daventry, NN11 8PQ")
    assert label.hours == "Mon to Fri, 9 to 17"


def test_a_label_tells_how_its_parcel_is_sent():
    ret = a_return(awaiting=Awaiting.LABEL).knowing(approved=True, parcels=(Parcel(1),))

    ret, _, _ = advance(ret, label_issued(ret).model_copy(update={"method": LaneMethod.QR, "hub_address": HUB}))

    assert (ret.method, ret.parcel(1).hub) == (LaneMethod.QR, HUB)


def test_before_there_is_a_label_the_lane_says_how():
    ret = replace(a_return(awaiting=Awaiting.LABEL), lane_id=None)

    ret, _ = act(ret, acts.Quoted(an_id("lane"), ret.fee, LaneMethod.OWN_CARRIER))

    assert ret.method is LaneMethod.OWN_CARRIER


def test_what_a_shopper_tells_of_their_own_parcel_is_stated_once():
    told = acts.TellSent(1, " Royal  Mail ", "qr 1234 5678-GB", "shopper")

    ret, said = act(sent_by(LaneMethod.OWN_CARRIER), told)
    again, nothing = act(ret, told)

    (stated,) = said
    assert isinstance(stated, ParcelSentV1)
    assert (stated.carrier, stated.tracking_number) == ("Royal Mail", "QR12345678-GB")
    assert (again, nothing) == (ret, [])
    assert ret.awaiting is Awaiting.DROPOFF, "that somebody says so proves no scan"


def test_a_return_without_a_label_can_be_told_of_too():
    ret = replace(a_return(awaiting=Awaiting.DROPOFF), label=LabelTerms.NONE).knowing(parcels=(Parcel(1),))

    ret, said = act(ret, acts.TellSent(1, "DPD", "15501234567890", "staff Ana"))

    assert [fact.by for fact in said] == ["staff Ana"]
    assert ret.parcel(1).sent_as == "15501234567890"


@pytest.mark.parametrize(
    ("ret", "number"),
    [
        (sent_by(LaneMethod.LABEL), "15501234567890"),
        (sent_by(LaneMethod.OWN_CARRIER, received=True), "15501234567890"),
        (replace(sent_by(LaneMethod.OWN_CARRIER), awaiting=Awaiting.CANCELLED), "15501234567890"),
        (sent_by(LaneMethod.OWN_CARRIER), "no number!"),
    ],
    ids=["a label of ours", "it has come", "called off", "no number"],
)
def test_nothing_is_told_of_a_parcel_that_is_not_the_shoppers_own(ret, number):
    with pytest.raises(NotNow):
        act(ret, acts.TellSent(1, "DPD", number, "shopper"))


def test_a_carrier_that_refused_a_void_is_asked_again_and_the_task_goes():
    ret, _, _ = advance(
        replace(sent_by(LaneMethod.LABEL), awaiting=Awaiting.CANCELLED), refused(sent_by(LaneMethod.LABEL))
    )
    before = {task.kind for task in tasks_of(ret)}

    ret, said = act(ret, acts.VoidAgain(1))

    assert before == {"label_not_voided"}
    assert said == [LabelVoidRequestedV1(return_id=ret.id, number=ret.number, parcel=1, attempt=1)]
    assert not tasks_of(ret)


def test_who_asks_twice_is_told_that_nothing_is_refused():
    ret, _, _ = advance(sent_by(LaneMethod.LABEL), refused(sent_by(LaneMethod.LABEL)))
    ret, _ = act(ret, acts.VoidAgain(1))

    with pytest.raises(NotNow) as no:
        act(ret, acts.VoidAgain(1))

    assert no.value.code == "portal.no_such_task"


def test_another_no_is_another_task():
    ret, _, _ = advance(sent_by(LaneMethod.LABEL), refused(sent_by(LaneMethod.LABEL)))
    ret, _ = act(ret, acts.VoidAgain(1))

    again, _, _ = advance(ret, refused(ret, asked=2))
    late, _, _ = advance(again, refused(ret))

    assert [task.subject for task in tasks_of(again)] == ["1/1/2"]
    assert late == again


def test_each_attempt_that_was_refused_is_asked_again():
    ret = sent_by(LaneMethod.LABEL)
    for attempt in (1, 2):
        ret, _, _ = advance(ret, refused(ret, attempt=attempt))

    ret, said = act(ret, acts.VoidAgain(1))

    assert [fact.attempt for fact in said] == [1, 2]


def test_the_task_of_a_refused_void_leads_to_asking_again():
    ret, _, _ = advance(sent_by(LaneMethod.LABEL), refused(sent_by(LaneMethod.LABEL)))

    (row,) = (desk.task_row(task, GRANTS[Role.MANAGER]) for task in open_tasks(ret))

    assert [link.address for link in row.acts] == [
        f"/admin/returns/{ret.number}/labels/void-again?of=1",
        f"/admin/returns/{ret.number}/clear?of=label_not_voided%3A1/1",
    ]


@pytest.mark.parametrize("method", LaneMethod)
def test_the_last_page_before_it_is_booked_says_how_it_will_be_sent(method):
    quote = QuoteV1(
        lane_id=an_id("lane"), carrier="own", service="Post", price=FREE, hub="DAV", hub_address=HUB, method=method
    )

    title, words = ways.quoted(quote)

    assert "Daventry" in words
    assert ("label" in f"{title} {words}".lower()) == (method is LaneMethod.LABEL)


@pytest.mark.parametrize("method", NO_LABEL)
def test_no_price_is_called_that_of_a_label_where_there_is_none(method):
    free, paid = (ways.fee_row(Money(amount=amount, currency="GBP"), method) for amount in (0, 295))

    assert paid is not None
    assert "label" not in paid.words.lower()
    assert (free is None) == (method in {LaneMethod.OWN_CARRIER, LaneMethod.IN_STORE})


@pytest.mark.parametrize(
    ("country", "carrier", "words"),
    [
        ("GB", "own", "On A4, or as a code to show"),
        ("IE", "own", "On A4, as a code to show, and customs papers"),
        ("GB", "easypost", "On A4"),
        ("IE", "easypost", "On A4, and customs papers"),
    ],
)
def test_the_page_names_only_the_forms_that_there_are(country, carrier, words):
    ret = replace(sent_by(LaneMethod.LABEL), address=HUB.model_copy(update={"country": country}))
    (box,) = ret.known.parcels
    labels = ways.labels_of(ALDER, ret.knowing(parcels=(replace(box, carrier=carrier),)), "/r/x")

    (link,) = page("status", replace(STATUS, labels=labels)).having("href", "/r/x/papers")

    assert link.text == words
