"""Which of the rates that EasyPost gives for a shipment is a lane's, and what stands beside them where there is none."""

from collections.abc import Iterator, Mapping
from typing import Any

from libs.chassis.outside import Declined
from services.labels.carriers import paper
from services.labels.domain import Offer

CHEAPEST = "cheapest"


def rate_of(shipment: Mapping[str, Any], service: str) -> Mapping[str, Any]:
    """The rate of the lane's service: `GroundAdvantage`, `USPS GroundAdvantage`, or the cheapest. Raises Declined."""
    rates = shipment.get("rates") or []
    wanted = service.casefold()
    fits = [each for each in rates if wanted in (CHEAPEST, *_names(each))]
    if not fits:
        there = ", ".join(sorted(f"{each['carrier']} {each['service']}" for each in rates))
        reasons = "; ".join(_warnings(shipment)) or "no carrier has a rate"
        raise Declined("no_rate", (f"no rate for {service}; there are {there}" if there else reasons)[:300])
    return paper.cheapest(fits, "rate")


def offer(shipment: Mapping[str, Any], service: str) -> Offer:
    """What the lane's service costs; raises Declined where there is none, or no amount that can be read."""
    rate = rate_of(shipment, service)
    cost = paper.asked(rate.get("rate"), str(rate.get("currency") or ""))
    return Offer(cost, f"{rate.get('carrier')} {rate.get('service')}")


def _names(rate: Mapping[str, Any]) -> tuple[str, str]:
    service = str(rate.get("service"))
    return service.casefold(), f"{rate.get('carrier')} {service}".casefold()


def _warnings(shipment: Mapping[str, Any]) -> Iterator[str]:
    for each in shipment.get("messages") or []:
        if isinstance(each, dict):
            yield f"{each.get('carrier') or 'easypost'}: {each.get('message') or each.get('type')}"
