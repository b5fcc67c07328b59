"""A page from before the return was made says so at once; and a session in which staff act for a shopper is theirs alone."""

import pytest

from services.portal.access import Role
from services.portal.web.sitting import MADE, on_behalf
from tests.integration.portal.programs import submitted
from tests.integration.portal.test_gateway import a_form
from tests.unit.portal.test_answers import SHIRT, a_draft


@pytest.fixture
def sat(browser, retailer, people):
    """Call it with more to be held: Ana's browser with her order open."""
    from services.portal.security import SHOPPER

    def sit_down(draft=None, **more):
        held = (draft or a_draft()).as_json() | more
        browser.cookies.set(SHOPPER, people.begin_session(retailer.id, "shopper", a_draft().order.order_id, held))

    return sit_down


@pytest.fixture
def made(returns, retailer):
    """A return that was submitted, and the key of its form."""
    ret = submitted(returns, retailer, held="photo")
    with returns.look(retailer.id) as db:
        key = db.exec_driver_sql("SELECT submit_key FROM returns WHERE id = %s", (ret.id,)).scalar_one()
    return ret, key


def test_every_page_of_a_return_that_is_made_leads_to_it(browser, retailer, sat, made):
    ret, key = made
    root = f"/{retailer.slug}"
    sat(**{MADE: key})
    form = a_form(browser, f"{root}/")

    asked = [browser.get(f"{root}/{page}") for page in ("items", "check", f"exchange/{SHIRT}")]
    asked += [browser.post(f"{root}/{page}", data=form) for page in ("items", "items/preview")]
    page = browser.get(f"{root}/made")

    assert {(answer.status_code, answer.headers["location"]) for answer in asked} == {(303, f"{root}/made")}
    assert ret.number in page.text
    assert f'href="{root}/r/' in page.text


def test_an_order_of_which_nothing_was_made_is_open_as_ever(browser, retailer, sat):
    sat()

    answers = [browser.get(f"/{retailer.slug}/{page}") for page in ("items", "made")]

    assert [answer.status_code for answer in answers] == [200, 303]


def test_another_return_is_not_begun_while_nobody_can_say_what_is_left(browser, retailer, sat, made):
    sat(**{MADE: made[1]})

    answer = browser.post(f"/{retailer.slug}/made", data=a_form(browser, f"/{retailer.slug}/"))

    assert answer.status_code == 503
    assert "go back, and send it again" in answer.text
    assert retailer.look.name in answer.text


def test_staff_who_act_for_a_shopper_are_named_on_every_page_and_only_while_they_are_signed_in(
    browser, retailer, sat, sit, people
):
    member = sit(browser, retailer, Role.AGENT)
    sat(**on_behalf(member, "Ana Ruiz"))

    seen = browser.get(f"/{retailer.slug}/items")
    from services.portal.security import STAFF

    browser.cookies.delete(STAFF)
    gone = browser.get(f"/{retailer.slug}/items")

    assert f"You make this return for Ana Ruiz, as {member.name}." in seen.text
    assert (gone.status_code, gone.headers["location"].partition("?")[0]) == (303, "/admin/sign-in")


def test_a_session_of_one_of_the_staff_is_nobody_elses(browser, retailer, sat, sit, a_member):
    sat(**on_behalf(a_member(retailer, Role.MANAGER), "Ana Ruiz"))
    sit(browser, retailer, Role.AGENT)

    answer = browser.get(f"/{retailer.slug}/items")

    assert answer.status_code == 303


def test_staff_do_not_withdraw_or_cancel_in_a_shoppers_name(browser, retailer, sat, sit):
    sat(**on_behalf(sit(browser, retailer, Role.AGENT), "Ana Ruiz"))

    answers = [browser.get(f"/{retailer.slug}/{page}") for page in ("withdraw", "cancel")]

    assert [answer.status_code for answer in answers] == [403, 403]


@pytest.mark.parametrize("role", [Role.FINANCE, Role.HUB, Role.VIEWER, Role.MERCHANDISER])
def test_a_return_is_made_by_whoever_may_write_returns(browser, retailer, sit, role):
    sit(browser, retailer, role)

    listed, page = browser.get("/admin"), browser.get("/admin/returns/new")

    assert page.status_code == 403
    assert "/admin/returns/new" not in listed.text


def test_while_orders_is_away_what_was_typed_is_kept(browser, retailer, sit):
    sit(browser, retailer, Role.AGENT)
    form = a_form(browser, "/admin/returns/new")

    nothing = browser.post("/admin/returns/new", data=form)
    away = browser.post("/admin/returns/new", data=form | {"order": "AL-1001"})

    assert (nothing.status_code, away.status_code) == (422, 503)
    assert "Enter the order number" in nothing.text
    assert 'value="AL-1001"' in away.text
    assert "Nothing was opened" in away.text
