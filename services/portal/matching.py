"""Kept requests and their orders: looked up when the services are back, or matched by staff."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from libs.chassis.claims import Claim
from libs.chassis.errors import Failed, Unavailable
from libs.chassis.logs import log
from libs.chassis.rpc import ask
from libs.contracts.errors import Refused
from libs.contracts.orders import GetOrderV1, OrderV1
from libs.contracts.rules import EligibilityV1
from libs.contracts.values import OrderLine
from services.portal.access import SYSTEM, Actor
from services.portal.intake import NUMBERS, Intake, new_number
from services.portal.store.intakes import Asked, IntakeNumberTaken, Intakes, Kept, Match, State
from services.portal.store.people import People, Retailer

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class NoSuchIntake(LookupError):
    """This retailer keeps no such request."""


class Matching:
    """Keeps requests, and finds what they are about."""

    def __init__(self, intake: Intake, intakes: Intakes, people: People) -> None:
        self._intake, self._intakes, self._people = intake, intakes, people

    def keep(self, retailer_id: UUID, asked: Asked) -> str:
        """Keep the request once for this form; its number, like K-7KQ2M9."""
        for _ in range(NUMBERS):
            try:
                return self._intakes.keep(retailer_id, asked, new_number("K"))
            except IntakeNumberTaken:
                continue
        raise RuntimeError(f"{NUMBERS} random numbers in a row were in use")

    def look_up(self, claim: Claim) -> None:
        """Look the order of a kept request up, and mail the way on. While a service is away it is planned again."""
        kept = self._intakes.get(claim.retailer_id, intake_id=claim.subject)
        retailer = self._people.retailer(id=claim.retailer_id)
        if kept is None or retailer is None or kept.state is not State.KEPT:
            return
        if kept.submit_key is not None and self._intake.is_submitted(retailer, kept.submit_key):
            self._intakes.gone_on(retailer.id, kept.id)
            return
        try:
            found = self._found(retailer, kept, SYSTEM)
        except (Unavailable, Failed) as away:
            log.info("portal.intake_waits", number=kept.number, error=type(away).__name__)
            self._intakes.look_again(retailer.id, kept.id)
        except Refused:
            self._intakes.missed(retailer.id, kept.id)
        else:
            self._intakes.match(retailer.id, kept.id, found, retailer.look.portal_url)

    def match(self, retailer_id: UUID, intake_id: UUID, number: str, email: str, actor: Actor) -> bool:
        """Match a request by hand with the order of this number and email; False when it was matched before.

        Refused as `orders.not_found`; raises NoSuchIntake.
        """
        kept = self._intakes.get(retailer_id, intake_id=intake_id)
        retailer = self._people.retailer(id=retailer_id)
        if kept is None or retailer is None:
            raise NoSuchIntake(intake_id)
        order = self._intake.find(retailer, number=number, email=email)
        return self._match(retailer, kept, order, actor)

    def match_order(self, retailer_id: UUID, intake_id: UUID, order_id: UUID, actor: Actor) -> bool:
        """The same with an order that is known by its id, as that of a receipt is."""
        kept = self._intakes.get(retailer_id, intake_id=intake_id)
        retailer = self._people.retailer(id=retailer_id)
        if kept is None or retailer is None:
            raise NoSuchIntake(intake_id)
        return self._match(retailer, kept, ask(retailer_id, GetOrderV1(order_id=order_id)), actor)

    def _match(self, retailer: Retailer, kept: Kept, order: OrderV1, actor: Actor) -> bool:
        found = self._judged(retailer, kept, order, str(actor))
        return self._intakes.match(retailer.id, kept.id, found, retailer.look.portal_url)

    def _found(self, retailer: Retailer, kept: Kept, by: str) -> Match:
        if kept.order_id is not None:
            order = ask(retailer.id, GetOrderV1(order_id=kept.order_id))
        else:
            order = self._intake.find(retailer, number=kept.order_number, email=kept.contact.email)
        return self._judged(retailer, kept, order, by)

    def _judged(self, retailer: Retailer, kept: Kept, order: OrderV1, by: str) -> Match:
        order = self._intake.less_open(retailer, order)
        judged = self._intake.judge(retailer, order)
        wanted = {pick["line_id"] for pick in named(kept.picked, order)}
        can, cannot = outcome(order, judged, wanted or None)
        return Match(order.order_id, order.number, can, cannot, by)


def is_email(written: str) -> bool:
    """Whether mail can be sent there, as far as can be seen."""
    return _ADDRESS.fullmatch(written) is not None


def named(picked: Sequence[Mapping[str, Any]], order: OrderV1) -> list[dict[str, Any]]:
    """The lines picked, each by its id: programs may name one by its SKU before anybody can look its order up.

    What the order does not have, or has on several lines, is left out.
    """
    found = []
    for pick in picked:
        plain = dict(pick)
        sku = plain.pop("sku", None)
        ids = [str(line.id) for line in order.lines if str(line.id) == plain["line_id"] or (sku and line.sku == sku)]
        if len(ids) == 1:
            found.append(plain | {"line_id": ids[0]})
    return found


def outcome(order: OrderV1, judged: EligibilityV1, wanted: set[str] | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What can come back and what cannot, each in words; of the lines `wanted` only, where some were ticked."""
    lines = {line.id: line for line in order.lines}
    meant = [each for each in judged.lines if wanted is None or str(each.line_id) in wanted]
    can = tuple(_named(lines[each.line_id]) for each in meant if each.eligible)
    cannot = tuple(
        f"{_named(lines[each.line_id])}: {each.words or 'This item cannot be returned.'}"
        for each in meant
        if not each.eligible
    )
    return can, cannot


def _named(line: OrderLine) -> str:
    return f"{line.title} ({line.variant})" if line.variant else line.title
