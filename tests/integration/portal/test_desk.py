"""Staff at their pages: what they do is done once, audited, and refused with words; and a held return decided by its link."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from secrets import token_urlsafe
from uuid import uuid4

import pytest
from PIL import Image

from libs.chassis.ids import new_id
from services.portal.access import Role
from services.portal.domain import Awaiting
from services.portal.store.rows import Photo
from services.portal.web.forms import MOST_FIELDS
from tests.integration.portal.test_returns import a_fact, a_submission
from tests.unit.portal import lives
from tests.unit.portal.markup import read


@pytest.fixture
def held(returns, retailer):
    """A return that waits for a person, in the retailer's database."""
    asked = a_submission(held=("photo",))
    returns.submit(retailer.id, asked)
    return asked.ret


@pytest.fixture
def audited(people, retailer):
    """Call it: what the audit holds of this retailer, as action, subject and outcome."""
    from services.portal.store.audit import Audit

    return lambda: [(each.action, each.subject, each.outcome) for each in reversed(Audit().list(retailer.id))]


def fields(answer, action: str) -> dict[str, str]:
    """What the form that is sent to `action` holds before anybody writes into it."""
    [form] = [form for form in read(answer.content).every("form") if form["action"] == action]
    return {field["name"]: field["value"] for field in form.every("input") if field["type"] == "hidden"}


def do(browser, ret, code: str, *, of: str = "", **written: str):
    """Open the page of a deed and send it with these words."""
    address = f"/admin/returns/{ret.number}/{code}"
    page = browser.get(f"{address}?of={of}" if of else address)
    return browser.post(address, data=fields(page, address) | written)


def awaiting(returns, retailer, ret) -> Awaiting:
    return returns.get(retailer.id, number=ret.number).ret.awaiting


def test_a_reviewer_accepts_with_a_free_label_and_the_page_and_the_audit_say_so(
    browser, retailer, returns, held, sit, audited
):
    sit(browser, retailer, Role.AGENT)

    answer = do(browser, held, "accept", label="free", words="Thank you for the photo")

    assert answer.status_code == 303
    page = browser.get(answer.headers["location"])
    assert (page.status_code, awaiting(returns, retailer, held)) == (200, Awaiting.PAYMENT)
    assert "Accepted." in page.text
    assert "free label · Thank you for the photo" in page.text
    assert ("return.accept", held.number, "done") in audited()


def test_a_rejection_without_words_is_asked_for_them_and_keeps_what_was_written(
    browser, retailer, returns, held, sit, audited
):
    sit(browser, retailer)

    empty = do(browser, held, "reject")
    told = do(browser, held, "reject", words="It was worn")

    assert (empty.status_code, told.status_code) == (422, 303)
    assert "Write to the shopper why it is rejected" in empty.text
    assert awaiting(returns, retailer, held) is Awaiting.REJECTED
    assert [row for row in audited() if row[0] == "return.reject"] == [("return.reject", held.number, "done")]


def test_the_same_form_sent_twice_is_done_once(browser, retailer, returns, held, sit):
    sit(browser, retailer)
    address = f"/admin/returns/{held.number}/accept"
    form = fields(browser.get(address), address) | {"label": "paid"}

    answers = [browser.post(address, data=form).status_code for _ in range(2)]

    happened = [fact.type for fact in returns.get(retailer.id, number=held.number).facts]
    assert (answers, happened.count("act.accept")) == ([303, 303], 1)


def test_of_two_reviewers_one_wins_and_the_other_reads_who_decided_what(browser, retailer, returns, held, sit):
    sit(browser, retailer)
    address = f"/admin/returns/{held.number}/reject"
    late = fields(browser.get(address), address) | {"words": "No"}
    do(browser, held, "accept", label="none", words="Come by our shop")

    answer = browser.post(address, data=late)

    assert (answer.status_code, awaiting(returns, retailer, held)) == (409, Awaiting.DROPOFF)
    assert "The return is awaiting dropoff: that cannot be done now." in answer.text
    assert "Accepted" in answer.text
    assert "none label · Come by our shop" in answer.text


