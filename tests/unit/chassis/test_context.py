"""What one piece of work carries along."""

import re
from uuid import UUID

import pytest
import structlog

from libs.chassis.context import Context, current, fresh, working

CONTEXT = Context(UUID(int=1), UUID(int=2), "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")


def bound():
    return structlog.contextvars.get_contextvars()


def test_work_that_nothing_caused_begins_a_trace_of_its_own():
    one, other = fresh(), fresh()

    assert one.correlation_id != other.correlation_id
    assert one.causation_id is None
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", one.traceparent)


def test_inside_the_work_its_context_is_the_present_one_and_after_it_is_not():
    with working(CONTEXT, retailer="alder"):
        assert current() == CONTEXT
        assert bound() == {"correlation_id": str(UUID(int=1)), "retailer": "alder"}

    assert current() != CONTEXT
    assert bound() == {}


def test_work_inside_work_gives_the_outer_context_back():
    inner = fresh()

    with working(CONTEXT, retailer="alder"):
        with working(inner, retailer="kite"):
            assert current() == inner
        assert current() == CONTEXT
        assert bound()["retailer"] == "alder"


def test_work_that_fails_leaves_nothing_behind():
    with pytest.raises(KeyError), working(CONTEXT, retailer="alder"):
        raise KeyError

    assert bound() == {}
