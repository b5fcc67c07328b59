"""What a simulation asks: a real return's question again, or that of a made-up item."""

from datetime import UTC, datetime

from pydantic import ValidationError

from libs.contracts.errors import Refused
from libs.contracts.rules import DecideReturnV1
from libs.contracts.rules_policies import SimulateV1
from services.rules.examples import asked_of, currency_of, noon
from services.rules.policy import Document
from services.rules.policy.examples import Item
from services.rules.policy.reading import plainly


def question_of(wish: SimulateV1, document: Document, now: datetime) -> tuple[DecideReturnV1, datetime]:
    """What is asked, and as of when; refused as `rules.invalid_item`."""
    if wish.asked is not None:
        return wish.asked, wish.at or now
    try:
        item = Item.model_validate(wish.item or {})
        on = item.on or (wish.at or now).astimezone(UTC).date()
        return asked_of(item, on, currency_of(document)), noon(on)
    except ValidationError as wrong:
        faults = "; ".join(f"{'.'.join(map(str, each['loc'])) or 'item'}: {plainly(each)}" for each in wrong.errors())
        raise Refused("rules.invalid_item", faults) from None
    except (ValueError, OverflowError) as wrong:
        raise Refused("rules.invalid_item", str(wrong)) from None
