"""While no other service answers, each page of the staff says what happened, what became of what was sent, and what to do next."""

import re

from services.portal.access import Role
from services.portal.web.admin import ROUTERS
from tests.integration.portal.test_gateway import a_form

BEFORE = {"/admin/sign-in", "/admin/forgot"}  # nobody is signed in there yet
PAGES = sorted(
    route.path
    for router in ROUTERS
    for route in router.routes
    if "GET" in route.methods and "{" not in route.path and "." not in route.path and route.path not in BEFORE
)
ASKS = {"/admin/cancellations/new"}  # needs an order to ask for
AGAIN = re.compile(r"[Tt]ry again|again in a minute")


def test_every_page_of_the_staff_is_in_its_frame_and_says_what_is_not_answering_and_what_to_do(browser, retailer, sit):
    sit(browser, retailer, Role.MANAGER)

    answers = {path: browser.get(path, params={"order": "AL-1001"} if path in ASKS else {}) for path in PAGES}

    shown = {path: answer for path, answer in answers.items() if answer.status_code not in {303, 403}}
    away = {path: answer.text for path, answer in shown.items() if answer.status_code == 503}
    assert {answer.status_code for answer in shown.values()} == {200, 503}
    assert [path for path, answer in shown.items() if not is_in_its_frame(answer.text, retailer)] == []
    assert [path for path, page in away.items() if "not answering" not in page] == []
    assert [path for path, page in away.items() if not AGAIN.search(page)] == []
    assert {"/admin/policy", "/admin/carriers", "/admin/lanes", "/admin/shops"} <= set(away)


def is_in_its_frame(page: str, retailer) -> bool:
    return 'aria-label="Main"' in page and f">{retailer.look.name}</a>" in page


def test_a_policy_that_cannot_be_saved_is_still_on_the_page(browser, retailer, sit):
    sit(browser, retailer, Role.MANAGER)
    form = a_form(browser, "/admin/account") | {"text": "window: 30 days", "do": "save", "words": "Longer"}

    answer = browser.post("/admin/policy", data=form)

    assert answer.status_code == 503
    assert "window: 30 days" in answer.text
    assert 'value="Longer"' in answer.text
    assert "Your text is kept on this page" in answer.text
    assert "No policy yet." not in answer.text


def test_a_policy_that_is_too_long_is_not_cut_and_says_so(browser, retailer, sit):
    sit(browser, retailer, Role.MANAGER)
    text = "# " + "x" * 900_000 + " the end"

    answer = browser.post("/admin/policy", data=a_form(browser, "/admin/account") | {"text": text, "do": "save"})

    assert answer.status_code == 422
    assert "longer than 900,000 characters" in answer.text
    assert text in answer.text


def test_what_was_sent_and_not_done_says_so(browser, retailer, sit):
    sit(browser, retailer, Role.MANAGER)

    answer = browser.post("/admin/policy/versions/3/restore", data=a_form(browser, "/admin/account"))

    assert answer.status_code == 503
    assert "The service rules is not answering." in answer.text
    assert "Nothing was done." in answer.text


def test_whoever_is_not_signed_in_is_told_nothing_of_the_desk(browser, retailer):
    answer = browser.post("/admin/policy", data={})

    assert answer.status_code == 401
    assert 'aria-label="Main"' not in answer.text


def test_a_page_that_does_not_exist_leaves_the_staff_where_they_are(browser, retailer, sit):
    sit(browser, retailer, Role.AGENT)

    answer = browser.get("/admin/nowhere/at-all")

    assert answer.status_code == 404
    assert 'aria-label="Main"' in answer.text
    assert retailer.look.name in answer.text
