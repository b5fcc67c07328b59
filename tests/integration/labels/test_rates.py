"""Carriers' rates: asked beforehand, kept by weight, and read by a quote that calls nobody."""

from contextlib import contextmanager
from threading import Thread

import httpx
import pytest
from sqlalchemy import event

from libs.contracts.errors import Refused
from libs.contracts.labels import Hub, LabelIssuedV1, Lane, Pricing, RatesFrom
from libs.contracts.labels_lanes import ChangeLanesV1, GetLanesV1, RateUse
from libs.contracts.values import Money
from services.labels.carriers import Reach
from services.labels.dispatch import Dispatch
from tests.integration.labels.conftest import HOME, Desk
from tests.integration.sandbox.running import Running, running
from tests.unit.labels.parcels import DAVENTRY

KEYS = {"seko": {"access_key": "seko-sandbox-alder"}, "easypost": {"api_key": "EZTKalder"}}
SERVICES = {"seko": "eCommerce Express Tracked", "easypost": "Tracked"}
RATES = {"seko": 485, "easypost": 420}  # for a kilogram; each one more costs 60 more
ASKED = {"seko": "rates", "easypost": "create"}  # what the sandbox calls the question
OWN_COST = 777
BANDS = 7


class Rated:
    """A retailer whose lane takes the rates of one carrier in the sandbox."""

    def __init__(self, desk: Desk, world: Running, carrier: str) -> None:
        self.desk, self.world, self.carrier = desk, world, carrier
        desk.service.dispatch = Dispatch(reach=lambda name: Reach(f"{world.carrier}/{name}", seconds=0.8))

    def lane(self, **changes) -> Lane:
        """A lane priced at what the carrier asks, or at £7.77 while that is not known."""
        at_cost = {
            "carrier": self.carrier,
            "service": SERVICES[self.carrier],
            "pricing": Pricing.COST_PLUS,
            "cost": Money(amount=OWN_COST, currency="GBP"),
            "rates_from": RatesFrom(city="Bristol", postcode="BS8 2HY"),
        }
        return HOME.model_copy(update=at_cost | changes)

    def account(self, **options) -> None:
        """An account with the carrier, on."""
        self.desk.save_account(self.carrier, secrets=KEYS[self.carrier], options={"currency": "GBP"} | options)

    def due(self, *, due="due_at <= now()"):
        """The questions that are to be asked."""
        return [claim for claim in self.desk.claims(due=due) if claim.kind == "rates"]

    def ask(self) -> int:
        """Ask what is to be asked; how many questions that were."""
        claims = self.due()
        for (
            claim
        ) in claims:  # each is held meanwhile and is done then, unless it is planned anew: as the chassis has it
            self.run("UPDATE claims SET tries = 1, claimed_until = now() + interval '1 minute' WHERE id = %s", claim.id)
            self.desk.service.ask_rate(claim)
            self.run("DELETE FROM claims WHERE id = %s AND tries = 1", claim.id)
            self.run("UPDATE claims SET claimed_until = NULL WHERE id = %s", claim.id)
        return len(claims)

    def run(self, statement, *values) -> None:
        """Change what is kept, as time or a former version would."""
        with self.desk.service.bookings.unit(retailer_id=self.desk.retailer_id) as unit:
            unit.db.exec_driver_sql(statement, values or None)

    def misbehave(self, kind, *, operation=None, times=1, **more) -> None:
        """What the next questions for rates meet."""
        fault = {
            "kind": kind,
            "operation": f"{self.carrier}.{operation or ASKED[self.carrier]}",
            "times": times,
            **more,
        }
        httpx.post(f"{self.world.carrier}/control/faults", json=fault).raise_for_status()

    def rates(self):
        """What staff are told of the first lane's rates."""
        return self.desk.service.get_lanes(self.desk.call(GetLanesV1())).lanes[0].rates

    def price(self, **asked) -> int:
        """What the shopper would pay."""
        return self.desk.quote(**asked).price.amount


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with running(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest.fixture(params=["seko", "easypost"])
def unasked(request, new_desk, world):
    """A retailer for each carrier that tells rates, whose lane was just saved."""
    rated = Rated(new_desk(), world, request.param)
    rated.account()
    rated.desk.open(rated.lane())
    yield rated
    httpx.delete(f"{world.carrier}/control/faults").raise_for_status()


@pytest.fixture
def rated(unasked):
    """The same, once the carrier was asked."""
    unasked.ask()
    return unasked


@contextmanager
def counted(rated):
    """The statements that are sent meanwhile."""
    sent = []

    def note(connection, cursor, statement, *rest):
        sent.append(statement)

    engine = rated.desk.service.lanes.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_a_lane_that_is_saved_is_priced_by_its_carriers_rates(unasked):
    before = unasked.price()

    asked = unasked.ask()

    assert (before, asked) == (OWN_COST, BANDS)
    at_first = RATES[unasked.carrier]
    assert [unasked.price(grams=grams) for grams in (None, 300, 1000, 1001, 4200)] == [
        at_first,
        at_first,
        at_first,
        at_first + 60,
        at_first + 240,
    ]


def test_a_quote_is_one_look_up_and_calls_nobody(rated):
    rated.misbehave("fail_before", times=100)

    with counted(rated) as statements:
        price = rated.price(grams=900)

    assert (price, len(statements)) == (RATES[rated.carrier], 1)


def test_a_parcel_heavier_than_any_that_was_asked_for_costs_what_the_lane_says(rated):
    assert rated.price(grams=31_000) == OWN_COST


def test_a_parcel_whose_weight_nobody_told_weighs_what_the_account_says(rated):
    rated.account(grams="4800")
    assert rated.price() == RATES[rated.carrier] + 240


def test_a_carrier_that_hangs_holds_up_no_quote(unasked):
    unasked.misbehave("hang", times=BANDS, seconds=0.9)
    asking = Thread(target=unasked.ask)
    asking.start()

    prices = [unasked.price() for _ in range(20)]

    assert asking.is_alive()
    assert prices == [OWN_COST] * 20
    asking.join()
    assert {rate.use for rate in unasked.rates()} == {RateUse.NONE}
    assert unasked.rates()[0].error == "The carrier did not answer. It is asked again in a few minutes."
    assert len(unasked.due(due="due_at < now() + interval '11 minutes'")) == BANDS


@pytest.mark.parametrize("kind", ["fail_before", "throttled"])
def test_labels_are_booked_while_the_question_for_rates_fails(unasked, kind):
    unasked.misbehave(kind, times=BANDS)
    unasked.ask()
    httpx.delete(f"{unasked.world.carrier}/control/faults").raise_for_status()

    unasked.desk.plan()
    unasked.desk.work()

    assert len(unasked.desk.said(LabelIssuedV1)) == 1


def test_errors_beside_a_rate_are_no_error(unasked):
    unasked.misbehave("partial", times=BANDS)

    unasked.ask()

    assert unasked.price() == RATES[unasked.carrier]
    assert {rate.error for rate in unasked.rates() if rate.use is RateUse.IN_USE} == {None}


def test_a_success_without_a_rate_is_told_to_staff_and_the_kept_rate_stays(rated):
    rated.run("UPDATE claims SET due_at = now()")
    rated.misbehave("no_rates", times=BANDS)

    rated.ask()

    words = {"seko": "the service is not offered from there", "easypost": "OtherPost: no account with this carrier"}
    (kilogram,) = [rate for rate in rated.rates() if rate.up_to_grams == 1000]
    assert words[rated.carrier] in kilogram.error
    assert (kilogram.use, kilogram.cost.amount) == (RateUse.IN_USE, RATES[rated.carrier])
    assert rated.price() == RATES[rated.carrier]


@pytest.mark.parametrize("kind", ["refuse", "refuse_plain", "refuse_words", "refuse_fields", "refuse_empty"])
def test_each_shape_of_a_no_is_told_in_the_carriers_words(unasked, kind):
    unasked.misbehave(kind, times=BANDS)

    unasked.ask()

    (error,) = {rate.error for rate in unasked.rates()}
    assert {"seko": "PostCode is not served", "easypost": "Unable to create shipment."}[unasked.carrier] in error
    assert unasked.price() == OWN_COST
    assert unasked.due(due="due_at < now() + interval '11 hours'") == []


def test_a_weight_that_the_carrier_does_not_take_has_no_rate(new_desk, world):
    alder = Rated(new_desk(), world, "seko")
    alder.account()
    alder.desk.open(alder.lane())

    alder.ask()

    heaviest = alder.rates()[-1]
    assert (heaviest.up_to_grams, heaviest.use, "too heavy" in heaviest.error) == (30_000, RateUse.NONE, True)
    assert alder.price(grams=26_000) == OWN_COST


def test_a_rate_is_asked_again_after_half_a_day(rated):
    assert rated.due() == []
    assert len(rated.due(due="due_at BETWEEN now() + interval '11 hours' AND now() + interval '13 hours'")) == BANDS


def test_a_rate_that_is_too_old_gives_way_to_the_lanes_own_cost(rated):
    rated.run("UPDATE rates SET fetched_at = now() - interval '73 hours'")

    assert rated.price() == OWN_COST
    assert {rate.use for rate in rated.rates() if rate.cost} == {RateUse.TOO_OLD}


def test_a_rate_in_another_currency_gives_way_to_the_lanes_own_cost(unasked):
    euros = Money(amount=OWN_COST, currency="EUR")
    unasked.desk.open(unasked.lane(price=Money(amount=0, currency="EUR"), cost=euros))

    unasked.ask()

    assert unasked.desk.quote().cost == euros
    assert {rate.use for rate in unasked.rates() if rate.cost} == {RateUse.OTHER_CURRENCY}


def test_without_an_account_staff_are_told_and_a_new_one_is_asked_at_once(new_desk, world):
    alder = Rated(new_desk(), world, "easypost")
    alder.desk.open(alder.lane())
    alder.ask()
    told = {rate.error for rate in alder.rates()}

    alder.account()

    assert told == {"No account with the carrier is on. Turn one on under Carriers."}
    assert alder.ask() == BANDS
    assert alder.price() == RATES["easypost"]


def test_another_place_is_asked_anew_and_what_was_asked_elsewhere_counts_no_more(rated):
    leeds = rated.lane(rates_from=RatesFrom(city="Leeds", postcode="LS1 1BA"))

    rated.desk.service.change_lanes(rated.desk.call(ChangeLanesV1(lanes=(leeds,))))

    assert rated.price() == OWN_COST
    assert rated.ask() == BANDS
    assert rated.price() == RATES[rated.carrier]


def test_a_lane_that_is_sent_again_is_not_asked_again(rated):
    rated.desk.service.change_lanes(rated.desk.call(ChangeLanesV1(hubs=(DAVENTRY,), lanes=(rated.lane(),))))

    assert rated.due() == []


def test_a_hub_that_moves_is_asked_for_anew(rated):
    moved = Hub(code="DAV", address=DAVENTRY.address.model_copy(update={"city": "York", "postcode": "YO1 7HH"}))

    rated.desk.service.change_lanes(rated.desk.call(ChangeLanesV1(hubs=(moved,))))

    assert len(rated.due()) == BANDS


@pytest.mark.parametrize("changes", [{"on": False}, {"rates_from": None}])
def test_a_lane_that_is_off_or_asks_for_none_is_asked_for_no_more(rated, changes):
    rated.desk.service.change_lanes(rated.desk.call(ChangeLanesV1(lanes=(rated.lane(**changes),))))
    rated.run("UPDATE claims SET due_at = now()")

    rated.ask()

    assert rated.due(due="true") == []


def test_what_was_quoted_and_what_the_label_cost_are_both_kept(rated):
    rated.run("UPDATE rates SET cost_amount = 399")
    rated.desk.plan()

    rated.desk.work()

    with rated.desk.service.bookings.unit(retailer_id=rated.desk.retailer_id) as unit:
        kept = unit.db.exec_driver_sql("SELECT quoted_amount, cost_amount, cost_currency FROM bookings").one()
    assert tuple(kept) == (399, RATES[rated.carrier], "GBP")


def test_a_lane_cannot_take_the_rates_of_our_own_carrier(desk):
    wrong = HOME.model_copy(update={"rates_from": RatesFrom(city="Bristol")})

    told = desk.service.change_lanes(desk.call(ChangeLanesV1(lanes=(wrong,)))).lanes
    with pytest.raises(Refused) as refused:
        desk.open(wrong)

    assert (told[0].code, refused.value.code) == ("labels.no_rates", "labels.no_rates")


def test_the_carriers_that_tell_rates_are_named(desk):
    in_force = desk.service.get_lanes(desk.call(GetLanesV1()))

    assert (in_force.rating, in_force.lanes[0].rates) == (("seko", "easypost"), ())
