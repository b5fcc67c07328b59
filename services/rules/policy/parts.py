"""What a policy document is made of: its plain values, each refused with words that say what was expected."""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

FIRST_YEAR, LAST_YEAR = (
    2000,
    2999,
)  # of days that an item is asked or was ordered: what is counted from them is a day too
MOST_MONEY = 10**12  # minor units


def _kept(text: str) -> str:
    """The text, which a database can keep."""
    if "\x00" in text:
        raise ValueError("has a NUL character, which cannot be kept")
    return text


def _usual(day: date) -> date:
    """The day, which is near enough to count from."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"must be a day from {FIRST_YEAR} to {LAST_YEAR}")
    return day


Kept = AfterValidator(_kept)
Plain = Annotated[str, Kept]
Day = Annotated[date, AfterValidator(_usual)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80), Kept]
Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255), Kept]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300), Kept]
Words = Annotated[dict[Language, Text], Field(min_length=1)]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Percent = Annotated[int, Field(ge=0, le=100)]
Share = Annotated[int, Field(ge=1, le=100)]
Days = Annotated[int, Field(ge=1, le=3650)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]


class Part(BaseModel):
    """A part of the document; a field it does not know is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Amount(Part):
    """Money as a retailer writes it: minor units and ISO 4217."""

    amount: int = Field(ge=0, le=MOST_MONEY)
    currency: Currency