def test_of_ten_reviewers_at_one_moment_one_decides(browser, retailer, returns, held, sit):
    sit(browser, retailer)
    address = f"/admin/returns/{held.number}/accept"
    forms = [fields(browser.get(address), address) | {"label": "free"} for _ in range(10)]

    with ThreadPoolExecutor(10) as all_of_them:
        answers = [answer.status_code for answer in all_of_them.map(lambda f: browser.post(address, data=f), forms)]

    happened = [fact.type for fact in returns.get(retailer.id, number=held.number).facts]
    assert sorted(answers) == [303, *[409] * 9]
    assert happened.count("act.accept") == 1


@pytest.mark.parametrize("role", [Role.VIEWER, Role.FINANCE, Role.HUB, Role.MERCHANDISER])
def test_nobody_decides_whose_role_does_not(browser, retailer, returns, held, sit, role):
    sit(browser, retailer, role)

    page = browser.get(f"/admin/returns/{held.number}")
    csrf = read(page.content).having("name", "csrf")[0]["value"]
    answer = browser.post(f"/admin/returns/{held.number}/accept", data={"csrf": csrf, "label": "free"})

    assert (page.status_code, answer.status_code) == (200, 403)
    assert f"/admin/returns/{held.number}/accept" not in page.text
    assert awaiting(returns, retailer, held) is Awaiting.REVIEW


def test_a_form_that_is_not_ours_changes_nothing(browser, retailer, returns, held, sit):
    sit(browser, retailer)

    answer = browser.post(f"/admin/returns/{held.number}/accept", data={"csrf": "00", "label": "free"})

    assert (answer.status_code, awaiting(returns, retailer, held)) == (403, Awaiting.REVIEW)


def test_another_retailers_staff_find_no_such_return(browser, people, retailer, held, sit):
    from services.portal.store.people import Retailer
    from tests.integration.portal.conftest import a_look

    slug = f"o{new_id().hex[-12:]}"
    other = people.save_retailer(Retailer(new_id(), slug, "EUR", a_look(slug), None))
    sit(browser, other)

    answers = [browser.get(f"/admin/returns/{held.number}{path}") for path in ("", "/accept", "/cancel")]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert all('href="/admin">Back to the returns</a>' in answer.text for answer in answers)


def test_while_the_owner_of_a_fact_is_away_the_words_are_kept_and_nothing_is_done(
    browser, retailer, returns, held, sit, audited
):
    sit(browser, retailer)
    do(browser, held, "accept", label="paid")

    answer = do(browser, held, "fee", outcome="paid", words="By bank transfer, seen today")

    assert (answer.status_code, awaiting(returns, retailer, held)) == (503, Awaiting.PAYMENT)
    assert "By bank transfer, seen today" in answer.text
    assert "Your words are kept here" in answer.text
    assert read(answer.content).one("fee-outcome-paid").attributes.get("checked", "no") != "no"
    assert audited()[-1] == ("return.fee", held.number, "failed")


def test_a_return_is_cancelled_and_taken_up_again_by_hand(browser, retailer, returns, held, sit):
    sit(browser, retailer)
    do(browser, held, "accept", label="none")

    do(browser, held, "cancel", words="The shopper called")
    cancelled = awaiting(returns, retailer, held)
    do(browser, held, "revive")

    assert (cancelled, awaiting(returns, retailer, held)) == (Awaiting.CANCELLED, Awaiting.DROPOFF)


def test_less_than_is_due_is_settled_with_its_reason(browser, retailer, returns, held, sit):
    sit(browser, retailer, Role.MANAGER)
    do(browser, held, "accept", label="none")
    of = str(held.lines[0].asked.id)

    forgotten = do(browser, held, "settle", of=of, gives="refund", much="all", amount="40", words="A stain")
    too_much = do(browser, held, "settle", of=of, gives="refund", much="part", amount="45.01", words="A stain")
    settled = do(browser, held, "settle", of=of, gives="refund", much="part", amount="40", words="A stain")

    line = returns.get(retailer.id, number=held.number).ret.lines[0]
    page = browser.get(f"/admin/returns/{held.number}").text
    assert (forgotten.status_code, too_much.status_code, settled.status_code) == (422, 422, 303)
    assert (line.money, line.due.amount) == ("settling", 4000)
    assert "A stain −£5.00" in page


