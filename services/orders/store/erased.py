"""What stays of an order whose buyer is erased, now and whenever the shop tells of it again."""

from pydantic import TypeAdapter

from libs.chassis.personal import ADDRESS, CONTACT, Rules, all_of, nothing, scrub
from services.orders.domain.orders import KnownOrder

OF_AN_ORDER: Rules = {
    "contact": CONTACT,
    "address": ADDRESS,
    "billed_to": nothing,
    "phones": all_of,
    "customer_tags": all_of,
}
_KNOWN = TypeAdapter(KnownOrder)


def without_buyer(known: KnownOrder, pseudonym: str) -> KnownOrder:
    """What is known of the order but who bought it: a late webhook, or a reading, brings nobody back."""
    return _KNOWN.validate_python(scrub(_KNOWN.dump_python(known, mode="json"), OF_AN_ORDER, pseudonym))
