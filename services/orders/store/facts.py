"""What is stated of a step that has its outcome."""

from datetime import date
from typing import Any

from sqlalchemy import Row

from libs.contracts.base import Message
from libs.contracts.orders import (
    SettlementOutcomeUnknownV1,
    SettlementRefusedV1,
    SettlementSucceededV1,
    ShopUpdate,
    ShopUpdateFailedV1,
)
from libs.contracts.values import Money, Resolution, ReturnLine
from services.orders.domain import settlements as domain
from services.orders.domain.steps import CALLED_OFF, Action, State, label_of

GIFT_CARD_CREATE = "GiftCardCreate"  # the operation that makes a gift card
BONUS_REFUSED = "orders.bonus_refused"
LOST = "shop.answer_lost"
_UPDATES = {  # steps that only tell the shop: what comes to nothing there is put right by a person
    Action.ATTACH_LABEL: ShopUpdate.LABEL,
    Action.TAKE_GOODS: ShopUpdate.GOODS,
    Action.DROP_EXCHANGE: ShopUpdate.EXCHANGE,
    Action.RELEASE_UNITS: ShopUpdate.UNITS,
    Action.CANCEL_RETURN: ShopUpdate.CANCELLATION,
    Action.CLOSE_RETURN: ShopUpdate.CLOSING,
    Action.REOPEN_RETURN: ShopUpdate.REOPENING,
}
_WANTED = {  # what was to stand there, for whoever puts it right
    ShopUpdate.LABEL: "Parcel {parcel} travels as {tracking_number}",
    ShopUpdate.GOODS: "The gift card is given, and the goods are to be taken",
    ShopUpdate.EXCHANGE: "The exchange is not made, and is to be taken out",
    ShopUpdate.UNITS: "What never came is to be taken out",
    ShopUpdate.CANCELLATION: "The return is called off",
    ShopUpdate.CLOSING: "The return is over, and is to be closed",
    ShopUpdate.REOPENING: "The return is to be opened again",
}


def lines_of(row: Row[Any]) -> tuple[ReturnLine, ...]:
    """The return lines that a step is about."""
    return tuple(ReturnLine.model_validate(line) for line in row.asked.get("lines", ()))


def resolution_of(row: Row[Any]) -> Resolution:
    """What a settlement gave, or what was asked of it."""
    return Resolution(row.gave) if row.gave else lines_of(row)[0].resolution


def fact_of(row: Row[Any]) -> Message | None:
    """The fact that states the outcome of a step, where one does."""
    if row.action == Action.GIVE_BONUS and row.state != State.DONE:
        words = f"The credit on top was not given: {row.words or 'its answer was lost.'}"
        return SettlementRefusedV1(**_of(row), code=BONUS_REFUSED, words=words)
    if row.action in _UPDATES:
        return _untold(row) if row.state != State.DONE and row.code != CALLED_OFF else None
    if row.action != Action.SETTLE:
        return None
    if row.state == State.DONE:
        return _succeeded(row)
    if row.state == State.REFUSED:
        return SettlementRefusedV1(**_of(row), code=row.code, words=row.words, by=row.recorded_by)
    return SettlementOutcomeUnknownV1(**_of(row))


def _untold(row: Row[Any]) -> ShopUpdateFailedV1:
    update = _UPDATES[row.action]
    of: dict[str, Any] = {}
    if update is ShopUpdate.LABEL:
        of = {"parcel": label_of(row.part)[0], "tracking_number": row.asked["tracking_number"]}
    words = f"{_WANTED[update].format(**of)}. {row.words or 'The answer was lost.'}"
    return ShopUpdateFailedV1(
        return_id=row.return_id, step_id=row.id, update=update, code=row.code or LOST, words=words, **of
    )


def _of(row: Row[Any]) -> dict[str, Any]:
    line_ids = tuple(line.id for line in lines_of(row))
    return {"return_id": row.return_id, "settlement_id": row.id, "line_ids": line_ids}


def _succeeded(row: Row[Any]) -> SettlementSucceededV1:
    gave, ends = resolution_of(row), row.asked.get("expires_on")
    is_ours = gave is Resolution.STORE_CREDIT and row.request is not None  # a person's credit may be on other terms
    return SettlementSucceededV1(
        **_of(row),
        resolution=gave,
        amount=Money(amount=row.owed_amount, currency=row.owed_currency),
        reference=row.reference,
        bonus=domain.bonus(lines_of(row)) if is_ours else None,
        credit_code_last4=row.last4,
        expires_on=date.fromisoformat(ends) if ends and is_ours else None,
        by=row.recorded_by,
    )
