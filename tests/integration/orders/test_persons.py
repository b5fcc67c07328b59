"""Requests about persons' data at orders: asked by the shop or by staff, led to their end, whatever comes late or twice."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from libs.chassis.claims import Claim
from libs.chassis.clock import now
from libs.chassis.errors import Malformed, Permanent
from libs.chassis.ids import new_id
from libs.chassis.objects import Objects
from libs.contracts.errors import Refused
from libs.contracts.orders_persons import (
    BeginPersonRequestV1,
    FindPersonOrdersV1,
    GetPersonExportV1,
    ListPersonRequestsV1,
    PersonErasedV1,
    PersonRequest,
    PersonRequestedV1,
    PersonRequestEndedV1,
    PersonRequestKind,
    PersonRequestLateV1,
    PersonRequestState,
)
from libs.contracts.portal import ShopWebhookReceivedV1
from libs.contracts.portal_persons import PersonFoundV1, PersonReturn
from tests.integration.orders.conftest import Desk, approved, line_back

ALL = {"portal", "rules", "labels", "payments", "tracking", "notifications"}
NOBODY = PersonFoundV1()


def number_of(sold: dict[str, Any]) -> int:
    """The shop's own number of an order, as its payloads write it."""
    return int(sold["id"].rsplit("/", 1)[1])


def redact(desk: Desk, sold: dict[str, Any], **changes: Any) -> ShopWebhookReceivedV1:
    """The shop wants a customer forgotten."""
    customer = {"id": 191167, "email": sold["email"], "phone": None} | changes.pop("customer", {})
    told = {"shop_domain": desk.domain, "customer": customer, "orders_to_redact": [number_of(sold)]} | changes
    return webhook(desk, "customers/redact", told)


def webhook(desk: Desk, topic: str, told: dict[str, Any], **changes: Any) -> ShopWebhookReceivedV1:
    fields = {"delivery_id": new_id(), "topic": topic, "shop": desk.domain, "triggered_at": now()} | changes
    return ShopWebhookReceivedV1(**fields, body=json.dumps(told))


def hear(desk: Desk, body: ShopWebhookReceivedV1) -> None:
    desk.service.on_shop_webhook_received(desk.fact(body))


def test_the_orders_of_an_address_are_known_before_anything_is_asked_about_it(alder):
    _, order = alder.order(email="Maya.Quill@example.com")

    told = alder.service.find_person_orders(alder.call(FindPersonOrdersV1(email="maya.quill@example.com")))

    assert order.order_id in told.order_ids
    assert alder.service.find_person_orders(alder.call(FindPersonOrdersV1(email="no@example.com"))).order_ids == ()
    with pytest.raises(Refused, match="nobody_meant"):
        alder.service.find_person_orders(alder.call(FindPersonOrdersV1(email="maya")))


def requests_of(desk: Desk) -> tuple[PersonRequest, ...]:
    """The newest first."""
    return desk.service.list_person_requests(desk.call(ListPersonRequestsV1())).requests


def newest(desk: Desk) -> PersonRequest:
    return requests_of(desk)[0]


def lead(desk: Desk, found: PersonFoundV1 = NOBODY, quiet: set[str] = ALL) -> PersonRequest:
    """One round: portal has found these returns, and these services hold nothing any more."""
    store, request = desk.service.persons, newest(desk)
    asked = store.begin(desk.retailer_id, request.request_id)
    assert asked is not None
    store.act(asked, found)
    store.answered(asked, quiet)
    return next(each for each in requests_of(desk) if each.request_id == request.request_id)


def stored(desk: Desk, words: str) -> list[str]:
    """The tables of orders in which the words stand."""
    with desk.service.index.unit(retailer_id=desk.retailer_id) as unit:
        tables = unit.db.exec_driver_sql(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_name <> 'outbox'"
        )
        return [
            name
            for name in tables.scalars().all()
            if name != "alembic_version"
            and unit.db.exec_driver_sql(
                f'SELECT 1 FROM "{name}" t WHERE t::text ILIKE %s LIMIT 1', (f"%{words}%",)
            ).first()
        ]


