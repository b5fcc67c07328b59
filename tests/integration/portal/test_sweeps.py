"""What is kept for a time only is given up when that is over, and nothing else is."""

from datetime import timedelta

import pytest

from libs.chassis.ids import new_id
from libs.chassis.objects import ObjectMissing, Objects
from libs.contracts.values import Contact
from services.portal.photos import KeptPhoto

ANA = Contact(name="", email="ana@example.com", language="de")
LIVES = {"requests": timedelta(days=90), "webhooks": timedelta(days=30)}


@pytest.fixture
def sweeps(people):
    from services.portal.store.sweeps import Sweeps

    return Sweeps()


@pytest.fixture
def lives():
    from services.portal.store.sweeps import Lives

    return Lives(**LIVES)


@pytest.fixture
def intakes(people):
    from services.portal.store.intakes import Intakes

    return Intakes()


def keep(intakes, retailer, reason, *photos):
    """Keep a request with these photos; its number."""
    from services.portal.intake import new_number
    from services.portal.store.intakes import Asked, Kind

    kept = tuple(KeptPhoto(None, key, 60, 40) for key in photos)
    asked = Asked(Kind.PROOF, str(new_id()), ANA, "", "The shirt", reason, kept)
    return intakes.keep(retailer.id, asked, new_number("K"))


def grow_old(store, retailer, days, table, column, which=""):
    with store.unit(retailer_id=retailer.id) as unit:
        where = f"retailer_id = '{retailer.id}' {which}"
        unit.db.exec_driver_sql(f"UPDATE {table} SET {column} = {column} - interval '{days} days' WHERE {where}")


def count(store, retailer, query):
    with store.unit(retailer_id=retailer.id) as unit:
        return unit.db.exec_driver_sql(query).scalar_one()


def test_a_request_is_forgotten_with_its_task_and_the_photos_that_nothing_else_holds(
    sweeps, lives, intakes, retailer, tmp_path
):
    from services.portal.keeping import sweep
    from services.portal.store.tasks import Tasks

    mine, shared = (f"photos/{retailer.id}/{name}.webp" for name in ("mine", "shared"))
    objects = Objects(tmp_path)
    for key in (mine, shared):
        objects.put(key, b"a receipt")
    old = keep(intakes, retailer, "Too wide", mine, shared)
    grow_old(intakes, retailer, 91, "intakes", "updated_at")
    young = keep(intakes, retailer, "Torn", shared)

    sweep(sweeps, objects, retailer.id)

    assert intakes.get(retailer.id, number=old) is None
    assert intakes.get(retailer.id, number=young) is not None
    assert objects.get(shared) == b"a receipt"
    with pytest.raises(ObjectMissing):
        objects.get(mine)
    assert count(Tasks(), retailer, "SELECT count(*) FROM tasks WHERE cleared_at IS NULL") == 1


def test_one_day_less_and_it_is_still_there(sweeps, lives, intakes, retailer):
    number = keep(intakes, retailer, "Too wide")
    grow_old(intakes, retailer, 89, "intakes", "updated_at")

    swept = sweeps.sweep(retailer.id, lives)

    assert (swept.rows, swept.is_all) == (0, True)
    assert intakes.get(retailer.id, number=number) is not None


def test_another_retailers_are_left_alone(sweeps, lives, intakes, retailer, people):
    from services.portal.store.people import Retailer

    id = new_id()
    other = people.save_retailer(Retailer(id, f"o{id.hex[-12:]}", "EUR", retailer.look, None))
    number = keep(intakes, other, "Too wide")
    grow_old(intakes, other, 91, "intakes", "updated_at")

    sweeps.sweep(retailer.id, lives)

    assert intakes.get(other.id, number=number) is not None


def test_an_answer_is_given_up_when_its_time_is_over(sweeps, lives, retailer):
    from services.portal.store.idempotency import Asked, Held, Idempotency

    store = Idempotency(kept_for=timedelta(hours=48))
    asked = Asked(retailer.id, "key erp", "job-1", b"a shirt comes back")
    held = store.begin(asked)
    assert isinstance(held, Held)
    mine = f"SELECT count(*) FROM idempotency_keys WHERE retailer_id = '{retailer.id}'"

    sweeps.sweep(retailer.id, lives)
    before = count(store, retailer, mine)
    grow_old(store, retailer, 2, "idempotency_keys", "expires_at")
    sweeps.sweep(retailer.id, lives)

    assert (before, count(store, retailer, mine)) == (1, 0)


def test_what_a_webhook_said_is_given_up_and_that_it_came_stays_known(sweeps, lives, retailer, environment):
    from libs.chassis.secrets import Secrets
    from libs.contracts.portal import ShopWebhookReceivedV1
    from services.portal.store.ingress import Delivery, Ingress

    ingress, keyring = Ingress(), Secrets.from_settings()
    token = ingress.save_endpoint(retailer.id, source="shopify", name="shop", secret="s3cret", keyring=keyring)
    endpoint = ingress.endpoint(token, "shopify", keyring)
    delivery = Delivery(new_id(), "webhook-1", "orders/create", {"x-topic": "orders"}, '{"email": "ana@example.com"}')
    fact = ShopWebhookReceivedV1(delivery_id=delivery.id, topic="orders/create", shop="a.example", body=delivery.body)
    ingress.take(endpoint, delivery, fact)
    grow_old(ingress, retailer, 31, "deliveries", "received_at")

    sweeps.sweep(retailer.id, lives)

    assert count(ingress, retailer, "SELECT body FROM deliveries") == ""
    assert not ingress.take(endpoint, delivery, fact)


def test_a_retailer_is_swept_again_a_day_later(sweeps, lives, retailer):
    def due():
        with sweeps.engine.begin() as db:
            query = "SELECT due_at FROM claims WHERE kind = 'sweeps' AND subject = %s"
            return db.exec_driver_sql(query, (retailer.id,)).scalar_one()

    first = due()  # planned as the retailer was set up
    with sweeps.engine.begin() as db:
        db.exec_driver_sql("DELETE FROM claims WHERE subject = %s", (retailer.id,))

    sweeps.sweep(retailer.id, lives)

    assert due() >= first
