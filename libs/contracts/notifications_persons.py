"""What notifications answers about a person's data."""

from libs.contracts.base import Named, Request
from libs.contracts.persons import PersonAsked, PersonData


class PersonDataV1(PersonData, Named):
    """What notifications holds of a person in its recipients and mails."""


class ExportPersonV1(PersonAsked, Request[PersonDataV1]):
    """All that notifications holds of a person."""
