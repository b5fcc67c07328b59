"""Which passwords are taken, and how they are kept."""

import pytest
from argon2 import PasswordHasher

from services.portal.passwords import fault_in, hash_password, is_outdated, password_matches

ROBIN = ("robin.hale@alder.example", "Robin Hale", "Alder")


@pytest.mark.parametrize(
    "password",
    [
        "walk the long way home",
        "x9$kfQ2!nVp7",
        "a" * 3 + "sentence that goes on for much longer than sixty-four characters, as sentences do",
        "håret er grønt i dag",
        "alder trees grow by slow rivers",
    ],
)
def test_a_password_that_a_thief_would_have_to_guess_is_taken(password: str):
    assert fault_in(password, known=ROBIN) is None


@pytest.mark.parametrize("password", ["", "short", "11 letters!"])
def test_a_short_password_is_refused(password: str):
    assert "12 characters" in (fault_in(password, known=ROBIN) or "")


def test_a_password_of_256_characters_is_taken_and_one_more_is_too_long():
    words = "the parcel went home by the river and " * 7

    assert fault_in(words[:256], known=ROBIN) is None
    assert "256" in (fault_in(words[:257], known=ROBIN) or "")


@pytest.mark.parametrize(
    "password",
    [
        "123456789012",
        "qwertyuiop[]",
        "password1234",
        "PASSWORD1234",
        "sunshine2026!!",
        "1q2w3e4r5t6y",
        "aaaaaaaaaaaa",
        "abcabcabcabcabc",
        "abcdefghijklm",
        "zyxwvutsrqponm",
        "leavemealone",
    ],
)
def test_a_password_that_everybody_has_is_refused_also_with_digits_and_marks_at_its_ends(password: str):
    assert "thief" in (fault_in(password, known=ROBIN) or "")


@pytest.mark.parametrize(
    "password", ["robin.hale@alder.example", "Robin Hale Alder", "alder-robin-2026", "2026 ALDER HALE 2026"]
)
def test_a_password_made_of_what_anybody_knows_of_its_owner_is_refused(password: str):
    assert "your name" in (fault_in(password, known=ROBIN) or "")


def test_a_password_is_kept_as_argon2id_and_matches_only_itself():
    kept = hash_password("walk the long way home")

    assert kept.startswith("$argon2id$")
    assert password_matches(kept, "walk the long way home")
    assert not password_matches(kept, "walk the short way home")
    assert not password_matches(None, "nobody has this password")


def test_a_hash_of_other_parameters_is_to_be_made_again():
    weaker = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash("walk the long way home")

    assert is_outdated(weaker)
    assert not is_outdated(hash_password("walk the long way home"))