def test_a_customer_is_forgotten_once_every_service_holds_nothing(alder: Desk):
    sold, order = alder.order(email="quill.one@example.com", name="Maya Quillone")
    hear(alder, redact(alder, sold))

    first = lead(alder, quiet=ALL - {"labels"})
    done = lead(alder)

    assert (first.state, first.silent) == (PersonRequestState.OPEN, ("labels",))
    assert (done.state, done.by, done.orders) == (PersonRequestState.DONE, "shopify", 1)
    assert stored(alder, "quill.one") + stored(alder, "Quillone") == []
    view = alder.get(order.order_id)
    assert view.contact.name.startswith("erased ")
    assert (view.contact.email, view.address.country, view.total) == ("", "GB", order.total)
    (erased,) = [each for each in alder.said(PersonErasedV1) if each.request_id == done.request_id]
    assert erased.who.order_ids == (order.order_id,)
    assert "quill" not in erased.model_dump_json().lower()


def test_who_asked_and_what_was_done_is_stated(alder: Desk):
    sold, _ = alder.order(email="quill.two@example.com")
    hear(alder, redact(alder, sold, customer={"id": 2}))
    request = lead(alder)

    (begun,) = [each for each in alder.said(PersonRequestedV1) if each.request_id == request.request_id]
    (ended,) = [each for each in alder.said(PersonRequestEndedV1) if each.request_id == request.request_id]
    assert (begun.kind, begun.by) == (PersonRequestKind.ERASE, "shopify")
    assert timedelta(days=29) < begun.due_at - now() <= timedelta(days=30)
    assert (ended.state, ended.orders) == (PersonRequestState.DONE, 1)


def test_a_webhook_that_comes_twice_makes_one_request(alder: Desk):
    sold, _ = alder.order(email="quill.three@example.com")
    body = redact(alder, sold, customer={"id": 3})
    before = len(requests_of(alder))

    for _ in range(3):
        hear(alder, body)
    hear(alder, redact(alder, sold, customer={"id": 3}))

    assert len(requests_of(alder)) == before + 1
    lead(alder)
    hear(alder, redact(alder, sold, customer={"id": 3}))
    assert lead(alder).state is PersonRequestState.DONE


def test_news_of_an_order_that_comes_late_brings_its_buyer_back_to_nobody(alder: Desk):
    sold, order = alder.order(email="quill.four@example.com", name="Maya Quillfour")
    hear(alder, redact(alder, sold, customer={"id": 4}))
    lead(alder)

    for late in alder.shop.webhooks(sold, 5):
        alder.service.on_shop_webhook_received(alder.fact(late))
    with pytest.raises(Refused):
        alder.find(sold["name"], "quill.four@example.com")

    assert stored(alder, "quillfour") + stored(alder, "quill.four") == []
    assert alder.get(order.order_id).contact.email == ""


def test_an_order_that_is_heard_of_after_its_buyer_was_to_be_erased_never_has_one(alder: Desk):
    sold = alder.sell(email="quill.five@example.com", name="Maya Quillfive")
    late = alder.shop.webhooks(sold, 5)
    hear(alder, redact(alder, sold, customer={"id": 5}))

    for news in late:
        alder.service.on_shop_webhook_received(alder.fact(news))
    lead(alder)

    assert stored(alder, "quillfive") + stored(alder, "quill.five") == []


def test_what_an_open_return_needs_stays_until_it_ends(alder: Desk):
    sold, order = alder.order(email="quill.six@example.com", name="Maya Quillsix")
    going = PersonReturn(return_id=new_id(), order_id=order.order_id, open=True)
    hear(alder, redact(alder, sold, customer={"id": 6}))

    waiting = lead(alder, PersonFoundV1(returns=(going,)))
    assert (waiting.state, waiting.open_returns) == (PersonRequestState.WAITING, (going.return_id,))
    assert alder.get(order.order_id).contact.name == "Maya Quillsix"

    done = lead(alder, PersonFoundV1(returns=(going.model_copy(update={"open": False}),)))
    assert (done.state, done.returns) == (PersonRequestState.DONE, 1)
    assert stored(alder, "quillsix") == []


