"""One transaction per fact; a retailer sees its own rows and nobody else's, whatever a query forgets."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from uuid import uuid4

import pytest
from services.toy.store import Toys
from services.toy.toy import PokedV1
from sqlalchemy import create_engine
from sqlalchemy.exc import ProgrammingError

from libs.chassis.clock import now
from libs.chassis.context import Context, working
from libs.chassis.ids import new_id
from libs.chassis.outside import CallInsideUnit, forbid_open_unit
from libs.contracts.base import Envelope

INSERT = "INSERT INTO toys VALUES (%s, %s, 1)"


@pytest.fixture
def fact(retailer):
    return Envelope.of(PokedV1(toy_id=uuid4()), id=new_id(), time=now(), retailer_id=retailer, correlation_id=new_id())


@pytest.fixture
def one_connection(toys):
    """The toy's store with one connection, so that whoever comes next gets the same."""
    store = Toys()
    store.engine = create_engine(toys.engine.url, pool_size=1, max_overflow=0)
    yield store
    store.engine.dispose()


def add(toys, retailer):
    with toys.unit(retailer_id=retailer) as unit:
        unit.db.exec_driver_sql(INSERT, (uuid4(), retailer))


def test_a_query_without_a_retailer_sees_nothing_and_writes_nothing(toys, retailer):
    add(toys, retailer)

    with toys.engine.begin() as db:
        assert db.exec_driver_sql("SELECT count(*) FROM toys").scalar_one() == 0
        with pytest.raises(ProgrammingError, match="row-level security"):
            db.exec_driver_sql(INSERT, (uuid4(), retailer))


def test_another_retailers_rows_can_be_neither_seen_nor_changed_nor_added(toys, retailer):
    other = uuid4()
    add(toys, other)

    with toys.unit(retailer_id=retailer) as unit:
        assert unit.db.exec_driver_sql("SELECT count(*) FROM toys").scalar_one() == 0
        assert unit.db.exec_driver_sql("UPDATE toys SET pokes = 99 RETURNING id").all() == []
        assert unit.db.exec_driver_sql("DELETE FROM toys RETURNING id").all() == []
    with pytest.raises(ProgrammingError, match="row-level security"), toys.unit(retailer_id=retailer) as unit:
        unit.db.exec_driver_sql(INSERT, (uuid4(), other))

    assert toys.all_pokes(other) == (1, 1)


def test_a_row_cannot_be_given_to_another_retailer(toys, retailer):
    add(toys, retailer)

    with pytest.raises(ProgrammingError, match="row-level security"), toys.unit(retailer_id=retailer) as unit:
        unit.db.exec_driver_sql("UPDATE toys SET retailer_id = %s", (uuid4(),))


def test_a_connection_carries_nothing_over_to_the_next_who_gets_it(one_connection, retailer):
    add(one_connection, retailer)
    with one_connection.unit(retailer_id=retailer) as unit:
        before = unit.db.exec_driver_sql("SELECT pg_backend_pid(), count(*) FROM toys").one()
    with pytest.raises(ZeroDivisionError), one_connection.unit(retailer_id=retailer):
        raise ZeroDivisionError

    with one_connection.engine.begin() as db:
        after = db.exec_driver_sql("SELECT pg_backend_pid(), count(*) FROM toys").one()

    assert (before[0], before[1], after[1]) == (after[0], 1, 0)


def test_a_unit_for_nobody_is_refused(toys):
    with pytest.raises(ValueError, match="a fact or a retailer"), toys.unit():
        pass


def test_a_fact_is_seen_from_its_second_time_on(toys, fact):
    seen = []
    for _ in range(3):
        with toys.unit(fact) as unit:
            seen.append(unit.seen)

    assert seen == [False, True, True]


def test_a_fact_whose_handling_failed_is_not_seen(toys, fact):
    with pytest.raises(ZeroDivisionError), toys.unit(fact):
        raise ZeroDivisionError

    with toys.unit(fact) as unit:
        assert not unit.seen


def test_of_two_that_handle_one_fact_at_the_same_moment_the_second_waits_and_sees_it(toys, fact):
    entered, leave = Event(), Event()

    def first():
        with toys.unit(fact) as unit:
            entered.set()
            leave.wait(10)
            return unit.seen

    def second():
        with toys.unit(fact) as unit:
            return unit.seen

    with ThreadPoolExecutor(2) as threads:
        one = threads.submit(first)
        entered.wait(10)
        two = threads.submit(second)
        leave.set()
        assert (one.result(), two.result()) == (False, True)


def test_what_a_fact_causes_names_it_as_the_cause(toys, fact):
    context = Context(fact.correlation_id, fact.id, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    with working(context), toys.unit(fact) as unit:
        unit.announce([PokedV1(toy_id=uuid4()), PokedV1(toy_id=uuid4())])

    with toys.engine.begin() as db:
        bodies = db.exec_driver_sql("SELECT body::json FROM outbox ORDER BY id").scalars().all()
    assert [(body["correlationid"], body["causationid"], body["traceparent"]) for body in bodies] == [
        (str(context.correlation_id), str(fact.id), context.traceparent)
    ] * 2
    assert len({body["id"] for body in bodies}) == 2


def test_the_outside_is_out_of_reach_while_a_transaction_is_open(toys, retailer):
    with toys.unit(retailer_id=retailer), pytest.raises(CallInsideUnit):
        forbid_open_unit()
    with toys.look(retailer), pytest.raises(CallInsideUnit):
        forbid_open_unit()

    forbid_open_unit()
    assert toys.all_pokes(retailer) == (0, 0)


def test_errors_of_the_database_do_not_quote_what_was_written(toys, retailer):
    with pytest.raises(ProgrammingError) as wrong, toys.unit(retailer_id=retailer) as unit:
        unit.db.exec_driver_sql("SELECT %s FROM nowhere", ("jane@shopper.example",))

    assert "jane" not in str(wrong.value)
