"""Orders brought in by a program or by staff: what is wrong is told by field, row and column, before anything is sent on."""

import pytest

from services.portal.access import May, Role
from services.portal.bringing import MOST_ROWS
from tests.integration.portal.programs import Program
from tests.integration.portal.test_desk import fields

PAGE = "/admin/orders/import"
GOOD = "number,placed_at,email,title,quantity,paid\nAP-77,2026-11-20,maya@example.com,Linen camp shirt,2,90.00\n"
BAD = GOOD + "AP-78,2026-11-20,maya@example.com,Sun hat,1,seventeen\n"
SHIRT = {"title": "Linen camp shirt", "quantity": 2, "paid": {"amount": 9000, "currency": "GBP"}}
ORDER = {
    "number": "AP-77",
    "placed_at": "2026-11-20T12:00:00Z",
    "contact": {"email": "maya@example.com"},
    "address": {"country": "GB"},
    "lines": [SHIRT],
}


@pytest.fixture
def erp(browser, retailer, a_key) -> Program:
    return Program(browser, a_key(retailer.id, May.WRITE_ORDERS, May.READ_RETURNS))


def send(erp: Program, file: str | bytes, query: str = "", kind: str = "text/csv"):
    """The answer to a file."""
    headers = {"authorization": f"Bearer {erp.key}", "content-type": kind}
    content = file.encode() if isinstance(file, str) else file
    return erp.browser.post(f"/api/v1/orders/csv{query}", content=content, headers=headers)


@pytest.mark.parametrize(
    "changes, pointer",
    [
        ({"number": "<b>"}, "/orders/0/number"),
        ({"lines": []}, "/orders/0/lines"),
        ({"lines": [SHIRT | {"quantity": 0}]}, "/orders/0/lines/0/quantity"),
        ({"lines": [SHIRT | {"paid": {"amount": -1, "currency": "GBP"}}]}, "/orders/0/lines/0/paid/amount"),
        ({"lines": [SHIRT | {"image": "javascript:alert(1)"}]}, "/orders/0/lines/0/image"),
        ({"lines": [SHIRT | {"hs_code": "6206"}]}, "/orders/0/lines/0/hs_code"),
        ({"lines": [SHIRT | {"hs_code": "6206.....9"}]}, "/orders/0/lines/0/hs_code"),
        ({"lines": [SHIRT | {"origin": "EU"}]}, "/orders/0/lines/0/origin"),
        ({"lines": [SHIRT | {"grams": -1}]}, "/orders/0/lines/0/grams"),
        ({"lines": [SHIRT | {"key": "1"}, SHIRT | {"key": "1"}]}, "/orders/0"),
        ({"lines": [SHIRT, SHIRT | {"paid": {"amount": 1, "currency": "EUR"}}]}, "/orders/0"),
        ({"contact": {}}, "/orders/0"),
        ({"address": None}, "/orders/0"),
        ({"placed_at": "2026-11-20"}, "/orders/0/placed_at"),
        ({"colour": "sage"}, "/orders/0/colour"),
    ],
)
def test_an_order_with_a_fault_is_told_its_place(erp, changes, pointer):
    answer = erp.post("/orders", {"orders": [ORDER | changes]})

    assert (answer.status_code, answer.json()["code"]) == (422, "request.malformed")
    assert [fault["pointer"] for fault in answer.json()["faults"]] == [pointer]


def test_more_orders_than_go_at_once_are_refused(erp):
    assert erp.post("/orders", {"orders": [ORDER] * 501}).json()["code"] == "request.malformed"


def test_while_orders_is_away_the_same_may_be_sent_again(erp):
    answers = [erp.post("/orders", {"orders": [ORDER]}, key="k-1"), send(erp, GOOD), erp.get("/orders/AP-77")]

    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(503, "service.unavailable")}


