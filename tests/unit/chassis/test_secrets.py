"""A secret at rest opens for its retailer and its field, and outlives the key it was made with."""

import base64
from uuid import UUID

import pytest

from libs.chassis.secrets import Secrets, SecretUnreadable

ALDER, KITE = UUID(int=1), UUID(int=2)
OLD = "2025:" + base64.b64encode(bytes(32)).decode()
NEW = "2026:" + base64.b64encode(bytes(range(32))).decode()


def test_what_is_sealed_opens_and_does_not_show():
    secrets = Secrets(OLD)

    sealed = secrets.seal(ALDER, "shops.token", "shpat_1234")

    assert secrets.open(ALDER, "shops.token", sealed) == "shpat_1234"
    assert b"shpat" not in sealed


def test_the_same_value_is_never_sealed_alike():
    secrets = Secrets(OLD)

    assert secrets.seal(ALDER, "shops.token", "x") != secrets.seal(ALDER, "shops.token", "x")


@pytest.mark.parametrize(("retailer", "field"), [(KITE, "shops.token"), (ALDER, "accounts.key")])
def test_it_opens_for_no_other_retailer_and_no_other_field(retailer, field):
    secrets = Secrets(OLD)
    sealed = secrets.seal(ALDER, "shops.token", "shpat_1234")

    with pytest.raises(SecretUnreadable):
        secrets.open(retailer, field, sealed)


def test_an_altered_value_does_not_open():
    secrets = Secrets(OLD)
    sealed = bytearray(secrets.seal(ALDER, "shops.token", "shpat_1234"))
    sealed[-1] ^= 1

    with pytest.raises(SecretUnreadable):
        secrets.open(ALDER, "shops.token", bytes(sealed))


def test_a_new_key_seals_while_the_old_one_still_opens():
    before, during = Secrets(OLD), Secrets(f"{NEW},{OLD}")
    old = before.seal(ALDER, "shops.token", "shpat_1234")

    new = during.seal(ALDER, "shops.token", during.open(ALDER, "shops.token", old))

    assert Secrets(NEW).open(ALDER, "shops.token", new) == "shpat_1234"
    with pytest.raises(SecretUnreadable, match="not in HOMEWARD_KEYS"):
        Secrets(NEW).open(ALDER, "shops.token", old)


def test_a_fingerprint_outlives_a_rotation_and_is_each_retailers_own():
    before, during = Secrets(OLD), Secrets(f"{NEW},{OLD}")

    assert before.fingerprint(ALDER, "api_keys", "k") == during.fingerprint(ALDER, "api_keys", "k")
    assert before.fingerprint(ALDER, "api_keys", "k") != before.fingerprint(KITE, "api_keys", "k")