def test_a_form_gone_back_to_after_a_refusal_and_changed_is_done_again(browser, retailer, returns, held, sit):
    sit(browser, retailer)
    do(browser, held, "accept", label="none")
    of, address = str(held.lines[0].asked.id), f"/admin/returns/{held.number}/settle"
    form = fields(browser.get(f"{address}?of={of}"), address) | {"gives": "refund", "much": "part", "words": "A stain"}

    first = [browser.post(address, data=form | {"amount": "40"}).status_code for _ in range(2)]
    returns.change(a_fact(retailer, lives.settlement_refused(returns.get(retailer.id, number=held.number).ret)))
    again = browser.post(address, data=form | {"amount": "30"}).status_code

    line = returns.get(retailer.id, number=held.number).ret.lines[0]
    assert (first, again) == ([303, 303], 303)
    assert (line.attempt, line.due.amount) == (2, 3000)


@pytest.mark.parametrize("of", ["", "1/0", "0190aaaa-0000-7000-8000-000000000000", "x" * 500])
def test_a_line_that_is_not_of_the_return_is_not_found(browser, retailer, held, sit, of):
    sit(browser, retailer)
    page = browser.get(f"/admin/returns/{held.number}")
    csrf = read(page.content).having("name", "csrf")[0]["value"]

    answer = browser.post(f"/admin/returns/{held.number}/settle", data={"csrf": csrf, "of": of, "gives": "refund"})

    assert answer.status_code == 404


def test_the_list_counts_by_state_finds_by_search_and_goes_on_to_older_ones_without_gap_or_repeat(
    browser, retailer, returns, sit
):
    sit(browser, retailer)
    made = [a_submission(held=("rule",) if place % 2 else ()) for place in range(52)]
    for asked in made:
        returns.submit(retailer.id, asked)

    first = browser.get("/admin")
    older = browser.get(_older(first))
    tab = browser.get("/admin?status=awaiting_review")
    found = browser.get(f"/admin?q={made[7].ret.number.lower()}")

    assert sorted(_numbers(first) + _numbers(older)) == sorted(asked.ret.number for asked in made)
    assert (len(_numbers(first)), _older(older)) == (50, "")
    assert "To review 26" in read(first.content).one("tabs").text
    assert len(_numbers(tab)) == 26
    assert _numbers(found) == [made[7].ret.number]
    assert browser.get("/admin?before=nonsense").status_code == 200


def _numbers(page) -> list[str]:
    return re.findall(r'href="/admin/returns/(R-[A-Z0-9]{6})"', page.text)


def _older(page) -> str:
    links = [link for link in read(page.content).every("a") if link.text == "Older returns"]
    return links[0]["href"] if links else ""


def test_tasks_are_shown_first_to_whose_they_are_with_the_act_that_clears_them(browser, retailer, held, sit):
    sit(browser, retailer, Role.AGENT)
    mine = browser.get("/admin/tasks").text
    sit(browser, retailer, Role.HUB)
    hubs = browser.get("/admin/tasks").text

    assert "Decide on the return" in mine
    assert f'href="/admin/returns/{held.number}/accept"' in mine
    assert "Nothing is to be done." in hubs


def test_a_task_of_no_return_is_cleared_with_words_once(browser, people, retailer, sit, audited):
    from services.portal.store.tasks import Tasks

    tasks, scan = Tasks(), new_id()
    with tasks.unit(retailer_id=retailer.id) as unit:
        tasks.raise_for(unit, kind="unknown_parcel", subject=scan, detail={"code": "XX1", "hub": "DAV"})
    sit(browser, retailer, Role.HUB)
    [task] = tasks.list(retailer.id)
    address = f"/admin/tasks/{task.id}"
    form = fields(browser.get(address), address)

    answers = [browser.post(address, data=form | said) for said in ({}, {"words": "Sent back"}, {"words": "Again"})]

    assert [answer.status_code for answer in answers] == [422, 303, 303]
    assert [answer.headers["location"] for answer in answers[1:]] == [
        f"/admin/tasks?done={how}" for how in ("cleared", "before")
    ]
    assert tasks.list(retailer.id) == ()
    assert [row[2] for row in audited() if row[0] == "task.clear"] == ["done", "refused"]


