"""What labels answers about bags and pallets in which hubs send on what they received."""

from pydantic import Field

from libs.contracts.base import Named, Request


class BagLabelV1(Named):
    """The label of a bag or pallet, with its bytes."""

    filename: str
    media_type: str
    content: bytes


class DrawBagLabelV1(Request[BagLabelV1]):
    """Draw the label of a bag or pallet: its `code` in bars, and `link`, where it is looked up, as a square code.

    `parcels` are told once it is closed. Nothing is kept.
    """

    code: str = Field(min_length=1, max_length=40)
    link: str = Field(min_length=1, max_length=300)
    hub: str | None = Field(default=None, max_length=40)
    parcels: int | None = Field(default=None, ge=1)
