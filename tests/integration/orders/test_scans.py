"""The import and the sweep, page by page, against the sandbox's shop: what no webhook told is found."""

import json
from datetime import timedelta

import pytest

from libs.chassis.claims import Claimer
from libs.chassis.clock import now
from libs.chassis.retries import Ladder
from libs.chassis.settings import load
from libs.contracts.errors import Refused
from libs.contracts.orders import OrderChangedV1
from libs.contracts.orders_shops import GetImportV1, ImportState
from services.orders.domain.scans import EVERY, Kind
from tests.integration.orders.conftest import Desk, approved, line_back
from tests.waiting import until

MANY = 53  # orders, which are two pages


class Reader:
    """Takes the planned pages of one retailer as a worker does."""

    def __init__(self, desk: Desk):
        self.desk = desk
        self.claimer = Claimer(desk.service.index.engine, Ladder.from_settings(load()), 30, lambda run: run())
        self.claimer.methods = {"imports": desk.service.read_orders, "sweeps": desk.service.read_changes}

    def run(self) -> int:
        """Every page that is due; gives how many."""
        pages = 0
        while claims := self.claimer.take():
            for claim in claims:
                pages += 1
                self.claimer.running += 1
                self.claimer.work(claim)
        return pages

    def page(self) -> None:
        """One round of what is due."""
        for claim in self.claimer.take():
            self.claimer.running += 1
            self.claimer.work(claim)

    def lose(self) -> None:
        """The leases on what was taken are over, and it is due: its worker is dead."""
        with self.desk.service.index.unit(retailer_id=self.desk.retailer_id) as unit:
            unit.db.exec_driver_sql("UPDATE claims SET claimed_until = NULL, due_at = now()")

    def plan(self, kind: Kind, **changes) -> None:
        """Let one scan be due now, as it was planned, or from its beginning."""
        with self.desk.service.index.unit(retailer_id=self.desk.retailer_id) as unit:
            shop = unit.db.exec_driver_sql("SELECT id, domain FROM shops").one()
            unit.claim(f"{kind}s", account=shop.domain, subject=shop.id)
            for column, value in changes.items():
                unit.db.exec_driver_sql(f"UPDATE scans SET {column} = %s WHERE kind = %s", (value, kind.value))

    def anew(self, kind: Kind) -> None:
        """Let one scan be due as if the shop had just been connected."""
        self.plan(kind, began_at=None, ended_at=None, after=None, newest=None, listed=0, kept=0, expected=None)

    def due(self, kind: Kind):
        """When the next page is to be read; None when none is planned."""
        with self.desk.service.index.unit(retailer_id=self.desk.retailer_id) as unit:
            found = unit.db.exec_driver_sql(
                "SELECT due_at FROM claims WHERE retailer_id = %s AND kind = %s", (self.desk.retailer_id, f"{kind}s")
            )
            return found.scalar_one_or_none()

    def scan(self, kind: Kind):
        """How far a scan is."""
        with self.desk.service.index.unit(retailer_id=self.desk.retailer_id) as unit:
            return unit.db.exec_driver_sql("SELECT * FROM scans WHERE kind = %s", (kind.value,)).one()


@pytest.fixture
def reader(alder):
    reader = Reader(alder)
    with alder.service.index.unit(retailer_id=alder.retailer_id) as unit:
        unit.db.exec_driver_sql("DELETE FROM claims")
    return reader


@pytest.fixture(scope="module")
def many(desks):
    """More orders than a page holds, of which no webhook told us."""
    return [desks["alder"].sell(lines=[{"product": "wool-scarf"}]) for _ in range(MANY)]


def progress(desk):
    return desk.service.get_import(desk.call(GetImportV1()))


def changes_of(desk, order_id):
    return len([fact for fact in desk.said(OrderChangedV1) if fact.order_id == order_id])


