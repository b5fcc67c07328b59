"""What SEKO asks for a parcel, from `availablerates`: rates, and why others are none, come in one answer.

Shapes: the rates query of OmniParcel's API. Its currency is the account's, as that of its labels.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from libs.chassis.outside import Declined
from services.labels.carriers import paper
from services.labels.domain import Offer

CHEAPEST = "cheapest"


def offer(answer: Mapping[str, Any], service: str, currency: str) -> Offer:
    """What the lane's service costs, known as `Air Tracked` or `Omni Parcel Air Tracked`, or the cheapest. Raises Declined."""
    there = [each for each in answer.get("Available") or [] if isinstance(each, dict)]
    wanted = service.casefold()
    fits = [each for each in there if wanted in (CHEAPEST, *_names(each))]
    if not fits:
        names = ", ".join(sorted(str(each.get("DeliveryType")) for each in there))
        reasons = "; ".join(_reasons(answer)) or "no service takes such a parcel"
        raise Declined("no_rate", (f"no rate for {service}; there are {names}" if names else reasons)[:300])
    best = paper.cheapest(fits, "Cost")
    return Offer(paper.asked(best.get("Cost"), currency), f"{best.get('CarrierName')} {best.get('DeliveryType')}")


def _names(rate: Mapping[str, Any]) -> tuple[str, str]:
    service = str(rate.get("DeliveryType"))
    return service.casefold(), f"{rate.get('CarrierName')} {service}".casefold()


def _reasons(answer: Mapping[str, Any]) -> Iterator[str]:
    """Why there is no rate: the services that turn it down, and what is wrong with the question."""
    for each in _listed(answer.get("Rejected")):
        yield f"{each.get('DeliveryType') or each.get('CarrierName')}: {each.get('Reason') or 'no reason given'}"
    for each in _listed(answer.get("ValidationErrors")):
        words = str(each.get("Message") or "no reason given")
        yield f"{each['Property']}: {words}" if each.get("Property") else words


def _listed(found: Any) -> list[dict[str, Any]]:
    """SEKO gives one object where there is one."""
    return [each for each in ([found] if isinstance(found, dict) else found or []) if isinstance(each, dict) and each]
