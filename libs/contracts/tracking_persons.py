"""What tracking answers about a person's data."""

from libs.contracts.base import Named, Request
from libs.contracts.persons import PersonAsked, PersonData


class PersonDataV1(PersonData, Named):
    """What tracking holds of a person in its scans and inspections."""


class ExportPersonV1(PersonAsked, Request[PersonDataV1]):
    """All that tracking holds of a person."""
