"""What a parcel of a lane costs, asked of its carrier before there is one: while nobody waits, and outside every transaction."""

from uuid import UUID

from libs.chassis import outside
from libs.chassis.errors import Transient
from services.labels.carriers import Rating
from services.labels.dispatch import Dispatch
from services.labels.domain import NoAnswer, NoOffer, Offered, Sample

_NO_ACCOUNT = "No account with the carrier is on. Turn one on under Carriers."
_NO_RATES = "The carrier tells no rates."


def ask_rate(dispatch: Dispatch, retailer_id: UUID, parcel: Sample) -> Offered:
    """What the carrier asks for such a parcel now, or why that is not known. Never raises what the carrier does."""
    carrier = dispatch.carrier_for_rates(retailer_id, parcel)
    if carrier is None:
        return NoOffer(_NO_ACCOUNT)
    if not isinstance(carrier, Rating):
        return NoOffer(_NO_RATES)
    try:
        return carrier.rate(parcel)
    except outside.Declined as no:
        return NoOffer(no.words[:300])
    except (outside.OutcomeUnknown, Transient):
        return NoAnswer()
