"""A retailer's accounts with carriers, for programs: kept, read without their secrets, and tried."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from libs.chassis.rpc import ask
from libs.contracts.errors import Refused
from libs.contracts.labels_accounts import (
    CarrierAccountsV1,
    CarrierAccountV1,
    CarrierMode,
    CheckCarrierAccountV1,
    GetCarrierAccountsV1,
    SaveCarrierAccountV1,
)
from services.portal.access import Actor, May
from services.portal.api.access import allowed
from services.portal.api.acting import Acting, acting
from services.portal.api.answers import sent
from services.portal.api.routing import routes
from services.portal.problems import Problem

router = routes("carriers")

WAIT = 5.0  # seconds for labels to answer
WAIT_FOR_CARRIER = 19.0  # a carrier is asked, which may take its time
OF_A_FIELD = {"labels.field_needed", "labels.field_wrong", "labels.no_account_needed"}

Managing = Annotated[Actor, allowed(May.MANAGE_CARRIERS)]
Saving = Annotated[Acting, Depends(acting(May.MANAGE_CARRIERS, by_key=False))]
Carrier = Annotated[str, Path(max_length=40, examples=["easypost"])]
AccountId = Annotated[UUID, Path(description="the account's id")]
Value = Annotated[str, Field(max_length=500)]


class AccountToSave(BaseModel):
    """An account with a carrier. `GET /carriers` tells what each carrier asks for.

    A secret that is left out stays as it was, an empty one is forgotten.
    """

    model_config = ConfigDict(extra="forbid")

    mode: CarrierMode
    on: bool = Field(True, description="turning one on turns the other mode of this carrier off")
    secrets: dict[str, Value] = Field({}, max_length=20, examples=[{"api_key": "EZTK..."}], repr=False)
    options: dict[str, Value] = Field({}, max_length=20, examples=[{"grams": "600"}])


@router.get("/carriers", response_model=CarrierAccountsV1)
def list_carriers(who: Managing) -> Response:
    """Every carrier there is an adapter for, what its account is asked for, and the accounts there are."""
    return sent(ask(who.retailer_id, GetCarrierAccountsV1(), timeout=WAIT))


@router.put("/carriers/{carrier}", response_model=CarrierAccountV1)
async def save_carrier_account(carrier: Carrier, asked: AccountToSave, act: Saving) -> Response:
    """Keep the account for tests, or the one that is live. No answer ever has its secrets."""

    def save(effect_id: UUID) -> Response:
        wish = SaveCarrierAccountV1(
            carrier=carrier,
            mode=asked.mode,
            on=asked.on,
            secrets=asked.secrets,
            options=asked.options,
            by=str(act.who),
        )
        with act.here.audit.of(act.who, "carrier.save", subject=f"{carrier} {asked.mode}", on=asked.on):
            return sent(_saved(act.who, wish))

    return await act.once(save)


@router.post("/carriers/accounts/{account_id}/check", response_model=CarrierAccountV1)
async def check_carrier_account(account_id: AccountId, act: Saving) -> Response:
    """Ask the carrier whether it takes the account; nothing is booked. Its no is in `checked_words`."""

    def check(effect_id: UUID) -> Response:
        with act.here.audit.of(act.who, "carrier.check", subject=account_id):
            return sent(
                ask(act.who.retailer_id, CheckCarrierAccountV1(account_id=account_id), timeout=WAIT_FOR_CARRIER)
            )

    return await act.once(check)


def _saved(who: Actor, wish: SaveCarrierAccountV1) -> CarrierAccountV1:
    try:
        return ask(who.retailer_id, wish, timeout=WAIT)
    except Refused as no:
        if no.code in OF_A_FIELD:
            raise Problem(422, no.code, no.detail) from None
        raise
