"""A return that could not be made because a service is away: kept whole, once, and gone on with once."""

import pytest

from libs.chassis.claims import Claim
from libs.contracts.portal import IntakeKeptV1, IntakeMatchedV1
from tests.integration.facts import said
from tests.integration.portal.programs import Program, submitted
from tests.integration.portal.test_gateway import a_form
from tests.unit.portal.lives import an_id
from tests.unit.portal.test_answers import SHIRT, a_draft

SHIRT_ASKED = {"sku": "SHIRT-10", "quantity": 1, "reason": "size", "resolution": "refund"}


@pytest.fixture
def intakes(people):
    from services.portal.store.intakes import Intakes

    return Intakes()


@pytest.fixture
def draft():
    """Ana has chosen everything: two shirts, why, what for, and a photo of the seam."""
    from services.portal.intake import Picked
    from services.portal.photos import KeptPhoto

    picked = (Picked(SHIRT, 2, "size", "other", "Too long", "refund"),)
    return a_draft(picked=picked, photos=(KeptPhoto(SHIRT, "photos/r/o/seam.webp", 60, 40),), words="As I said")


@pytest.fixture
def at_the_last_page(browser, retailer, people, draft):
    """Ana's browser, about to submit; call it to submit."""
    from services.portal.security import SHOPPER

    browser.cookies.set(SHOPPER, people.begin_session(retailer.id, "shopper", draft.order.order_id, draft.as_json()))
    form = {"csrf": a_form(browser, f"/{retailer.slug}/")["csrf"], "key": draft.key}
    return lambda: browser.post(f"/{retailer.slug}/submit", data=form)


@pytest.fixture
def erp(browser, retailer, a_key):
    return Program(browser, a_key(retailer.id))


def test_a_return_that_cannot_be_made_is_kept_whole_and_once(at_the_last_page, browser, retailer, intakes, draft):
    [place] = {at_the_last_page().headers["location"] for _ in range(2)}

    page = browser.get(place)

    number = place.rsplit("/", 1)[1]
    kept = intakes.get(retailer.id, number=number)
    assert [(fact.number, fact.contact) for fact in said(intakes, retailer.id, IntakeKeptV1)] == [
        (number, draft.order.contact)
    ]
    assert (kept.kind, kept.order_id, kept.submit_key, kept.items) == (
        "submit",
        draft.order.order_id,
        "k1",
        "As I said",
    )
    assert kept.photos == draft.photos
    assert list(kept.picked) == draft.picked_as_json()
    assert number in page.text
    assert "Everything is there as you left it" in page.text
    assert f'href="/{retailer.slug}/check"' in page.text


def test_a_receipt_that_stands_in_for_the_order_is_remembered(browser, retailer, people, intakes, draft):
    from dataclasses import replace

    from services.portal.security import SHOPPER

    proof = replace(draft, proof=True)
    browser.cookies.set(SHOPPER, people.begin_session(retailer.id, "shopper", draft.order.order_id, proof.as_json()))
    browser.post(
        f"/{retailer.slug}/submit", data={"csrf": a_form(browser, f"/{retailer.slug}/")["csrf"], "key": draft.key}
    )

    [kept] = intakes.list(retailer.id)
    assert kept.proof


def test_nobody_is_sent_a_link_for_a_return_that_was_made_meanwhile(retailer, people, returns, intakes):
    from libs.chassis.ids import new_id
    from services.portal.intake import Intake
    from services.portal.matching import Matching
    from services.portal.store.intakes import Asked, Kind, State

    made = submitted(returns, retailer)
    with returns.look(retailer.id) as db:
        key = db.exec_driver_sql("SELECT submit_key FROM returns WHERE id = %s", (made.id,)).scalar()
    matching = Matching(Intake(returns), intakes, people)
    matching.keep(retailer.id, Asked(Kind.SUBMIT, key, made.contact, "AL-1001", submit_key=key))
    [kept] = intakes.list(retailer.id)

    matching.look_up(Claim(1, "intakes", str(retailer.id), retailer.id, kept.id, 0, new_id(), None, None))

    [after] = intakes.list(retailer.id)
    assert (after.state, after.matched_by) == (State.MATCHED, "shopper")
    assert said(intakes, retailer.id, IntakeMatchedV1) == []


def test_what_a_program_asks_for_is_kept_too_and_answered_with_its_number(erp, retailer, intakes):
    body = {"order": "AL-1001", "email": "ana@example.com", "lines": [SHIRT_ASKED]}

    answers = [erp.post("/returns", body, key="erp-1") for _ in range(2)]

    [kept] = intakes.list(retailer.id)
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json() == answers[1].json() == {"kept": kept.number, "order": "AL-1001"}
    assert answers[1].headers["idempotency-replayed"] == "true"
    assert (kept.kind, kept.contact.email) == ("submit", "ana@example.com")
    assert kept.picked[0]["sku"] == "SHIRT-10"


def test_the_exchange_that_a_program_asks_for_is_kept_with_what_was_agreed(erp, retailer, intakes, draft):
    from services.portal.matching import named
    from services.portal.web.answers import picks_from

    wish = {"resolution": "exchange", "exchange_variant": "gid://shopify/ProductVariant/12"}
    agreed = {"exchange_difference": {"amount": 600, "currency": "GBP"}}
    erp.post("/returns", {"order": "AL-1001", "email": "ana@example.com", "lines": [SHIRT_ASKED | wish | agreed]})

    [kept] = intakes.list(retailer.id)
    shirt = draft.order.lines[0].model_copy(update={"sku": "SHIRT-10"})
    (pick,) = picks_from(named(kept.picked, draft.order.model_copy(update={"lines": (shirt,)})))
    assert (pick.resolution, pick.exchange_variant, pick.on_top) == ("exchange", wish["exchange_variant"], 600)


def test_a_program_whose_shopper_cannot_be_mailed_sends_again(erp, retailer, intakes):
    answer = erp.post("/returns", {"order": "AL-1001", "email": "ana", "lines": [SHIRT_ASKED]})

    assert (answer.status_code, answer.json()["code"]) == (503, "service.unavailable")
    assert intakes.list(retailer.id) == ()


def test_a_line_named_by_its_sku_is_found_in_the_order_and_an_ambiguous_one_is_left_out(draft):
    from services.portal.matching import named

    shirt = draft.order.lines[0].model_copy(update={"sku": "SHIRT-10"})
    twin = shirt.model_copy(update={"id": an_id("twin")})
    by_sku = {"line_id": None, "sku": "SHIRT-10", "quantity": 1, "reason": "size"}

    one = named([by_sku], draft.order.model_copy(update={"lines": (shirt,)}))
    two = named([by_sku], draft.order.model_copy(update={"lines": (shirt, twin)}))

    assert one == [{"line_id": str(SHIRT), "quantity": 1, "reason": "size"}]
    assert two == []
