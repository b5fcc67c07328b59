"""A call to the outside is sent once and ends in one of four ways: done, not sent, declined, or unknown."""

import socket
import threading

import pytest

from libs.chassis.outside import CallInsideUnit, Declined, NotSent, OutcomeUnknown, Outside
from tests.integration.chassis.answering import Answering, hang_up, reply


@pytest.fixture
def carrier():
    carrier = Answering()
    yield carrier
    carrier.close()


@pytest.fixture
def calls(carrier):
    return Outside("carrier", carrier.url, headers={"Authorization": "Bearer t"}, timeout=(1, 0.5))


def test_what_is_done_comes_back(carrier, calls):
    carrier.behave = lambda handler: reply(handler, 201, b'{"label": "L-1"}')

    label = calls.call("POST", "/labels", json={"parcel": "P-1"}, headers={"Idempotency-Key": "k-1"})

    assert label == {"label": "L-1"}
    [(method, path, headers, body)] = carrier.asked
    assert (method, path, body) == ("POST", "/labels", b'{"parcel": "P-1"}')
    assert (headers["Authorization"], headers["Idempotency-Key"]) == ("Bearer t", "k-1")


@pytest.mark.parametrize("status", [400, 401, 404, 409, 422])
def test_a_clear_no_is_told_with_its_words(carrier, calls, status):
    carrier.behave = lambda handler: reply(handler, status, b"no such lane")

    with pytest.raises(Declined) as no:
        calls.call("POST", "/labels", json={})

    assert (no.value.code, no.value.words) == (str(status), "no such lane")


def test_asked_too_often_it_was_not_done_and_may_be_repeated(carrier, calls):
    carrier.behave = lambda handler: reply(handler, 429, b"slow down")

    with pytest.raises(NotSent):
        calls.call("POST", "/labels", json={})


@pytest.mark.parametrize(
    "behave",
    [
        pytest.param(lambda handler: reply(handler, 500, b"oops"), id="an error of theirs"),
        pytest.param(lambda handler: reply(handler, 503, b"busy"), id="overloaded"),
        pytest.param(lambda handler: reply(handler, 200, b"<html>"), id="not JSON"),
        pytest.param(hang_up, id="the line goes dead"),
        pytest.param(lambda handler: threading.Event().wait(2), id="no answer in time"),
    ],
)
def test_without_a_usable_answer_the_outcome_is_unknown_and_nothing_is_repeated(carrier, calls, behave):
    carrier.behave = behave

    with pytest.raises(OutcomeUnknown):
        calls.call("POST", "/labels", json={})

    assert len(carrier.asked) == 1


def test_where_nobody_listens_nothing_was_sent():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: the port stays closed
        nobody = Outside("carrier", f"http://127.0.0.1:{taken.getsockname()[1]}", timeout=(1, 1))

        with pytest.raises(NotSent):
            nobody.call("POST", "/labels", json={})


def test_a_name_that_is_not_found_means_nothing_was_sent():
    with pytest.raises(NotSent):
        Outside("carrier", "http://carrier.invalid", timeout=(1, 1)).call("POST", "/labels", json={})


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(carrier, calls, status):
    elsewhere = Answering()
    carrier.behave = lambda handler: reply(handler, status, b"", Location=elsewhere.url)

    with pytest.raises(OutcomeUnknown):
        calls.call("POST", "/labels", json={})

    assert elsewhere.asked == []
    elsewhere.close()


def test_no_cookie_of_one_call_is_in_the_next(carrier, calls):
    carrier.behave = lambda handler: reply(handler, 200, b"{}", Set_Cookie="seen=alder; Path=/")

    calls.call("GET", "/one")
    calls.call("GET", "/two")

    assert "Cookie" not in carrier.asked[1][2]


def test_a_call_inside_a_transaction_raises_and_is_not_sent(toys, retailer, carrier, calls):
    with toys.unit(retailer_id=retailer), pytest.raises(CallInsideUnit):
        calls.call("POST", "/labels", json={})

    assert carrier.asked == []
