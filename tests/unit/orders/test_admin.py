import json
import re
from pathlib import Path

import pytest

from libs.chassis.errors import Permanent, Transient
from libs.chassis.outside import Declined, OutcomeUnknown
from services.orders.outside.admin import NoAnswer, Throttled, read_answer

SERVICE = Path(__file__).parents[3] / "services" / "orders"
CLASS_WIDE = re.compile(r"Session\.temp|activate_session|ShopifyResource|shopify\.Session")


def answered(body, status=200, unclear=OutcomeUnknown, **headers):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return read_answer(status, headers, raw, unclear=unclear)


def errors(code, **data):
    return {"errors": [{"message": "no", "extensions": {"code": code}}], **data}


def test_an_answer_with_data_is_its_data():
    assert answered({"data": {"shop": {"name": "Alder"}}}) == {"shop": {"name": "Alder"}}


@pytest.mark.parametrize("status", [401, 402, 403, 404, 423, 400, 406])
def test_a_shop_that_turns_us_away_has_done_nothing(status):
    with pytest.raises(Declined) as no:
        answered({"errors": "Not Found"}, status=status)
    assert no.value.code == f"http_{status}"


@pytest.mark.parametrize("status", [500, 502, 503, 302])
def test_an_error_of_the_shop_may_come_after_the_work(status):
    with pytest.raises(OutcomeUnknown):
        answered(b"", status=status)


@pytest.mark.parametrize("status", [500, 502])
def test_a_question_is_asked_again_after_an_error_of_the_shop(status):
    with pytest.raises(NoAnswer):
        answered(b"", status=status, unclear=NoAnswer)


@pytest.mark.parametrize("status", [429, 430])
def test_a_throttled_call_was_not_made_and_says_when_to_come_back(status):
    with pytest.raises(Throttled) as wait:
        answered(b"", status=status, **{"Retry-After": "2.0"})
    assert wait.value.retry_after == 2.0


def test_throttling_is_told_within_an_answer_too():
    with pytest.raises(Throttled) as wait:
        answered(errors("THROTTLED"))
    assert wait.value.retry_after is None


@pytest.mark.parametrize(
    "code", ["ACCESS_DENIED", "BAD_REQUEST", "RESOURCE_NOT_FOUND", "INVALID_VARIABLE", "undefinedField"]
)
def test_what_the_shop_did_not_understand_it_has_not_done(code):
    with pytest.raises(Declined) as no:
        answered(errors(code, data={"returnProcess": None}))
    assert no.value.code == code.lower()


def test_what_may_not_be_shown_of_an_effect_leaves_it_open_and_is_a_no_to_a_question():
    denied = errors("ACCESS_DENIED", data={"returnProcess": {"return": None}})

    with pytest.raises(OutcomeUnknown):
        answered(denied)
    with pytest.raises(Declined):
        answered(denied, unclear=NoAnswer)


def test_an_internal_error_may_come_after_the_work():
    with pytest.raises(OutcomeUnknown):
        answered(errors("INTERNAL_SERVER_ERROR"))


def test_half_of_the_data_beside_errors_is_not_trusted():
    with pytest.raises(OutcomeUnknown):
        answered({"errors": [{"message": "timeout"}], "data": {"returnProcess": {"return": {"id": "1"}}}})


@pytest.mark.parametrize("body", [b"<html>", b"", b"[]", b"null", b"{}", b'{"data": null}'])
def test_an_answer_that_says_nothing_leaves_the_outcome_open(body):
    with pytest.raises(OutcomeUnknown):
        answered(body)


def test_errors_as_a_text_are_a_refusal():
    with pytest.raises(Declined, match="Not Found"):
        answered({"errors": "Not Found"})


def test_what_is_unknown_is_neither_retried_blindly_nor_given_up():
    assert not issubclass(OutcomeUnknown, (Transient, Permanent))
    assert issubclass(Throttled, Transient)


def test_no_code_of_ours_uses_the_library_state_that_threads_and_greenlets_share():
    written = {path: path.read_text() for path in SERVICE.rglob("*.py")}

    assert [str(path) for path, text in written.items() if CLASS_WIDE.search(text)] == []
    assert any("shopify.GraphQL" in text for text in written.values())
