"""The staff's passwords: how they are kept, and which are refused."""

import re
from collections.abc import Iterable
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

LEAST, MOST = 12, 256  # characters
_TRIED_FIRST = 5_000
_LONG = 8  # characters: with digits and marks around it, a listed word of that length makes a password long enough
_ENDS = re.compile(r"^[^a-z]+|[^a-z]+$")
_REPEATED = re.compile(r"(.{1,6}?)\1+.{0,5}")  # `abcabcabcabc`
_ROWS = "1234567890 abcdefghijklmnopqrstuvwxyz qwertyuiopasdfghjklzxcvbnm"
_LEAST_KNOWN = 4  # letters of a name or an address that make a password guessable

# OWASP's second recommendation for Argon2id (19 MiB, 2 rounds, 1 lane), under 250 ms here; at most four at once, or
# memory is the attacker's to spend.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
_AT_ONCE = BoundedSemaphore(4)
_NOBODYS_HASH = _HASHER.hash("nobody has this password")


def hash_password(password: str) -> str:
    """Argon2id, ready to be kept."""
    with _AT_ONCE:
        return _HASHER.hash(password)


def password_matches(kept: str | None, given: str) -> bool:
    """Whether `given` is the password; an unknown person (`kept` is None) takes as long as a wrong password."""
    with _AT_ONCE:
        try:
            return _HASHER.verify(kept or _NOBODYS_HASH, given) and kept is not None
        except (Argon2Error, InvalidHashError):
            return False


def is_outdated(kept: str) -> bool:
    """Whether the hash was made with other parameters than today's, and is to be made again at the next sign-in."""
    return _HASHER.check_needs_rehash(kept)


def fault_in(password: str, *, known: Iterable[str]) -> str | None:
    """What is wrong with a new password, in words for its owner; `known` is what anybody knows of them. None is fine."""
    if len(password) < LEAST:
        return f"Use at least {LEAST} characters. Four or five words make a good password."
    if len(password) > MOST:
        return f"Use at most {MOST} characters."
    if _is_common(password.casefold()):
        return "This password is one of the first that a thief tries. Choose another, such as four or five words."
    if _is_known(password.casefold(), known):
        return "Choose a password that is not made of your name, your email or the shop's name."
    return None


def _is_common(password: str) -> bool:
    """Whether it is on the list, with or without digits and marks at its ends, or one thing again and again."""
    bare = _ENDS.sub("", password)
    in_a_row = any(password in row or password in row[::-1] for row in (row * 3 for row in _ROWS.split()))
    return in_a_row or _REPEATED.fullmatch(password) is not None or not {password, bare}.isdisjoint(_common())


def _is_known(password: str, known: Iterable[str]) -> bool:
    """Whether nothing but digits and marks is left of it without what is known, or too little to matter."""
    rest = password
    for word in sorted({part for told in known for part in _parts(told)}, key=len, reverse=True):
        rest = rest.replace(word, "")
    return rest != password and len(re.sub(r"[^a-z]", "", rest)) < _LEAST_KNOWN


def _parts(told: str) -> set[str]:
    whole = told.casefold()
    return {part for part in (whole, *re.split(r"[^a-z0-9]+", whole)) if len(part) >= _LEAST_KNOWN}


@cache
def _common() -> frozenset[str]:
    """The most common passwords of published leaks, as zxcvbn lists them: the first 5,000, and all that are long enough."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # a large module, read when the first password is chosen

    listed = FREQUENCY_LISTS["passwords"]
    return frozenset(listed[:_TRIED_FIRST]) | {each for each in listed if len(each) >= _LONG}