@pytest.fixture
def by_link(returns, retailer, browser):
    """A held return with a photo, and the address of its review link."""
    token, asked = token_urlsafe(24), a_submission(held=("photo",))
    out = BytesIO()
    Image.new("RGB", (8, 8), "teal").save(out, "WEBP")
    browser.app.state.portal.objects.put("photos/a.webp", out.getvalue())
    photo = Photo(new_id(), asked.ret.lines[0].asked.id, "photos/a.webp", 8, 8)
    returns.submit(retailer.id, replace(asked, review_link=token, photos=(photo,)))
    return asked.ret, f"/admin/review/{token}", photo


def test_a_review_link_shows_one_return_with_its_photos_and_changes_nothing(browser, retailer, returns, by_link):
    ret, address, photo = by_link

    page = browser.get(address)
    picture = browser.get(f"{address}/photos/{photo.id}")

    assert (page.status_code, picture.status_code) == (200, 200)
    assert f"{address}/photos/{photo.id}" in page.text
    assert "Linen shirt" in page.text
    assert picture.headers["content-type"] == "image/webp"
    assert awaiting(returns, retailer, ret) is Awaiting.REVIEW


@pytest.mark.parametrize(("picked", "then"), [("free", Awaiting.PAYMENT), ("keep", Awaiting.SETTLEMENT)])
def test_a_review_link_accepts_once_and_then_says_who_decided_what_and_no_more(
    browser, retailer, returns, by_link, audited, picked, then
):
    ret, address, photo = by_link
    form = fields(browser.get(address), f"{address}/accept") | {"label": picked, "words": "Fine"}

    answer = browser.post(f"{address}/accept", data=form)
    after = browser.get(answer.headers["location"])

    assert (answer.status_code, awaiting(returns, retailer, ret)) == (303, then)
    assert "This return is decided" in after.text
    assert "review link" in after.text
    assert ret.contact.email not in after.text
    assert browser.get(f"{address}/photos/{photo.id}").status_code == 404
    assert ("return.accept", ret.number, "done") in audited()


def test_a_review_link_rejects_with_words_or_asks_and_keeps_what_was_written(browser, retailer, returns, by_link):
    ret, address, _ = by_link
    form = fields(browser.get(address), f"{address}/reject")

    empty = browser.post(f"{address}/reject", data=form)
    asked = browser.post(f"{address}/ask", data=form | {"words": "Which size?", "photo": "yes"})
    again = browser.post(f"{address}/ask", data=form | {"once": str(uuid4()), "words": "Which size?"})
    told = browser.post(f"{address}/reject", data=form | {"once": str(uuid4()), "words": "It is not ours"})

    assert [each.status_code for each in (empty, asked, again, told)] == [422, 303, 409, 303]
    assert "Write to the shopper why it is rejected" in empty.text
    assert awaiting(returns, retailer, ret) is Awaiting.REJECTED


def test_a_review_link_does_what_a_review_does_and_nothing_else(browser, retailer, returns, by_link):
    ret, address, _ = by_link
    form = fields(browser.get(address), f"{address}/accept")

    assert browser.post(f"{address}/cancel", data=form).status_code == 404
    assert browser.post(f"{address}/accept", data=form | {"csrf": "00", "label": "free"}).status_code == 403
    assert browser.get(f"/admin/returns/{ret.number}").status_code == 303
    assert browser.get(f"{address}x").status_code == 404
    assert awaiting(returns, retailer, ret) is Awaiting.REVIEW


def test_a_review_link_ends_after_seven_days(browser, people, by_link):
    _, address, _ = by_link
    with people.engine.begin() as db:
        db.exec_driver_sql("UPDATE review_links SET expires_at = expires_at - %s", (timedelta(days=7),))

    assert browser.get(address).status_code == 404


def test_a_form_of_more_fields_than_any_page_of_ours_sends_is_refused(browser, retailer, held, sit):
    sit(browser, retailer)

    answer = browser.post(f"/admin/returns/{held.number}/accept", data={f"f{n}": "x" for n in range(MOST_FIELDS + 1)})

    assert answer.status_code == 400
