"""What labels answers about a person's data."""

from libs.contracts.base import Named, Request
from libs.contracts.persons import PersonAsked, PersonData


class PersonDataV1(PersonData, Named):
    """What labels holds of a person in its bookings and documents."""


class ExportPersonV1(PersonAsked, Request[PersonDataV1]):
    """All that labels holds of a person."""
