"""A retailer as it is written down, before anything is made of it."""

import pytest
from pydantic import ValidationError

from deploy.local.retailers import PLATFORM, retailers
from services.portal.access import May, Role
from services.portal.setup import NativeShop, NewRetailer, Platform

ROBIN = {"email": "robin@alder.example", "password": "walk the long way home"}


def alder(**changes: object) -> dict:
    return retailers("https://pictures.example")[0] | changes


def test_the_retailers_of_the_demo_are_retailers():
    assert [NewRetailer.model_validate(each).slug for each in retailers("http://127.0.0.1:9100")] == ["alder", "kite"]


@pytest.mark.parametrize(
    "changes",
    [
        {"slug": "admin"},
        {"slug": "homeward"},
        {"name": "Alder\r\nBcc: all@example.com"},
        {"shop_url": "javascript:alert(1)"},
        {"image": "https://pictures.example/a.webp; script-src *"},
        {"image_origin": "https://pictures.example; script-src *"},
        {"support_email": "help@alder.example>, <all@example.com"},
    ],
)
def test_what_would_mean_something_else_in_an_address_a_header_or_a_mail_is_refused(changes: dict):
    with pytest.raises(ValidationError, match=next(iter(changes))):
        NewRetailer.model_validate(alder(**changes))


def test_a_retailers_shoppers_find_orders_by_email_unless_it_names_other_ways_once_each():
    usual = {name: value for name, value in alder().items() if name != "lookup_by"}

    assert NewRetailer.model_validate(usual).lookup_by == ["email"]
    assert NewRetailer.model_validate(alder(lookup_by=["postcode", "gift"])).lookup_by == ["postcode", "gift"]
    for wrong in ([], ["email", "email"], ["name"]):
        with pytest.raises(ValidationError, match="lookup_by"):
            NewRetailer.model_validate(alder(lookup_by=wrong))


def test_the_demo_has_somebody_of_every_role_and_an_operator():
    staff = NewRetailer.model_validate(alder()).staff

    assert {member.role for member in staff} == set(Role) - {Role.PLATFORM}
    assert all(member.known_as != member.email for member in staff)
    assert Platform.model_validate({"platform": PLATFORM}).platform.known_as == PLATFORM["name"]


def test_a_member_without_a_name_or_a_role_is_a_manager_known_by_the_email():
    [robin] = NewRetailer.model_validate(alder(staff=[ROBIN])).staff

    assert (robin.known_as, robin.role) == ("robin", Role.MANAGER)


def test_a_retailer_without_a_shop_of_ours_says_so():
    native = NewRetailer.model_validate(alder(shop={"kind": "native", "currency": "GBP"}))

    assert isinstance(native.shop, NativeShop)
    with pytest.raises(ValidationError, match="shop"):
        NewRetailer.model_validate(alder(shop={"kind": "native", "currency": "GBP", "token": "shpat"}))


@pytest.mark.parametrize("changes", [{"role": "platform"}, {"role": "owner"}, {"password": "password1234"}])
def test_a_member_of_a_retailer_has_one_of_its_roles_and_a_good_password(changes: dict):
    with pytest.raises(ValidationError, match=next(iter(changes))):
        NewRetailer.model_validate(alder(staff=[ROBIN | changes]))


def test_a_key_of_a_retailer_manages_nobody_unless_asked_and_never_operates_the_platform():
    usual = NewRetailer.model_validate(alder()).key_scopes

    assert usual.isdisjoint({May.MANAGE_STAFF, May.MANAGE_KEYS, May.OPERATE})
    with pytest.raises(ValidationError, match="key_scopes"):
        NewRetailer.model_validate(alder(key_scopes=["platform.operate"]))
