"""Requests kept while a service is away: once for a form, looked up for as long as it takes, opened by their link alone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from libs.chassis.claims import Claim
from libs.chassis.clock import now
from libs.chassis.ids import new_id
from libs.contracts.portal import IntakeKeptV1, IntakeMatchedV1, IntakeUnmatchedV1
from libs.contracts.values import Contact
from services.portal.access import Actor
from services.portal.domain import TaskKind
from services.portal.photos import KeptPhoto
from tests.integration.facts import said

ANA = Contact(name="", email="ana@example.com", language="de")
ORDER = new_id()


@pytest.fixture
def intakes(people):
    """The kept requests."""
    from services.portal.store.intakes import Intakes

    return Intakes()


@pytest.fixture
def matching(people, returns, intakes):
    """What looks their orders up; nobody answers it here."""
    from services.portal.intake import Intake
    from services.portal.matching import Matching

    return Matching(Intake(returns), intakes, people)


@pytest.fixture
def tasks(people):
    """What staff have to do."""
    from services.portal.store.tasks import Tasks

    return Tasks()


def asked(**changes):
    from services.portal.store.intakes import Asked, Kind

    plain = Asked(Kind.ORDER, str(new_id()), ANA, "AL-1001", "The linen shirt", "Too wide")
    return replace(plain, **changes)


def a_match(**changes):
    from services.portal.store.intakes import Match

    return replace(Match(ORDER, "AL-1001", ("Linen shirt",), (), "system"), **changes)


def planned(intakes, intake_id):
    """When the request is to be looked up next, in seconds from now; None when it is not."""
    with intakes.engine.begin() as db:
        due = db.exec_driver_sql("SELECT due_at FROM claims WHERE subject = %s", (intake_id,)).scalar()
    return None if due is None else (due - now()).total_seconds()


def done(intakes, intake_id):
    """The work in hand is over."""
    with intakes.engine.begin() as db:
        db.exec_driver_sql("DELETE FROM claims WHERE subject = %s", (intake_id,))


def kept(intakes, retailer, number):
    found = intakes.get(retailer.id, number=number)
    assert found is not None
    return found


def test_a_form_sent_twice_is_kept_once(matching, intakes, retailer):
    form = asked(photos=(KeptPhoto(None, "photos/r/form-1/seam.webp", 1200, 900),))

    numbers = {matching.keep(retailer.id, form) for _ in range(2)}

    [number] = numbers
    assert number.startswith("K-")
    assert kept(intakes, retailer, number).photos == form.photos
    assert [(fact.number, fact.contact) for fact in said(intakes, retailer.id, IntakeKeptV1)] == [(number, ANA)]


def test_a_form_that_was_changed_before_it_was_sent_again_is_kept_too(matching, intakes, retailer):
    form = asked()

    first, second = (
        matching.keep(retailer.id, form),
        matching.keep(retailer.id, replace(form, reason="The seam is torn")),
    )

    assert {kept(intakes, retailer, number).reason for number in (first, second)} == {"Too wide", "The seam is torn"}


def test_another_retailer_does_not_see_it(matching, intakes, retailer, people):
    from services.portal.store.people import Retailer

    number = matching.keep(retailer.id, asked())
    other = Retailer(new_id(), "other", "GBP", retailer.look, None)

    assert intakes.get(other.id, number=number) is None


def test_while_orders_is_away_it_is_looked_up_later_and_later_and_never_given_up(matching, intakes, retailer):
    found = kept(intakes, retailer, matching.keep(retailer.id, asked()))
    waits = []
    for _ in range(6):
        done(intakes, found.id)
        matching.look_up(Claim(1, "intakes", str(retailer.id), retailer.id, found.id, tries=1))
        waits.append(planned(intakes, found.id))

    expected = [30, 60, 120, 240, 300, 300]
    assert all(abs(wait - then) < 5 for wait, then in zip(waits, expected, strict=True))
    assert kept(intakes, retailer, found.number).state == "kept"


def test_an_order_that_is_found_gives_a_link_that_opens_this_request_alone(matching, intakes, retailer):
    found = kept(intakes, retailer, matching.keep(retailer.id, asked()))

    assert intakes.match(retailer.id, found.id, a_match(), retailer.look.portal_url)

    [fact] = said(intakes, retailer.id, IntakeMatchedV1)
    token = fact.go_on_url.removeprefix(f"{retailer.look.portal_url}/k/")
    assert intakes.behind(token) == (retailer.id, found.id)
    assert intakes.behind(token[:-1]) is None
    assert (fact.can, kept(intakes, retailer, found.number).order_id) == (("Linen shirt",), ORDER)


def test_an_order_is_matched_once(matching, intakes, retailer):
    found = kept(intakes, retailer, matching.keep(retailer.id, asked()))

    outcomes = [intakes.match(retailer.id, found.id, a_match(), "http://testserver") for _ in range(2)]

    assert outcomes == [True, False]
    assert len(said(intakes, retailer.id, IntakeMatchedV1)) == 1


def test_a_link_is_dead_after_seven_days(matching, intakes, retailer):
    found = kept(intakes, retailer, matching.keep(retailer.id, asked()))
    intakes.match(retailer.id, found.id, a_match(), "http://testserver")
    token = said(intakes, retailer.id, IntakeMatchedV1)[0].go_on_url.rsplit("/", 1)[1]

    with intakes.engine.begin() as db:
        lives = db.exec_driver_sql("SELECT expires_at FROM intake_links WHERE intake_id = %s", (found.id,)).scalar_one()
        db.exec_driver_sql("UPDATE intake_links SET expires_at = %s WHERE intake_id = %s", (now(), found.id))

    assert timedelta(days=6, hours=23) < lives - now() <= timedelta(days=7)
    assert intakes.behind(token) is None


def test_when_no_order_matches_the_shopper_is_told_and_staff_are_asked(matching, intakes, retailer, tasks):
    found = kept(intakes, retailer, matching.keep(retailer.id, asked()))

    intakes.missed(retailer.id, found.id)
    looked_once = kept(intakes, retailer, found.number).state
    intakes.missed(retailer.id, found.id)

    assert (looked_once, kept(intakes, retailer, found.number).state) == ("kept", "unmatched")
    assert [fact.number for fact in said(intakes, retailer.id, IntakeUnmatchedV1)] == [found.number]
    assert [(task.kind, task.subject) for task in tasks.list(retailer.id)] == [
        (TaskKind.INTAKE_UNMATCHED, str(found.id))
    ]


def test_matching_it_by_hand_clears_the_task(matching, intakes, retailer, tasks):
    from services.portal.store.intakes import Kind

    proof = asked(kind=Kind.PROOF, order_number="")
    found = kept(intakes, retailer, matching.keep(retailer.id, proof))
    before = [task.kind for task in tasks.list(retailer.id)]

    intakes.match(retailer.id, found.id, a_match(by="staff robin"), "http://testserver")

    assert before == [TaskKind.PROOF_OF_PURCHASE]
    assert tasks.list(retailer.id) == ()
    assert planned(intakes, found.id) is None


def test_staff_are_told_that_orders_is_away(matching, intakes, retailer):
    from libs.chassis.errors import Unavailable

    found = kept(intakes, retailer, matching.keep(retailer.id, asked()))

    with pytest.raises(Unavailable):
        matching.match(retailer.id, found.id, "AL-1001", "ana@example.com", Actor(retailer.id, "staff", "1", "robin"))
