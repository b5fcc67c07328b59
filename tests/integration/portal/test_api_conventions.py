"""What holds for every route of the API: problems, keys, pages, tags."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from libs.contracts.errors import Refused
from services.portal.api.failures import answer_for
from tests.integration.portal.programs import Program, submitted


@pytest.fixture
def erp(browser, retailer, a_key) -> Program:
    """A program that may do all that a manager may."""
    return Program(browser, a_key(retailer.id))


@pytest.fixture
def in_review(returns, retailer):
    return submitted(returns, retailer, held="photo")


def code(answer):
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told["type"] == f"urn:homeward:problem:{told['code']}"
    assert told["status"] == answer.status_code
    return answer.status_code, told["code"]


def test_what_is_not_there_is_a_problem(erp):
    answers = [erp.get("/nothing"), erp.get("/returns/R-222222"), erp.browser.get("/api/nothing")]

    assert [code(answer) for answer in answers] == [
        (404, "request.no_such_address"),
        (404, "returns.not_found"),
        (404, "request.no_such_address"),
    ]


def test_a_method_that_an_address_does_not_take_is_told_those_it_takes(erp):
    answer = erp.browser.delete("/api/v1/returns")

    assert code(answer) == (405, "request.method_not_allowed")
    assert answer.headers["allow"] == "GET, POST"


def test_a_body_that_is_no_json_is_unreadable(erp, in_review):
    headers = {"authorization": f"Bearer {erp.key}", "idempotency-key": "k", "content-type": "application/json"}

    answer = erp.browser.post(f"/api/v1/returns/{in_review.number}/reject", content=b'{"words": ', headers=headers)

    assert code(answer) == (400, "request.unreadable")


def test_a_body_that_is_not_sent_as_json_is_not_taken(erp, in_review):
    headers = {"authorization": f"Bearer {erp.key}", "idempotency-key": "k", "content-type": "text/plain"}

    answer = erp.browser.post(f"/api/v1/returns/{in_review.number}/reject", content=b"{}", headers=headers)

    assert code(answer) == (415, "request.not_json")
    assert answer.headers["accept"] == "application/json"


def test_a_body_of_more_than_a_megabyte_is_cut_off(erp, in_review):
    answer = erp.post(f"/returns/{in_review.number}/reject", {"words": "x" * 1024 * 1024})

    assert code(answer) == (413, "request.too_large")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/words"),
        ({"words": ""}, "/words"),
        ({"words": "No", "number": "R-222222"}, "/number"),
        ({"words": "No", "awaiting": "closed"}, "/awaiting"),
        ({"words": "a\x00b"}, "/words"),
    ],
)
def test_a_fault_is_named_by_its_json_pointer_and_unknown_and_read_only_fields_are_refused(
    erp, in_review, body, pointer
):
    answer = erp.post(f"/returns/{in_review.number}/reject", body)

    assert code(answer) == (422, "request.malformed")
    assert [(fault["in"], fault["pointer"]) for fault in answer.json()["faults"]] == [("body", pointer)]


def test_a_fault_deep_in_a_body_is_named_by_its_way_there(erp, in_review):
    answer = erp.post(f"/returns/{in_review.number}/settle", {"lines": [{"line_id": "x", "amount": {"amount": -1}}]})

    assert [fault["pointer"] for fault in answer.json()["faults"]] == [
        "/lines/0/line_id",
        "/lines/0/amount/amount",
        "/lines/0/amount/currency",
    ]


def test_without_access_nothing_is_told(browser, in_review):
    answers = [
        browser.get(f"/api/v1/returns/{in_review.number}", headers=headers)
        for headers in ({}, {"authorization": "Bearer hw_wrong"}, {"authorization": "Basic aGk="})
    ]

    assert [code(answer) for answer in answers] == [(401, "api.no_access")] * 3
    assert answers[0].headers["www-authenticate"] == "Bearer"


def test_too_many_requests_are_told_when_to_come_back(erp, people):
    with people.engine.begin() as db:
        db.exec_driver_sql("UPDATE rate_buckets SET tokens = 0, at = clock_timestamp()")
    erp.get("/returns")  # the bucket is there now
    with people.engine.begin() as db:
        db.exec_driver_sql("UPDATE rate_buckets SET tokens = 0, at = clock_timestamp()")

    answer = erp.get("/returns")

    assert code(answer) == (429, "api.too_many")
    assert int(answer.headers["retry-after"]) >= 1


def test_what_needs_a_service_that_is_away_is_told_to_come_again(erp):
    answer = erp.post("/scans", {"code": "R-7KQ2M9"})

    assert code(answer) == (503, "service.unavailable")
    assert answer.headers["retry-after"] == "2"


def test_an_error_of_ours_tells_nothing_but_where_to_find_it():
    answer = answer_for(RuntimeError("SELECT password FROM staff"))

    assert answer.status_code == 500
    assert b"password" not in answer.body
    assert b'"reference"' in answer.body


@pytest.mark.parametrize(
    ("status", "refused"),
    [
        (404, "labels.not_found"),
        (404, "orders.not_found"),
        (404, "tracking.not_found"),
        (409, "payments.not_paid"),
    ],
)
def test_a_refusal_that_comes_without_words_is_given_some(status, refused):
    answer = answer_for(Refused(refused))

    assert answer.status_code == status
    assert json.loads(answer.body)["detail"]


def test_a_choice_is_told_in_the_words_of_the_wire(erp, in_review):
    answer = erp.post(f"/returns/{in_review.number}/milestones", {"milestone": "lost"})

    assert answer.json()["faults"][0]["fault"] == "Input should be 'accepted' or 'hub_received'"


# ---- Idempotency-Key ---------------------------------------------------------------------------------------------------


def test_what_makes_something_needs_a_key(erp, in_review):
    path, words = f"/returns/{in_review.number}/reject", {"words": "No"}

    answers = [
        erp.post(path, words, key=None),
        erp.post(path, words, key=" "),
        erp.post(path, words, key='""'),
        erp.post(path, words, key="k" * 256),
    ]

    assert [code(answer)[1] for answer in answers] == [
        "idempotency.key_missing",
        "idempotency.key_missing",
        "idempotency.key_missing",
        "idempotency.key_malformed",
    ]


def test_fifty_equal_posts_at_once_make_one_effect_and_have_fifty_equal_answers(erp, in_review, outbox, retailer):
    path = f"/returns/{in_review.number}/accept"
    erp.get("/returns")

    with ThreadPoolExecutor(50) as clients:
        answers = list(clients.map(lambda _: erp.post(path, {"label": "free"}, key="erp-1"), range(50)))

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert outbox(retailer.id).count("return_approved.v1") == 1


def test_the_key_is_the_same_bare_and_quoted_and_however_the_body_is_laid_out(erp, in_review):
    path = f"/returns/{in_review.number}/ask"
    first = erp.post(path, {"words": "Please show us.", "wants_photo": True}, key="erp-2")

    again = erp.post(path, {"wants_photo": True, "words": "Please show us."}, key='"erp-2"')

    assert (first.status_code, again.status_code) == (200, 200)
    assert again.content == first.content
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"


def test_another_body_or_another_route_under_the_same_key_is_refused(erp, in_review):
    root = f"/returns/{in_review.number}"
    erp.post(f"{root}/ask", {"words": "Please show us."}, key="erp-3")

    answers = [
        erp.post(f"{root}/ask", {"words": "Show it."}, key="erp-3"),
        erp.post(f"{root}/reject", {"words": "Please show us."}, key="erp-3"),
    ]

    assert [code(answer) for answer in answers] == [(422, "idempotency.key_reused")] * 2


def test_a_malformed_body_leaves_its_key_to_the_right_one(erp, in_review):
    path = f"/returns/{in_review.number}/reject"
    wrong = erp.post(path, {"word": "No"}, key="erp-4")

    right = erp.post(path, {"words": "No"}, key="erp-4")

    assert (wrong.status_code, right.status_code) == (422, 200)


# ---- pages and tags ----------------------------------------------------------------------------------------------------


def numbers(answer):
    return [each["number"] for each in answer.json()["returns"]]


def through(erp: Program, path: str) -> list[list[str]]:
    """Every page of a list, by following `next`."""
    pages, cursor = [], None
    while cursor is not None or not pages:
        answer = erp.get(path, params={"limit": 2} | ({"cursor": cursor} if cursor else {}))
        pages.append(numbers(answer))
        cursor = answer.json()["next"]
    return pages


def test_pages_follow_each_other_and_hold_each_return_once(erp, returns, retailer):
    made = [submitted(returns, retailer).number for _ in range(5)]

    pages = through(erp, "/returns")

    assert pages == [[made[4], made[3]], [made[2], made[1]], [made[0]]]


def test_what_comes_while_pages_are_turned_moves_nothing(erp, returns, retailer):
    made = [submitted(returns, retailer).number for _ in range(4)]
    first = erp.get("/returns", params={"limit": 2})
    submitted(returns, retailer)

    second = erp.get("/returns", params={"limit": 2, "cursor": first.json()["next"]})

    assert numbers(second) == [made[1], made[0]]


def test_the_next_page_is_linked_with_the_filters_of_this_one(erp, returns, retailer):
    for _ in range(2):
        submitted(returns, retailer)
    first = erp.get("/returns", params={"limit": 1, "search": "AL-"})

    address, rel = first.headers["link"].split("; ")
    second = erp.browser.get(address.strip("<>"), headers={"authorization": f"Bearer {erp.key}"})

    assert rel == 'rel="next"'
    assert "search=AL-" in address
    assert len(numbers(second)) == 1
    assert "link" not in second.headers


@pytest.mark.parametrize("forge", [lambda c: c[:-2] + "AA", lambda c: "", lambda c: "%%%", lambda c: c[5:]])
def test_a_cursor_that_is_not_ours_is_refused(erp, returns, retailer, forge):
    for _ in range(2):
        submitted(returns, retailer)
    cursor = erp.get("/returns", params={"limit": 1}).json()["next"]

    answer = erp.get("/returns", params={"cursor": forge(cursor)})

    assert code(answer) == (422, "page.bad_cursor")


def test_a_cursor_is_good_for_its_list_its_filters_and_its_retailer_only(
    erp, browser, returns, retailer, people, a_key
):
    from tests.integration.portal.test_gateway import _another

    for _ in range(2):
        submitted(returns, retailer)
    cursor = erp.get("/returns", params={"limit": 1}).json()["next"]
    stranger = Program(browser, a_key(people.save_retailer(_another(retailer)).id))

    answers = [
        erp.get("/returns", params={"cursor": cursor, "search": "R-"}),
        erp.get("/tasks", params={"cursor": cursor}),
        stranger.get("/returns", params={"cursor": cursor}),
    ]

    assert [code(answer) for answer in answers] == [(422, "page.bad_cursor")] * 3


@pytest.mark.parametrize("limit", [0, 201, "all"])
def test_a_page_holds_at_most_two_hundred(erp, limit):
    answer = erp.get("/returns", params={"limit": limit})

    assert code(answer) == (422, "request.malformed")
    assert [(fault["in"], fault["pointer"]) for fault in answer.json()["faults"]] == [("query", "/limit")]


def test_a_return_that_did_not_change_is_not_sent_again(erp, in_review):
    first = erp.get(f"/returns/{in_review.number}")
    tag = first.headers["etag"]

    known = [
        erp.get(f"/returns/{in_review.number}", headers={"if-none-match": given})
        for given in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*", '"other"')
    ]
    erp.post(f"/returns/{in_review.number}/reject", {"words": "No"})
    changed = erp.get(f"/returns/{in_review.number}", headers={"if-none-match": tag})

    assert tag.startswith('W/"')
    assert [answer.status_code for answer in known] == [304, 304, 304, 304, 200]
    assert known[0].content == b""
    assert known[0].headers["etag"] == tag
    assert changed.status_code == 200


# ---- the reference -----------------------------------------------------------------------------------------------------


def test_the_routes_that_are_served_are_those_that_are_documented(browser):
    routers = [getattr(route, "original_router", None) for route in browser.app.routes]
    served = {route.path for router in routers if router for route in router.routes if route.path.startswith("/api")}
    plain = {route.path for route in browser.app.routes if getattr(route, "path", "").startswith("/api")}

    documented = set(browser.get("/api/v1/openapi.json").json()["paths"])
    assert served | plain == documented | {"/api/v1/openapi.json", "/api/v1/docs", "/api/v1/docs.css"}


def test_the_reference_page_may_load_nothing_from_elsewhere(browser):
    page = browser.get("/api/v1/docs")
    sheet = browser.get("/api/v1/docs.css?" + page.text.split("/api/v1/docs.css?")[1].split('"')[0])

    policy = page.headers["content-security-policy"]
    assert page.status_code == 200
    assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy
    assert (sheet.status_code, sheet.headers["content-type"]) == (200, "text/css; charset=utf-8")
