"""A withdrawal, recorded: of a line on final sale, past the policy's window and within the law's."""

from datetime import timedelta

import pytest

from libs.chassis.clock import now
from libs.chassis.ids import new_id
from libs.contracts.rules import EligibilityV1, JudgeOrderV1, LineEligibility
from services.portal.security import SHOPPER
from services.portal.store.returns import Asked, KeyReused
from services.portal.web.answers import Draft
from services.portal.withdrawing import Declaration, submission, terms_of
from services.rules import domain as rules
from services.rules.floor.laws import LAWS
from tests.integration.portal.programs import Program
from tests.integration.portal.test_gateway import a_form
from tests.unit.portal.test_answers import a_draft, a_line
from tests.unit.rules.examples import policy

STRICT = {"window": {"days": 3, "start": "delivery"}, "final_sale_tags": ["sale"], "exempt_tags": []}


@pytest.fixture
def order():
    """A shirt on final sale, delivered ten days ago."""
    ten_days_ago = now() - timedelta(days=10)
    sold = {"id": new_id(), "tags": ("sale",), "delivered_at": ten_days_ago, "fulfilled_at": ten_days_ago}
    line = a_line().model_copy(update=sold)
    return a_draft(line).order.model_copy(update={"order_id": new_id(), "lines": (line,)})


@pytest.fixture
def withdraw(returns, retailer, order):
    """Call it to declare the withdrawal of so many units; the path of the return."""

    def declare(units: int = 3) -> str:
        asked = JudgeOrderV1(placed_at=order.placed_at, country=order.address.country, lines=order.lines)
        judged = rules.judge(policy(**STRICT), asked, now(), LAWS[asked.country].withdrawal.days)
        assert not judged.lines[0].eligible
        said = Declaration(order.order_id, {order.lines[0].id: units}, "Ana Ruiz", "ana@example.com", "k1")
        terms = terms_of(order, order, judged, said, now())
        return returns.submit(retailer.id, submission(retailer, said, terms, ""))

    return declare


def test_it_is_a_return_of_its_own_kind_declared_once(withdraw, returns, retailer, outbox):
    first, again = withdraw(), withdraw()

    [listed] = returns.list(retailer.id, Asked()).rows
    story = returns.get(retailer.id, number=listed.ret.number)
    assert first == again == story.status_path
    assert (story.ret.kind, story.ret.awaiting) == ("withdrawal", "awaiting_payment")
    assert story.ret.known.withdrawn_at is not None
    assert outbox(retailer.id).count("withdrawal_declared.v1") == 1
    assert "return_decided.v1" not in outbox(retailer.id)


def test_the_same_key_with_other_units_is_told(withdraw):
    withdraw(3)

    with pytest.raises(KeyReused):
        withdraw(2)


def test_programs_reports_and_staff_tell_it_from_a_return(withdraw, returns, retailer, browser, a_key):
    from services.portal.store.reporting import Reporting

    withdraw()

    [listed] = Program(browser, a_key(retailer.id)).get("/returns").json()["returns"]
    [counted] = Reporting().rows(retailer.id)[0]
    assert (listed["kind"], counted["kind"]) == ("withdrawal", "withdrawal")
    [task] = Program(browser, a_key(retailer.id)).get(f"/returns/{listed['number']}").json()["tasks"]
    assert task["kind"] == "outbound_shipping"


def test_its_receipt_says_when_and_by_whom(withdraw, retailer, browser):
    page = browser.get(f"/{retailer.slug}{withdraw()}")

    assert "Your withdrawal from the contract" in page.text
    assert "Ana Ruiz" in page.text
    assert "UTC" in page.text


@pytest.fixture
def at_the_order(browser, retailer, people, order):
    """Ana's browser with the order open in it, which may be withdrawn from; call it to send a form of the withdrawal."""
    judged = {"line_id": order.lines[0].id, "eligible": False, "withdrawal_until": now().date()}
    found = EligibilityV1(policy_version=1, lines=(LineEligibility(**judged),), reasons=())
    session = Draft(order, found, "k1").as_json()
    browser.cookies.set(SHOPPER, people.begin_session(retailer.id, "shopper", order.order_id, session))
    said = {f"quantity-{order.lines[0].id}": "2", "name": "Ana Ruiz", "email": "ana@example.com"}
    csrf = a_form(browser, f"/{retailer.slug}/")

    def send(step: str = "", **more: str):
        return browser.post(f"/{retailer.slug}/withdraw{step}", data=csrf | said | more)

    return send


def test_it_is_looked_at_once_more_before_anything_is_declared(at_the_order, returns, retailer):
    page = at_the_order()

    assert "Confirm withdrawal" in page.text
    assert returns.list(retailer.id, Asked()).rows == ()


@pytest.mark.parametrize(("wrong", "said"), [("name", "Enter your name"), ("email", "Enter your email")])
def test_what_is_missing_is_said_at_its_field(at_the_order, wrong: str, said: str):
    page = at_the_order(**{wrong: ""})

    assert page.status_code == 422
    assert said in page.text


def test_while_a_service_is_away_the_declaration_is_kept_with_its_moment_and_once(at_the_order, people, retailer):
    from services.portal.store.intakes import Intakes

    [place] = {at_the_order("/confirm", key="form-1").headers["location"] for _ in range(2)}

    [kept] = Intakes().list(retailer.id)
    assert place == f"/{retailer.slug}/kept/{kept.number}"
    assert f"declared {now():%Y-%m-%d}" in kept.items
    assert "UTC by Ana Ruiz: 2 × Linen shirt" in kept.items


def test_who_has_no_order_open_withdraws_from_nothing(browser, retailer):
    assert browser.get(f"/{retailer.slug}/withdraw").status_code == 401