def test_the_end_of_a_return_wakes_whoever_waited_for_it(alder: Desk):
    sold, order = alder.order(email="quill.seven@example.com")
    going = PersonReturn(return_id=new_id(), order_id=order.order_id, open=True)
    hear(alder, redact(alder, sold, customer={"id": 7}))
    waiting = lead(alder, PersonFoundV1(returns=(going,)))
    with alder.service.index.unit(retailer_id=alder.retailer_id) as unit:
        unit.db.exec_driver_sql("DELETE FROM claims WHERE kind = 'persons'")

    alder.service.persons.wake(alder.retailer_id, going.return_id)

    assert [claim.subject for claim in alder.claims() if claim.kind == "persons"] == [waiting.request_id]


def test_the_words_of_a_settled_return_go_and_its_books_stay(alder: Desk):
    sold, approval = alder.shirt_back(comment="says my sister Quilleight")
    alder.tell(approval)
    alder.work()
    ended = PersonReturn(return_id=approval.return_id, order_id=approval.order_id, open=False)
    hear(alder, redact(alder, sold, customer={"id": 8}))

    lead(alder, PersonFoundV1(returns=(ended,)))

    assert stored(alder, "Quilleight") == []
    assert alder.steps(approval.return_id) == {"open_return": "done"}


def test_staff_ask_for_whoever_has_an_address_and_twice_is_once(alder: Desk):
    _, order = alder.order(email="Quill.Nine@example.com")
    asked = BeginPersonRequestV1(kind=PersonRequestKind.ERASE, email=" quill.nine@EXAMPLE.com ", by="Robin Hale")

    first = alder.service.begin_person_request(alder.call(asked)).request
    second = alder.service.begin_person_request(alder.call(asked)).request
    done = lead(alder)

    assert first.request_id == second.request_id
    assert (done.by, done.orders) == ("Robin Hale", 1)
    assert alder.get(order.order_id).contact.email == ""


@pytest.mark.parametrize("email", ["", "   ", "nobody"])
def test_without_an_address_nobody_is_meant(alder: Desk, email: str):
    asked = BeginPersonRequestV1(kind=PersonRequestKind.ERASE, email=email, by="Robin Hale")

    with pytest.raises(Refused) as refused:
        alder.service.begin_person_request(alder.call(asked))

    assert refused.value.code == "orders.nobody_meant"


def test_a_request_that_is_not_done_in_time_calls_a_person_before_and_after(alder: Desk):
    sold, _ = alder.order(email="quill.ten@example.com")
    told = json.loads(redact(alder, sold, customer={"id": 10}).body)
    hear(alder, webhook(alder, "customers/redact", told, triggered_at=now() - timedelta(days=26)))
    request = newest(alder).request_id

    for _ in range(2):
        alder.service.persons.begin(alder.retailer_id, request)
    with alder.service.index.unit(retailer_id=alder.retailer_id) as unit:
        unit.db.exec_driver_sql(
            "UPDATE person_requests SET due_at = now() - interval '1 hour' WHERE id = %s", (request,)
        )
    alder.service.persons.begin(alder.retailer_id, request)

    warned = [each for each in alder.said(PersonRequestLateV1) if each.request_id == request]
    assert len(warned) == 2
    assert set(warned[0].waits_for) == ALL


def test_while_portal_is_away_the_request_waits_and_says_on_whom(alder: Desk, tmp_path):
    sold, _ = alder.order(email="quill.eleven@example.com")
    hear(alder, redact(alder, sold, customer={"id": 11}))
    from services.orders.persons import pursue

    request = newest(alder)
    claim = Claim(1, "persons", str(alder.retailer_id), alder.retailer_id, request.request_id, tries=1)
    pursue(alder.service.persons, Objects(tmp_path), claim)

    assert set(newest(alder).silent) == ALL
    assert newest(alder).state is PersonRequestState.OPEN
    assert request.request_id in [each.subject for each in planned(alder)]


