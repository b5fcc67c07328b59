"""What payments answers about a person's data."""

from libs.contracts.base import Named, Request
from libs.contracts.persons import PersonAsked, PersonData


class PersonDataV1(PersonData, Named):
    """What payments holds of a person in its charges."""


class ExportPersonV1(PersonAsked, Request[PersonDataV1]):
    """All that payments holds of a person."""