def test_the_import_brings_every_order_of_the_shop_and_says_how_far_it_is(alder, reader, many):
    reader.anew(Kind.IMPORT)
    waiting = progress(alder)
    reader.page()
    running = progress(alder)
    reader.run()
    done = progress(alder)

    assert (waiting.state, waiting.listed) == (ImportState.WAITING, 0)
    assert (running.state, running.listed) == (ImportState.RUNNING, 50)
    assert running.expected == done.expected == done.listed >= MANY
    assert done.state == ImportState.DONE


def test_an_imported_order_is_found_without_asking_the_shop(alder, reader, many):
    reader.anew(Kind.IMPORT)
    reader.run()
    for operation in ("OrderLookup", "OrderForReturn"):
        alder.shop.misbehave("fail_before", operation)

    found = [alder.find(sold["name"], sold["email"]) for sold in many]

    assert [order.number for order in found] == [sold["name"] for sold in many]
    assert len(alder.shop.faults()) == 2


@pytest.mark.parametrize(
    "wishes",
    [
        {},
        {"delivered": False},
        {"fulfilled": False, "delivered": False},
        {"lines": [{"product": "camp-shirt", "quantity": 3}], "discount_percent": 15},
    ],
)
def test_an_order_from_a_page_is_told_as_one_that_was_read_alone(alder, reader, wishes):
    sold = alder.sell(**wishes)
    reader.anew(Kind.IMPORT)
    reader.run()
    from_page = alder.find(sold["name"], sold["email"])
    before = changes_of(alder, from_page.order_id)

    with alder.service.index.unit(retailer_id=alder.retailer_id) as unit:
        unit.db.exec_driver_sql("UPDATE orders SET read_at = NULL WHERE id = %s", (from_page.order_id,))
    alone = alder.find(sold["name"], sold["email"])

    assert alone == from_page
    assert changes_of(alder, from_page.order_id) == before


def test_an_import_that_died_within_a_page_goes_on_with_that_page(alder, reader, many):
    reader.anew(Kind.IMPORT)
    reader.page()
    place = reader.scan(Kind.IMPORT).after
    shop_id = reader.scan(Kind.IMPORT).shop_id

    reader.claimer.take()
    alder.service.scans.begin(alder.retailer_id, shop_id, Kind.IMPORT)  # and nothing comes of it
    planned = reader.due(Kind.IMPORT)
    reader.lose()
    reader.run()

    assert place is not None
    assert now() < planned <= now() + timedelta(minutes=1)
    assert progress(alder).listed == progress(alder).expected


def test_a_worker_killed_within_a_page_is_followed_by_one_that_ends_the_import(alder, reader, many, start):
    reader.anew(Kind.IMPORT)
    doomed = start("orders", CRASH_AT="orders.page_read", ready=False)
    until(lambda: doomed.running.poll() is not None, within=40)
    after_the_kill = progress(alder)
    reader.lose()

    start("orders")
    until(lambda: progress(alder).state == ImportState.DONE, within=40)

    assert doomed.running.returncode == -9
    assert (after_the_kill.state, after_the_kill.listed) == (ImportState.RUNNING, 0)
    assert progress(alder).listed == progress(alder).expected


def test_a_page_that_two_have_read_is_kept_once(alder, reader, many):
    reader.anew(Kind.IMPORT)
    scans, shop_id = alder.service.scans, reader.scan(Kind.IMPORT).shop_id
    first = scans.begin(alder.retailer_id, shop_id, Kind.IMPORT)
    second = scans.begin(alder.retailer_id, shop_id, Kind.IMPORT)

    scans.keep(second, [], after="further")
    scans.keep(first, [], after="elsewhere")

    assert reader.scan(Kind.IMPORT).after == "further"


def test_a_sweep_finds_what_no_webhook_told_and_is_planned_again_in_an_hour(alder, reader):
    sold = alder.sell()
    reader.anew(Kind.SWEEP)

    reader.run()
    alder.shop.misbehave("fail_before", "OrderForReturn")

    assert alder.find(sold["name"], sold["email"]).number == sold["name"]
    assert EVERY - timedelta(minutes=1) < reader.due(Kind.SWEEP) - now() <= EVERY


