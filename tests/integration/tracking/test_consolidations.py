"""Bags and pallets: what a hub received is sent on together, and comes to the retailer, each step once."""

import pytest

from libs.chassis.ids import new_id
from libs.contracts.errors import Refused
from libs.contracts.tracking import UnknownParcelScannedV1
from libs.contracts.tracking_consolidations import (
    CloseConsolidationV1,
    ConsolidationDeliveredV1,
    ConsolidationV1,
    ListConsolidationsV1,
    OpenConsolidationV1,
    RecordDeliveryV1,
    RecordPackedV1,
)
from services.tracking.domain import consolidation_code
from tests.integration.tracking.conftest import NUMBER, Hub, at_once


class Bags:
    """What somebody at a hub does with bags."""

    def __init__(self, hub: Hub) -> None:
        self.hub, self.service = hub, hub.service

    def open(self, key: str = "form 1") -> ConsolidationV1:
        return self.service.open_consolidation(self.hub.call(OpenConsolidationV1(key=key, hub="DAV", by="staff Piotr")))

    def pack(self, bag: ConsolidationV1, code: str, **more) -> ConsolidationV1:
        asked = RecordPackedV1(consolidation_id=bag.consolidation_id, code=code, by="staff Piotr", **more)
        return self.service.record_packed(self.hub.call(asked))

    def close(self, bag: ConsolidationV1) -> ConsolidationV1:
        asked = CloseConsolidationV1(consolidation_id=bag.consolidation_id, by="staff Piotr")
        return self.service.close_consolidation(self.hub.call(asked))

    def deliver(self, code: str) -> ConsolidationV1:
        return self.service.record_delivery(self.hub.call(RecordDeliveryV1(code=code, by="staff Ana")))

    def received(self) -> str:
        """The number of a parcel that the hub has."""
        label = self.hub.label()
        self.service.on_label_issued(label)
        self.hub.scan(label.data.tracking_number)
        return label.data.tracking_number


@pytest.fixture
def bags(new_hub) -> Bags:
    """The bags of a retailer of its own."""
    return Bags(new_hub())


def test_what_is_packed_is_exported_with_its_bag_and_delivered_with_it_each_once(bags):
    bag, numbers = bags.open(), [bags.received() for _ in range(2)]
    for number in numbers:
        bags.pack(bag, number.lower())

    closed = [bags.close(bag) for _ in range(2)]
    delivered = [bags.deliver(f"]C1{bag.code.lower()}") for _ in range(2)]

    assert [each.repeated for each in (*closed, *delivered)] == [False, True, False, True]
    assert (closed[0].state, delivered[0].state) == ("closed", "delivered")
    [fact] = bags.hub.said(ConsolidationDeliveredV1)
    assert (fact.code, fact.parcels, len(fact.return_ids), fact.by) == (bag.code, 2, 2, "staff Ana")
    reached = bags.hub.milestones()
    assert (reached.count("exported"), reached.count("delivered_to_retailer")) == (2, 2)


def test_a_bag_is_opened_once_for_its_key_and_has_a_code_of_its_own(bags):
    first, again, other = bags.open(), bags.open(), bags.open("form 2")

    assert (again.consolidation_id, again.repeated) == (first.consolidation_id, True)
    assert first.code == consolidation_code(first.consolidation_id) != other.code


def test_a_parcel_is_in_one_bag_only_however_many_pack_it_at_once(bags):
    number, some = bags.received(), [bags.open(f"form {n}") for n in range(4)]

    def pack(bag: ConsolidationV1) -> str:
        try:
            return bags.pack(bag, number).state
        except Refused as refused:
            return refused.code

    done = at_once(*(lambda bag=bag: pack(bag) for bag in some))

    assert sorted(done) == ["open", *["tracking.packed_elsewhere"] * 3]


def test_what_cannot_be_done_is_refused_by_its_name(bags):
    bag, number = bags.open(), bags.received()
    label = bags.hub.label()
    bags.service.on_label_issued(label)

    def code_of(act, *args) -> str:
        with pytest.raises(Refused) as refused:
            act(*args)
        return refused.value.code

    assert code_of(bags.pack, bag, "XX-nobody-knows") == "tracking.no_parcel"
    assert code_of(bags.pack, bag, label.data.tracking_number) == "tracking.not_received"
    assert code_of(bags.close, bag) == "tracking.empty"
    assert code_of(bags.deliver, bag.code) == "tracking.not_closed"
    assert code_of(bags.deliver, "HB0") == "tracking.not_found"
    bags.pack(bag, number)
    bags.close(bag)
    assert code_of(bags.pack, bag, bags.received()) == "tracking.not_open"
    assert bags.pack(bag, number).repeated


def test_a_returns_number_packs_the_parcel_that_has_come(bags):
    return_id = new_id()
    bags.hub.scan(NUMBER, return_id=return_id)

    bag = bags.pack(bags.open(), NUMBER, return_id=return_id)

    assert [parcel.return_id for parcel in bag.parcels] == [return_id]


def test_another_retailer_sees_no_bag_of_it(bags, new_hub):
    bag, kite = bags.open(), Bags(new_hub())

    with pytest.raises(Refused):
        kite.close(bag)
    listed = [each.service.list_consolidations(each.hub.call(ListConsolidationsV1())) for each in (bags, kite)]
    assert [len(each.consolidations) for each in listed] == [1, 0]


def test_its_code_scanned_where_a_parcel_was_expected_names_it_and_records_nothing(bags, new_hub):
    bag, kite = bags.open(), Bags(new_hub())

    told = bags.hub.scan(f"]Q3https://desk.example/hub/bags?code={bag.code.lower()}")
    elsewhere = kite.hub.scan(bag.code)

    assert (told.result, told.consolidation_id, told.scan_id) == ("unknown", bag.consolidation_id, None)
    assert bags.hub.said(UnknownParcelScannedV1) == []
    assert (elsewhere.result, elsewhere.consolidation_id) == ("unknown", None)


def test_it_is_found_by_its_code_however_that_was_read(bags):
    bag = bags.open()
    bags.open("form 2")

    found = bags.service.list_consolidations(bags.hub.call(ListConsolidationsV1(code=f"]C1{bag.code.lower()}")))

    assert [each.consolidation_id for each in found.consolidations] == [bag.consolidation_id]
