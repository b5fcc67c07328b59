"""A cancellation is kept once, ends once whatever is heard how often, and waits for a person where it must."""

import pytest

from libs.chassis.clock import now
from libs.chassis.ids import new_id
from libs.contracts.base import Envelope
from libs.contracts.orders_cancelling import (
    CancellationOutcomeUnknownV1,
    CancellationQuoteV1,
    CancellationRefusedV1,
    CancellationSucceededV1,
)
from libs.contracts.portal_cancelling import CancellationClosedV1, CancellationRequestedV1
from libs.contracts.values import Contact, Money, UnsentLine
from services.portal.domain import TaskKind

ANA = Contact(name="Ana Lind", email="ana@example.com")


def pounds(pence):
    return Money(amount=pence, currency="GBP")


@pytest.fixture
def kept(people):
    """Cancellations."""
    from services.portal.store.cancelling import Cancellations

    return Cancellations()


@pytest.fixture
def tasks(people):
    """What people must do."""
    from services.portal.store.tasks import Tasks

    return Tasks()


def a_wish(order_id=None, key="form-1"):
    from services.portal.store.cancelling import Wish

    line = UnsentLine(line_id=new_id(), title="Linen camp shirt", quantity=1, worth=pounds(4500))
    quote = CancellationQuoteV1(
        order_id=order_id or new_id(),
        number="AL-1001",
        lines=(line,),
        whole=False,
        shipping=pounds(0),
        amount=pounds(4500),
    )
    return Wish(quote, ANA, key, f"token-{key}", "shopper", "Ordered twice")


def ask(kept, retailer, wish, number="C-7KQ2M9"):
    return kept.ask(retailer.id, wish, number=number, status_url="https://returns.example/c/t")


def tell(kept, retailer, body):
    fact = Envelope.of(body, id=new_id(), time=now(), retailer_id=retailer.id, correlation_id=new_id())
    kept.hear(fact, lambda key: f"https://returns.example/c/{key}")


def stated(kept, retailer, kind):
    with kept.unit(retailer_id=retailer.id) as unit:
        rows = unit.db.exec_driver_sql(
            "SELECT body FROM outbox WHERE retailer_id = %s AND routing_key = %s ORDER BY id",
            (retailer.id, kind.wire()),
        ).scalars()
        return [Envelope[kind].parse(body).data for body in rows]


def of(found):
    return {"cancellation_id": found.id, "order_id": found.order_id}


def test_a_form_sent_twice_asks_once(kept, retailer):
    wish = a_wish()

    first, second = ask(kept, retailer, wish), ask(kept, retailer, wish, number="C-ANOTHER")

    assert (first.number, second.number) == ("C-7KQ2M9", "C-7KQ2M9")
    assert len(stated(kept, retailer, CancellationRequestedV1)) == 1
    assert kept.get(retailer.id, token="token-form-1").amount == pounds(4500)


def test_an_order_has_one_cancellation_under_way_and_another_once_that_has_ended(kept, retailer):
    from services.portal.store.cancelling import CancellationUnderWay

    first = ask(kept, retailer, a_wish())
    with pytest.raises(CancellationUnderWay):
        ask(kept, retailer, a_wish(first.order_id, "form-2"), number="C-2")

    tell(kept, retailer, CancellationSucceededV1(**of(first), amount=pounds(4500), reference="gid://shopify/Refund/1"))

    assert ask(kept, retailer, a_wish(first.order_id, "form-3"), number="C-3").number == "C-3"


def test_what_was_cancelled_is_told_once_however_often_it_is_heard(kept, retailer):
    found = ask(kept, retailer, a_wish())
    done = CancellationSucceededV1(**of(found), amount=pounds(4500), reference="gid://shopify/Refund/1")

    tell(kept, retailer, done)
    tell(kept, retailer, done)
    tell(kept, retailer, CancellationOutcomeUnknownV1(**of(found)))

    (told,) = stated(kept, retailer, CancellationClosedV1)
    assert (told.cancelled, told.contact.email, told.status_url) == (
        True,
        "ana@example.com",
        "https://returns.example/c/form-1",
    )
    assert [each["what"] for each in kept.get(retailer.id, number=found.number).history] == ["asked", "cancelled"]


def test_what_was_sent_meanwhile_is_told_and_is_nobodys_task(kept, retailer, tasks):
    found = ask(kept, retailer, a_wish())

    late = CancellationRefusedV1(**of(found), code="orders.already_sent", words="It is on its way.", late=True)
    tell(kept, retailer, late)

    (told,) = stated(kept, retailer, CancellationClosedV1)
    assert (told.cancelled, told.late) == (False, True)
    assert tasks.list(retailer.id) == ()


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (lambda of: CancellationRefusedV1(**of, code="orders.by_hand", words="Do it"), TaskKind.CANCEL_BY_HAND),
        (lambda of: CancellationRefusedV1(**of, code="shop.user_error", words="No"), TaskKind.CANCELLATION_REFUSED),
        (lambda of: CancellationOutcomeUnknownV1(**of), TaskKind.CANCELLATION_UNKNOWN),
    ],
)
def test_what_a_person_must_see_to_is_a_task_until_it_is_recorded(kept, retailer, tasks, body, kind):
    found = ask(kept, retailer, a_wish())

    tell(kept, retailer, body(of(found)))
    tell(kept, retailer, body(of(found)))
    [task] = tasks.list(retailer.id)
    waiting = kept.get(retailer.id, number=found.number)
    tell(kept, retailer, CancellationSucceededV1(**of(found), amount=pounds(4500), reference="by hand 7"))

    assert (task.kind, task.detail["cancellation"]) == (kind, found.number)
    assert waiting.is_for_a_person
    assert tasks.list(retailer.id) == ()
    assert len(stated(kept, retailer, CancellationClosedV1)) == 1


def test_another_retailer_sees_none_of_it(kept, people, retailer):
    found = ask(kept, retailer, a_wish())

    assert kept.get(new_id(), number=found.number) is None
    assert kept.list(new_id()) == []
    assert [each.number for each in kept.list(retailer.id)] == [found.number]


def test_an_order_may_be_cancelled_only_where_its_retailer_says_so(people, retailer):
    from dataclasses import replace

    assert not people.retailer(id=retailer.id).may_cancel

    people.save_retailer(replace(retailer, may_cancel=True))

    assert people.retailer(id=retailer.id).may_cancel