def test_a_sweep_over_what_is_known_states_nothing(alder, reader):
    sold, order = alder.order()
    reader.anew(Kind.SWEEP)
    reader.run()
    alder.work()  # orders of other tests have returns, and are read alone
    stated = changes_of(alder, order.order_id)

    reader.plan(Kind.SWEEP)
    reader.run()

    assert changes_of(alder, order.order_id) == stated
    assert reader.scan(Kind.SWEEP).listed >= 1
    assert reader.scan(Kind.SWEEP).kept == 0
    assert alder.find(sold["name"], sold["email"]) == order


def test_an_order_with_a_return_is_read_alone_for_the_page_does_not_say_what_is_left(alder, reader):
    _, order = alder.order()
    approval = approved(order, line_back(order.lines[0]))
    alder.tell(approval)
    alder.work()
    with alder.service.index.unit(retailer_id=alder.retailer_id) as unit:
        unit.db.exec_driver_sql("DELETE FROM claims")
        unit.db.exec_driver_sql("UPDATE orders SET read_at = NULL WHERE id = %s", (order.order_id,))

    reader.anew(Kind.SWEEP)
    reader.run()

    assert order.order_id in {claim.subject for claim in alder.claims() if claim.kind == "refreshes"}
    assert alder.get(order.order_id).lines[0].returnable == order.lines[0].returnable


def test_an_order_with_more_lines_than_a_page_has_room_for_is_read_alone(alder, reader):
    sold = alder.sell(lines=[{"product": "wool-scarf"}] * 21)
    reader.anew(Kind.SWEEP)

    reader.run()
    planned = [claim.kind for claim in alder.claims()]
    alder.work()

    assert "refreshes" in planned
    assert len(alder.find(sold["name"], sold["email"]).lines) == 21


def test_what_a_webhook_told_of_a_later_change_is_not_taken_for_read(alder, reader):
    sold, order = alder.order()
    (told,) = (fact for fact in alder.shop.webhooks(sold) if fact.topic == "orders/updated")
    later = (now() + timedelta(hours=1)).isoformat()
    body = json.dumps(json.loads(told.body) | {"updated_at": later})
    alder.service.on_shop_webhook_received(alder.fact(told.model_copy(update={"body": body})))
    reader.anew(Kind.SWEEP)

    reader.run()

    assert order.order_id in {claim.subject for claim in alder.claims()}
    with alder.service.index.unit(retailer_id=alder.retailer_id) as unit:
        asked = "SELECT heard_at > read_at FROM orders WHERE id = %s"
        assert unit.db.exec_driver_sql(asked, (order.order_id,)).scalar_one()


def test_a_shop_that_is_away_is_swept_a_minute_later(alder, reader):
    reader.anew(Kind.SWEEP)
    alder.shop.misbehave("fail_before", "OrdersPage")

    reader.run()
    put_off = reader.due(Kind.SWEEP) - now()
    reader.plan(Kind.SWEEP)
    reader.run()

    assert timedelta() < put_off <= timedelta(minutes=1)
    assert reader.scan(Kind.SWEEP).ended_at is not None


def test_a_place_that_the_shop_does_not_know_begins_the_run_anew(alder, reader, many):
    reader.anew(Kind.IMPORT)
    reader.page()
    reader.plan(Kind.IMPORT, after="nowhere")

    reader.page()
    put_off = reader.due(Kind.IMPORT) - now()
    reader.plan(Kind.IMPORT)
    reader.run()

    assert timedelta(minutes=1) < put_off <= EVERY
    assert progress(alder).state == ImportState.DONE


def test_connecting_again_does_not_import_again(alder, reader):
    reader.anew(Kind.IMPORT)
    reader.run()
    before = progress(alder)

    reader.plan(Kind.IMPORT)
    reader.run()

    assert progress(alder) == before
    assert reader.due(Kind.IMPORT) is None


def test_without_a_shop_there_is_no_import(alder):
    stranger = type(alder)(alder.service, alder.shop, alder.fact(GetImportV1()).id, alder.domain)

    with pytest.raises(Refused):
        progress(stranger)
