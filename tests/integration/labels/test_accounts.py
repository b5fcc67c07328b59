"""A retailer's accounts with carriers: their secrets are sealed and never told, and the two modes stay apart."""

import pytest

from libs.chassis.ids import new_id
from libs.contracts.errors import Refused
from libs.contracts.labels import LabelIssuedV1, LabelRefusedV1
from libs.contracts.labels_accounts import CheckCarrierAccountV1, GetCarrierAccountsV1
from tests.integration.labels.conftest import HOME
from tests.unit.labels.carriers import Answering

KEY = "EZTKalderalderalder"


def accounts(desk):
    return desk.service.get_carrier_accounts(desk.call(GetCarrierAccountsV1()))


def rows(desk):
    with desk.service.accounts.unit(retailer_id=desk.retailer_id) as unit:
        return unit.db.exec_driver_sql("SELECT * FROM carrier_accounts ORDER BY mode").all()


def test_a_secret_is_kept_sealed_and_never_told(desk):
    saved = desk.save_account("easypost", secrets={"api_key": KEY}, options={"grams": "750"})

    (known,), (kept,) = accounts(desk).accounts, rows(desk)
    assert (known, known.kept, known.options) == (saved, ("api_key",), {"grams": "750"})
    assert KEY not in known.model_dump_json()
    assert KEY.encode() not in bytes(kept.secrets)
    assert KEY not in str(kept)


def test_every_carrier_says_what_its_account_is_asked_for(desk):
    kinds = {kind.carrier: kind for kind in accounts(desk).carriers}

    assert set(kinds) == {"own", "seko", "easypost"}
    assert kinds["own"].fields == ()
    assert [field.name for field in kinds["seko"].fields if field.secret] == ["access_key"]


def test_a_secret_left_out_stays_and_an_empty_one_is_forgotten(desk):
    first = desk.save_account("seko", secrets={"access_key": "k"})

    kept = desk.save_account("seko", options={"grams": "400"})
    forgotten = desk.save_account("seko", secrets={"access_key": ""}, on=False)

    assert first.account_id == kept.account_id == forgotten.account_id
    assert (kept.kept, forgotten.kept) == (("access_key",), ())
    assert desk.service.accounts.open(desk.retailer_id, kept.account_id).secrets == {}


def test_turning_the_live_account_on_turns_the_one_for_tests_off(desk):
    desk.save_account("easypost", secrets={"api_key": KEY})
    desk.save_account("easypost", mode="live", secrets={"api_key": "EZAKalder"})

    assert {one.mode: one.on for one in accounts(desk).accounts} == {"test": False, "live": True}
    assert len(rows(desk)) == 2


def test_each_retailer_has_its_own(desk, new_desk):
    mine = desk.save_account("easypost", secrets={"api_key": KEY})
    other = new_desk()

    assert accounts(other).accounts == ()
    with pytest.raises(Refused) as refused:
        other.service.check_carrier_account(other.call(CheckCarrierAccountV1(account_id=mine.account_id)))
    assert refused.value.code == "labels.no_account"


@pytest.mark.parametrize(
    ("carrier", "asked", "code"),
    [
        ("pigeon", {}, "labels.unknown_carrier"),
        ("own", {}, "labels.no_account_needed"),
        ("easypost", {}, "labels.field_needed"),
        ("easypost", {"secrets": {"api_key": " "}}, "labels.field_needed"),
        ("easypost", {"secrets": {"api_key": "k"}, "options": {"size": "large"}}, "labels.field_wrong"),
    ],
)
def test_what_cannot_be_used_is_refused_by_its_name(desk, carrier, asked, code):
    with pytest.raises(Refused) as refused:
        desk.save_account(carrier, **asked)

    assert refused.value.code == code
    assert accounts(desk).accounts == ()


def test_an_account_that_is_off_may_be_half_filled(desk):
    saved = desk.save_account("easypost", on=False, options={"grams": "400"})

    assert (saved.on, saved.kept) == (False, ())


def test_without_an_account_a_label_is_refused_in_words_that_say_what_to_do(desk):
    desk.open(HOME.model_copy(update={"carrier": "seko"}))
    desk.plan()

    desk.work()

    (refused,) = desk.said(LabelRefusedV1)
    assert (refused.code, "Turn one on under Carriers" in refused.words) == ("no_account", True)


def test_a_carrier_that_is_gone_refuses_what_is_still_asked_of_it(desk):
    desk.use(Answering(), "post")
    desk.open(HOME.model_copy(update={"carrier": "post"}))
    desk.plan()
    desk.use(Answering())

    desk.work()

    assert [refused.code for refused in desk.said(LabelRefusedV1)] == ["no_account"]


def test_an_account_turned_on_later_serves_what_waits(desk):
    desk.use(carrier := Answering(), "post", secret="key")
    desk.open(HOME.model_copy(update={"carrier": "post"}))
    desk.plan()
    desk.save_account("post", secrets={"key": "k"})

    desk.work()

    assert (carrier.booked, len(desk.said(LabelIssuedV1))) == (1, 1)


def test_a_label_is_made_void_with_the_account_that_made_it(desk):
    opened = []
    desk.use(Answering(), "post", secret="key")
    kind = desk.service.dispatch.kinds["post"]
    seen = type(kind)(kind.asks, lambda account, reach: (opened.append(account.mode), kind.open(account, reach))[1])
    desk.service.dispatch.kinds = {"post": seen}
    desk.open(HOME.model_copy(update={"carrier": "post"}))
    desk.save_account("post", secrets={"key": "t"})
    maya = new_id()
    desk.plan(return_id=maya)
    desk.work()
    desk.save_account("post", mode="live", secrets={"key": "l"})

    desk.unwant(maya)
    desk.work()

    assert (opened, desk.states(maya)) == (["test", "test"], ["void"])


def test_each_account_has_its_own_places_at_the_claimer(desk):
    desk.use(Answering(), "post", secret="key")
    desk.open(HOME.model_copy(update={"carrier": "post"}))
    account = desk.save_account("post", secrets={"key": "k"})

    claim = desk.plan()

    assert claim.account == f"post:{account.account_id}"
