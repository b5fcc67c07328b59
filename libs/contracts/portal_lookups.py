"""What portal states of people who look for their order."""

from pydantic import AwareDatetime

from libs.contracts.base import Message
from libs.contracts.values import Contact


class LookupCodeIssuedV1(Message):
    """Somebody found an order by its postcode or phone number; `code` goes to the order's own email, and opens it once."""

    contact: Contact
    order_number: str
    code: str
    expires_at: AwareDatetime
