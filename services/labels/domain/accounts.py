"""A retailer's accounts with carriers: what they are asked for, and what may be kept."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from libs.contracts.errors import Refused
from libs.contracts.labels_accounts import CarrierField, CarrierKind, CarrierMode

SECRETS = "carrier_accounts.secrets"  # the field that sealed secrets are bound to


class NoAccount(Refused):
    """The retailer has no such account."""

    def __init__(self) -> None:
        super().__init__("labels.no_account", "there is no such account")


class NoAccountNeeded(Refused):
    """The carrier is used without an account."""

    def __init__(self, carrier: str) -> None:
        super().__init__("labels.no_account_needed", f"{carrier} needs no account")


class FieldNeeded(Refused):
    """The account lacks something that its carrier asks for."""

    def __init__(self, name: str, words: str) -> None:
        super().__init__("labels.field_needed", f"{name}: {words} is needed")


class FieldWrong(Refused):
    """Something of the account does not look as it must."""

    def __init__(self, name: str, words: str, example: str) -> None:
        super().__init__("labels.field_wrong", f"{name}: {words} must look like {example}")


class NotReached(Refused):
    """The carrier did not answer, so it is not known whether it takes the account."""

    def __init__(self) -> None:
        super().__init__("labels.carrier_not_reached", "the carrier did not answer; try again in a minute")


@dataclass(frozen=True, slots=True)
class Account:
    """A retailer's account with a carrier, its secrets open. It never goes into a log: `repr` leaves them out."""

    id: UUID
    carrier: str
    mode: CarrierMode
    options: Mapping[str, str]
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


def fields_of(kind: CarrierKind, *, secret: bool) -> tuple[CarrierField, ...]:
    """What the carrier asks an account for, its secrets or the rest."""
    return tuple(each for each in kind.fields if each.secret is secret)


def check_account(kind: CarrierKind, *, secrets: Mapping[str, str], options: Mapping[str, str]) -> None:
    """Raise NoAccountNeeded, or FieldNeeded where an account that is to be on lacks something."""
    if not kind.fields:
        raise NoAccountNeeded(kind.carrier)
    for each in kind.fields:
        value = (secrets if each.secret else options).get(each.name, each.usual)
        if each.needed and not value:
            raise FieldNeeded(each.name, each.words)
        if value and each.pattern and not re.fullmatch(each.pattern, value):
            raise FieldWrong(each.name, each.words, each.example)


def told_options(kind: CarrierKind, given: Mapping[str, str]) -> dict[str, str]:
    """What is kept of the options: those that the carrier asks for, trimmed."""
    names = {each.name for each in fields_of(kind, secret=False)}
    return {name: value.strip() for name, value in given.items() if name in names and value.strip()}


def kept_secrets(kind: CarrierKind, *, before: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """The secrets after a save: one left out stays, one that is empty is forgotten."""
    names = {each.name for each in fields_of(kind, secret=True)}
    after = {**before, **{name: value.strip() for name, value in given.items()}}
    return {name: value for name, value in after.items() if name in names and value}