def planned(desk: Desk) -> list[Any]:
    with desk.service.index.unit(retailer_id=desk.retailer_id) as unit:
        return list(unit.db.exec_driver_sql("SELECT subject, due_at FROM claims WHERE kind = 'persons'").all())


def test_a_whole_shop_is_forgotten_in_batches(kite: Desk, monkeypatch: pytest.MonkeyPatch):
    from services.orders.domain import persons as domain

    monkeypatch.setattr(domain, "BATCH", 2)
    orders = [kite.order(email=f"quill.{n}@kite.example", name=f"Maya Quillkite{n}")[1] for n in range(3)]
    going = PersonReturn(return_id=new_id(), order_id=orders[0].order_id, open=True)
    hear(kite, webhook(kite, "shop/redact", {"shop_domain": kite.domain}))

    for _ in range(20):
        if stored(kite, "Quillkite1") + stored(kite, "Quillkite2") == []:
            break
        lead(kite, PersonFoundV1(returns=(going,)))
    assert newest(kite).state is PersonRequestState.WAITING
    assert kite.get(orders[0].order_id).contact.name == "Maya Quillkite0"

    for _ in range(10):
        if newest(kite).state is PersonRequestState.DONE:
            break
        lead(kite)
    assert newest(kite).state is PersonRequestState.DONE
    assert stored(kite, "Quillkite") == []
    assert any(each.who.everybody for each in kite.said(PersonErasedV1))


def test_a_shop_that_was_connected_again_since_is_not_erased(alder: Desk):
    old = webhook(alder, "shop/redact", {"shop_domain": alder.domain}, triggered_at=now() - timedelta(days=900))

    hear(alder, old)

    assert newest(alder).state is PersonRequestState.VOID
    assert alder.service.persons.begin(alder.retailer_id, newest(alder).request_id) is None


def test_another_shop_s_request_is_parked_and_so_is_an_odd_one(alder: Desk):
    with pytest.raises(Permanent):
        hear(alder, webhook(alder, "shop/redact", {"shop_domain": "x"}, shop="other.myshopify.com"))
    with pytest.raises(Malformed):
        hear(alder, webhook(alder, "customers/redact", {"customer": None}))


def test_an_export_that_is_not_there_is_refused(alder: Desk):
    with pytest.raises(Refused):
        alder.service.get_person_export(alder.call(GetPersonExportV1(request_id=UUID(int=4))))


def test_what_is_done_is_looked_at_again_for_what_comes_late(alder: Desk):
    sold, order = alder.order(email="quill.late@example.com")
    hear(alder, redact(alder, sold, customer={"id": 12}))
    done = lead(alder)
    came = PersonReturn(return_id=new_id(), order_id=order.order_id, open=False)
    before = len([each for each in alder.said(PersonErasedV1) if each.request_id == done.request_id])

    lead(alder, PersonFoundV1(returns=(came,)))

    assert [each.subject for each in planned(alder)].count(done.request_id) == 1
    again = [each for each in alder.said(PersonErasedV1) if each.request_id == done.request_id]
    assert len(again) == before + 1
    assert again[-1].who.return_ids == (came.return_id,)


def test_approved_lines_are_those_of_the_order(alder: Desk):
    """The books of an erased order can still be read: its return's lines name what was bought."""
    sold, order = alder.order(email="quill.books@example.com")
    approval = approved(order, line_back(order.lines[0], comment="Quillbooks"))
    alder.tell(approval)
    hear(alder, redact(alder, sold, customer={"id": 13}))

    lead(
        alder, PersonFoundV1(returns=(PersonReturn(return_id=approval.return_id, order_id=order.order_id, open=False),))
    )

    assert stored(alder, "Quillbooks") == []
    assert [line.title for line in alder.get(order.order_id).lines] == [line.title for line in order.lines]
