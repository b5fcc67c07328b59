"""What labels answers of the accounts that a retailer has with carriers."""

from enum import StrEnum
from uuid import UUID

from pydantic import AwareDatetime, Field

from libs.contracts.base import Named, Request, Value


class CarrierMode(StrEnum):
    """Whether an account makes labels that travel and cost money, or samples."""

    TEST = "test"
    LIVE = "live"


class CarrierField(Value):
    """Something that a carrier's account is asked for, in words for a form. A secret one is never told again.

    `usual` stands where nothing is said, `pattern` is what it must look like, `example` shows that.
    """

    name: str
    words: str
    secret: bool = False
    needed: bool = True
    usual: str = ""
    pattern: str = ""
    example: str = ""


class CarrierKind(Value):
    """A carrier that there is an adapter for. One without fields needs no account; one with `rates` tells what a parcel costs."""

    carrier: str
    title: str
    fields: tuple[CarrierField, ...] = ()
    rates: bool = False


class CarrierAccountV1(Named):
    """A retailer's account with a carrier, without its secrets. `kept` names those that are kept.

    `checked_words` is what came of trying it last: nothing where the carrier took it.
    """

    account_id: UUID
    carrier: str
    mode: CarrierMode
    on: bool
    options: dict[str, str] = Field(default_factory=dict)
    kept: tuple[str, ...] = ()
    saved_at: AwareDatetime
    checked_at: AwareDatetime | None = None
    checked_words: str | None = None


class SaveCarrierAccountV1(Request[CarrierAccountV1]):
    """Keep the account with a carrier, one for tests and one that is live; the secrets are kept encrypted.

    A secret that is left out stays as it was, one that is empty is forgotten. Turning one on turns the other mode off.
    Refused as `labels.unknown_carrier`, `labels.no_account_needed`, `labels.field_needed` or `labels.field_wrong`.
    """

    carrier: str
    mode: CarrierMode
    on: bool = True
    secrets: dict[str, str] = Field(default_factory=dict, repr=False)
    options: dict[str, str] = Field(default_factory=dict)
    by: str


class CarrierAccountsV1(Named):
    """Every carrier there is an adapter for, and the retailer's accounts with them."""

    carriers: tuple[CarrierKind, ...]
    accounts: tuple[CarrierAccountV1, ...] = ()


class GetCarrierAccountsV1(Request[CarrierAccountsV1]):
    """The carriers, and the retailer's accounts as they are known here: no carrier is asked."""


class CheckCarrierAccountV1(Request[CarrierAccountV1]):
    """Ask the carrier whether it takes the account; nothing is booked. Its no is in `checked_words`.

    Refused as `labels.no_account`, or `labels.carrier_not_reached` where it did not answer.
    """

    account_id: UUID
