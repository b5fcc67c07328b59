"""How long a failure waits, and when it is parked."""

import pytest
import requests
from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from libs.chassis.errors import DeadlineExceeded, Failed, Malformed, Permanent, Transient, Unavailable
from libs.chassis.outside import Declined, NotSent, OutcomeUnknown
from libs.chassis.retries import Ladder, is_transient, reason, seconds

LADDER = Ladder((("1s", 1.0), ("5s", 5.0), ("30s", 30.0), ("5m", 300.0), ("30m", 1800.0), ("2h", 7200.0)))


class Shopper(BaseModel):
    email: str
    age: int


def database_error(kind=OperationalError, *, lost=False):
    return kind("SELECT", {}, Exception("jane@shopper.example"), connection_invalidated=lost)


def waits(failure):
    return [LADDER.tier_for(failure, attempt) for attempt in range(1, 8)]


def test_a_fault_that_passes_waits_longer_each_time_and_is_parked_after_the_longest():
    assert waits(Transient()) == ["1s", "5s", "30s", "5m", "30m", "2h", None]


def test_a_surprise_is_tried_three_more_times():
    assert waits(KeyError("sku")) == ["1s", "5s", "30s", None, None, None, None]


@pytest.mark.parametrize("failure", [Permanent(), Malformed(), Declined("404", "no such parcel")])
def test_what_never_passes_is_parked_at_once(failure):
    assert waits(failure) == [None] * 7


def test_a_wait_in_seconds_is_that_of_the_tier():
    assert LADDER.wait_for(Transient(), 4) == 300
    assert LADDER.wait_for(Permanent(), 1) is None


@pytest.mark.parametrize(("tier", "length"), [("200ms", 0.2), ("1s", 1), ("5m", 300), ("2h", 7200)])
def test_a_tier_is_named_by_its_length(tier, length):
    assert seconds(tier) == length


@pytest.mark.parametrize(
    "failure",
    [
        database_error(),
        database_error(DBAPIError, lost=True),
        PoolTimeout(),
        ConnectionResetError(),
        TimeoutError(),
        requests.ConnectionError(),
        NotSent(),
        Unavailable(),
        DeadlineExceeded(),
        Failed(),
    ],
    ids=lambda failure: type(failure).__name__,
)
def test_waiting_may_help_where_something_is_away(failure):
    assert is_transient(failure)


@pytest.mark.parametrize(
    "failure",
    [database_error(IntegrityError), ValueError(), Permanent(), Declined("400", "no"), OutcomeUnknown()],
    ids=lambda failure: type(failure).__name__,
)
def test_waiting_does_not_help_where_the_answer_would_be_the_same(failure):
    assert not is_transient(failure)


def test_a_reason_names_fields_and_not_what_was_in_them():
    with pytest.raises(ValidationError) as wrong:
        Shopper.model_validate({"email": ["jane@shopper.example"], "age": "young"})

    words = reason(wrong.value)

    assert "email" in words
    assert "age" in words
    assert "jane" not in words
    assert "young" not in words


def test_a_reason_does_not_quote_the_database():
    assert reason(database_error(IntegrityError)) == "IntegrityError: Exception"


def test_a_reason_fits_a_header():
    assert len(reason(KeyError("x" * 10_000))) == 500