def test_a_file_that_is_only_checked_tells_its_faults_by_row_and_column(erp):
    told = send(erp, BAD, "?only_check=true").json()

    assert (told["rows"], told["checked"], told["created"], told["faulty"]) == (2, 1, 0, 1)
    assert told["faults"] == [{"row": 3, "column": "paid", "words": "“seventeen” is not an amount", "order": "AP-78"}]


def test_columns_may_be_named_and_what_is_missing_is_asked_for(erp):
    renamed = GOOD.replace("number", "Our ref").replace("paid", "Sum")

    missing = send(erp, renamed, "?only_check=true")
    named = send(erp, renamed, "?only_check=true&column=number:Our%20ref&column=paid:Sum")
    strange = send(erp, renamed, "?only_check=true&column=colour:Sum")

    assert (missing.status_code, missing.json()["code"]) == (422, "orders.columns_missing")
    assert missing.json()["headings"][0] == "Our ref"
    assert (named.status_code, named.json()["checked"]) == (200, 1)
    assert (strange.status_code, strange.json()["code"]) == (422, "orders.no_such_field")


def test_what_is_no_csv_is_refused_and_a_file_may_be_larger_than_other_bodies(erp):
    row = "AP-{},2026-11-20,maya@example.com,Linen camp shirt in a colour of sage,2,90.00\n"
    large = GOOD.splitlines()[0] + "\n" + "".join(row.format(place) for place in range(MOST_ROWS))

    assert send(erp, "{}", kind="application/json").json()["code"] == "request.not_csv"
    assert send(erp, large, "?only_check=true").json()["checked"] == MOST_ROWS
    assert send(erp, b"a" * (8 * 1024 * 1024 + 1)).status_code == 413


def test_a_key_without_the_scope_brings_nothing(browser, retailer, a_key):
    answer = send(Program(browser, a_key(retailer.id, May.READ_RETURNS)), GOOD)

    assert (answer.status_code, answer.json()["missing"]) == (403, ["orders.write"])


@pytest.fixture
def upload(browser, retailer, sit):
    """Call it with a file and what else is sent: the page that answers."""
    sit(browser, retailer, Role.AGENT)

    def send_file(file: str, **more: str):
        form = fields(browser.get(PAGE), PAGE)
        return browser.post(PAGE, data=form | more, files={"file": ("orders.csv", file.encode(), "text/csv")})

    return send_file


def test_staff_check_a_file_and_read_what_is_wrong(upload):
    page = upload(BAD, check="yes")

    assert page.status_code == 200
    assert all(words in page.text for words in ("orders.csv", "“seventeen” is not an amount", "AP-78"))
    assert "Orders that can be saved" in page.text


def test_staff_choose_the_columns_that_are_not_known_by_themselves(upload):
    renamed = GOOD.replace("number", "Our <ref>").replace("paid", "Sum")

    asked = upload(renamed, check="yes")
    chosen = {"column-number": "Our <ref>", "column-paid": "Sum"}
    done = upload(renamed, check="yes", **chosen)

    assert asked.status_code == 422
    assert "Our &lt;ref&gt;" in asked.text
    assert 'href="#column-number"' in asked.text
    assert (done.status_code, "Orders that can be saved" in done.text) == (200, True)


def test_a_page_without_a_file_asks_for_one(browser, retailer, sit):
    sit(browser, retailer, Role.MANAGER)
    form = fields(browser.get(PAGE), PAGE)

    answer = browser.post(PAGE, data=form, files={"file": ("", b"", "application/octet-stream")})

    assert (answer.status_code, "Choose a file" in answer.text) == (422, True)


def test_while_orders_is_away_staff_are_told_to_try_again(upload):
    answer = upload(GOOD)

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


def test_the_page_is_not_open_to_those_who_bring_no_orders(browser, retailer, sit):
    sit(browser, retailer, Role.VIEWER)

    assert browser.get(PAGE).status_code == 403
    assert PAGE not in browser.get("/admin/tasks").text
