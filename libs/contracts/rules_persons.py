"""What rules answers about a person's data."""

from libs.contracts.base import Named, Request
from libs.contracts.persons import PersonAsked, PersonData


class PersonDataV1(PersonData, Named):
    """What rules holds of a person in its decisions."""


class ExportPersonV1(PersonAsked, Request[PersonDataV1]):
    """All that rules holds of a person."""
