"""What goes back to whoever got a present: nothing that would tell its giver, where the policy gives anything else."""

from collections.abc import Sequence

from libs.contracts.errors import Refused
from libs.contracts.orders import OrderV1
from libs.contracts.rules import DecisionV1, LineDecision
from libs.contracts.values import Contact, Resolution
from services.portal.wishes import Picked


def of_receiver(order: OrderV1, receiver: Contact) -> OrderV1:
    """The order as its receiver's: how often the giver bought is nothing that a rule may weigh against them, or tell."""
    return order.model_copy(update={"contact": receiver, "earlier_orders": None})


def for_receiver(decision: DecisionV1) -> DecisionV1:
    """The decision without refunds, which go to whoever paid, for each line that something else is offered for."""
    return decision.model_copy(update={"lines": tuple(_without_refund(line) for line in decision.lines)})


def check(order: OrderV1, decision: DecisionV1, picked: Sequence[Picked]) -> None:
    """Raise Refused, as `portal.not_offered`, where a refund is picked that the receiver is not offered."""
    offered = {line.line_id: {offer.resolution for offer in line.offers} for line in for_receiver(decision).lines}
    for pick in picked:
        if pick.resolution == Resolution.REFUND and Resolution.REFUND not in offered.get(pick.line_id, set()):
            title = next((line.title for line in order.lines if line.id == pick.line_id), "")
            raise Refused("portal.not_offered", title)


def _without_refund(line: LineDecision) -> LineDecision:
    others = tuple(offer for offer in line.offers if offer.resolution != Resolution.REFUND)
    return line.model_copy(update={"offers": others}) if others else line
