"""What every request passes through: garbled, endless, impatient and misdirected ones."""

from threading import get_ident

import anyio
import pytest
from starlette.requests import Request
from starlette.responses import Response

from libs.chassis.context import current
from services.portal.edge import Edge
from tests.integration.portal.test_gateway import a_form, ingress, keyring, shop_hook  # noqa: F401


def test_a_head_is_a_get_without_its_body(browser, retailer):
    answer = browser.head(f"/{retailer.slug}/")

    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize("address", ["/admin/returns/R-%00", "/api/v1/returns/%00", "/admin?q=%00", "/%00/"])
def test_a_nul_in_an_address_is_refused_before_it_reaches_the_database(browser, people, address):
    assert browser.get(address).status_code == 400


def test_every_answer_forbids_guessing_its_type(browser, retailer):
    answers = [browser.get(address) for address in (f"/{retailer.slug}", "/api/v1/nothing", "/robots.txt")]

    assert [answer.headers["x-content-type-options"] for answer in answers] == ["nosniff"] * 3


def test_photos_are_taken_with_the_items_and_nowhere_else(browser, retailer):
    large = {"photo": ("shirt.jpg", b"x" * (1024 * 1024 + 1), "image/jpeg")}
    small = {"photo": ("shirt.jpg", b"x", "image/jpeg")}

    answers = [browser.post(f"/{retailer.slug}/find", files=photo).status_code for photo in (large, small)]

    assert answers == [413, 400]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"x", "multipart/form-data"),
        (b"x", "multipart/form-data; boundary=b"),
        (b"a=b&" * 3000, "application/x-www-form-urlencoded"),
        (b"a=" + b"b" * 70_000, "application/x-www-form-urlencoded"),
    ],
)
def test_a_form_that_is_none_is_told_so_and_is_no_error_of_ours(browser, retailer, body, kind):
    answer = browser.post(f"/{retailer.slug}/find", content=body, headers={"content-type": kind})

    assert answer.status_code in {400, 403}
    assert "Something went wrong" not in answer.text


def test_a_json_body_larger_than_a_megabyte_is_cut_off(browser, retailer, a_key):
    key = a_key(retailer.id)

    answer = browser.post("/api/v1/scans", content=b"[" * 1024 * 1024 * 2, headers={"authorization": f"Bearer {key}"})

    assert (answer.status_code, answer.json()["code"]) == (413, "request.too_large")


@pytest.mark.parametrize("origin", ["http://[", "null.example", "https://\xff"])
def test_an_origin_that_is_no_address_is_refused(browser, retailer, origin):
    form = a_form(browser, f"/{retailer.slug}/")

    answer = browser.post(f"/{retailer.slug}/find", data=form, headers={"origin": origin.encode("latin-1")})

    assert answer.status_code == 403


def test_a_signature_that_is_not_ascii_is_a_wrong_one(browser, retailer, ingress, keyring):  # noqa: F811
    token = ingress.save_endpoint(retailer.id, source="shopify", name="alder", secret="shop secret", keyring=keyring)
    headers = shop_hook(b"{}") | {"x-shopify-hmac-sha256": b"\xff"}

    assert browser.post(f"/webhooks/shopify/{token}", content=b"{}", headers=headers).status_code == 401


def test_a_visit_that_we_did_not_name_is_named_anew(browser, retailer):
    browser.cookies.set("hw_visit", "told by somebody")

    answer = browser.get(f"/{retailer.slug}/")

    assert "told by somebody" not in answer.headers["set-cookie"]


def test_a_page_of_nobody_names_no_retailer_of_ours(browser, retailer, people):
    from dataclasses import replace

    people.save_retailer(replace(retailer, image_origin="https://pictures.alder.example"))

    assert "pictures.alder.example" not in browser.get("/admin/sign-in").headers["content-security-policy"]


def test_a_wrong_method_says_which_are_right(browser, retailer):
    answer = browser.get(f"/{retailer.slug}/submit")

    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_a_retailer_s_own_host_serves_its_pages(browser, retailer, people):
    people.save_retailer(retailer, host=f"{retailer.slug}.example")
    at = {"host": f"{retailer.slug.upper()}.example:443"}

    found = browser.get("/", headers=at)
    shared = browser.get("/robots.txt", headers=at)

    assert retailer.look.name in found.text
    assert shared.status_code == 200


SCOPE = {"type": "http", "method": "POST", "path": "/alder/items", "query_string": b"", "headers": []}


def serve(app, failed, receive=None):
    """The statuses that the edge around `app` answers with."""
    sent = []

    async def send(message):
        sent.append(message)

    anyio.run(Edge(app, hosts=dict, failed=failed, https=True), SCOPE, receive, send)
    return [message["status"] for message in sent if message["type"] == "http.response.start"]


def test_a_client_that_goes_away_in_the_middle_of_its_form_is_no_error():
    async def app(scope, receive, _send):
        await Request(scope, receive).body()

    async def receive():
        return {"type": "http.disconnect"}

    assert serve(app, lambda _request, failure: pytest.fail(repr(failure)), receive) == []


def test_an_error_of_ours_is_told_with_the_reference_that_its_log_lines_have():
    seen = []

    async def app(*_asked):
        seen.append(current().correlation_id)
        raise ZeroDivisionError

    def failed(_request, _failure):
        seen.append(current().correlation_id)
        return Response(status_code=500)

    assert serve(app, failed) == [500]
    assert seen[0] == seen[1]


def test_the_hosts_are_read_by_a_thread_so_that_a_slow_database_holds_up_nobody():
    threads = []

    def hosts():
        threads.append(get_ident())
        return {}

    async def app(scope, _receive, send):
        threads.append(get_ident())
        await Response()(scope, None, send)

    async def send(_message):
        pass

    anyio.run(Edge(app, hosts=hosts, failed=lambda *_failed: pytest.fail(), https=True), SCOPE, None, send)

    assert threads[0] != threads[1]
