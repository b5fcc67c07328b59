"""What the sandbox remembers over a restart, and that the same seed makes the same world."""

from tests.integration.sandbox.shops import PROCESS, STATE, ShopInHand, payment


def test_orders_returns_and_refunds_are_there_after_a_restart(shop, tmp_path):
    order = shop.sell()
    opened = shop.open(order)
    shop.told(PROCESS, it=payment(order, opened, "45.00"))
    before, journal = shop.told(STATE, it=opened["id"]), shop.store.journal()

    again = ShopInHand(tmp_path)  # the first one was never closed, as after a kill

    assert again.told(STATE, it=opened["id"]) == before
    assert again.store.journal() == journal
    assert again.refusal(PROCESS, it=payment(order, opened, "45.00"))["code"] == "INVALID"


def test_numbers_go_on_after_a_restart(shop, tmp_path):
    first = shop.sell()

    second = ShopInHand(tmp_path).sell()

    assert (first.name, second.name) == ("AL-1001", "AL-1002")
    assert second.id > first.id


def test_what_fails_half_way_leaves_nothing(shop):
    order = shop.sell()

    try:
        with shop.memory.change():
            shop.store.record(order, "refund_made", amount=4500)
            shop.webhooks.tell_of_update(order)
            raise RuntimeError("the power went")
    except RuntimeError:
        pass

    assert shop.effects() == []
    assert len(shop.memory.rows("SELECT * FROM webhooks")) == 5


def test_the_same_seed_gives_the_same_ids(tmp_path):
    first, second = (ShopInHand(tmp_path / name).sell() for name in ("one", "two"))

    assert first == second
