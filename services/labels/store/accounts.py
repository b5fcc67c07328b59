"""Retailers' accounts with carriers, their secrets sealed."""

import json
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, update
from sqlalchemy.dialects.postgresql import insert

from libs.chassis.ids import new_id
from libs.chassis.secrets import Secrets
from libs.chassis.store import Store, Unit
from libs.contracts.labels_accounts import CarrierAccountV1, CarrierKind, CarrierMode, SaveCarrierAccountV1
from services.labels.domain import OWN, Account
from services.labels.domain.accounts import SECRETS, NoAccount, check_account, kept_secrets, told_options
from services.labels.store.tables import carrier_accounts, metadata


class Accounts(Store):
    """Keeps one account for tests and one that is live with each carrier, at most one of them on."""

    service, metadata = "labels", metadata

    def save(self, retailer_id: UUID, kind: CarrierKind, asked: SaveCarrierAccountV1) -> CarrierAccountV1:
        """Keep an account; refused as the domain says."""
        keyring = Secrets.from_settings()
        with self.unit(retailer_id=retailer_id) as unit:
            unit.db.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"accounts:{retailer_id}", 0))))
            former = unit.db.execute(
                select(carrier_accounts).where(
                    carrier_accounts.c.carrier == asked.carrier, carrier_accounts.c.mode == asked.mode
                )
            ).first()
            before = _open(keyring, retailer_id, former).secrets if former else {}
            secrets = kept_secrets(kind, before=before, given=asked.secrets)
            options = told_options(kind, asked.options)
            if asked.on:
                check_account(kind, secrets=secrets, options=options)
                _turn_off(unit, asked.carrier)
            sealed = keyring.seal(retailer_id, SECRETS, json.dumps(secrets))
            return told(_upsert(unit, asked, options=options, secrets=sealed, kept=sorted(secrets)))

    def all(self, retailer_id: UUID) -> tuple[CarrierAccountV1, ...]:
        """The retailer's accounts, without their secrets."""
        order = (carrier_accounts.c.carrier, carrier_accounts.c.mode)
        with self.unit(retailer_id=retailer_id) as unit:
            return tuple(told(row) for row in unit.db.execute(select(carrier_accounts).order_by(*order)))

    def open(self, retailer_id: UUID, account_id: UUID) -> Account:
        """One account with its secrets; raises NoAccount."""
        with self.unit(retailer_id=retailer_id) as unit:
            row = unit.db.execute(select(carrier_accounts).where(carrier_accounts.c.id == account_id)).first()
        if row is None:
            raise NoAccount()
        return _open(Secrets.from_settings(), retailer_id, row)

    def checked(self, retailer_id: UUID, account_id: UUID, words: str | None) -> CarrierAccountV1:
        """Keep what came of trying the account: nothing, or the carrier's no."""
        with self.unit(retailer_id=retailer_id) as unit:
            kept = (
                update(carrier_accounts)
                .where(carrier_accounts.c.id == account_id)
                .values(checked_at=unit.now, checked_words=words)
                .returning(carrier_accounts)
            )
            return told(unit.db.execute(kept).one())


def on_now(unit: Unit, carrier: str) -> UUID | None:
    """The account with `carrier` that is on; none with our own, which needs none."""
    if carrier == OWN:
        return None
    its_own = (carrier_accounts.c.carrier == carrier, carrier_accounts.c.on)
    return unit.db.execute(select(carrier_accounts.c.id).where(*its_own)).scalar_one_or_none()


def told(row: Row[Any]) -> CarrierAccountV1:
    """The account as others may know it."""
    return CarrierAccountV1(
        account_id=row.id,
        carrier=row.carrier,
        mode=row.mode,
        on=row.on,
        options=row.options,
        kept=tuple(row.kept),
        saved_at=row.saved_at,
        checked_at=row.checked_at,
        checked_words=row.checked_words,
    )


def _open(keyring: Secrets, retailer_id: UUID, row: Row[Any]) -> Account:
    secrets = json.loads(keyring.open(retailer_id, SECRETS, row.secrets))
    return Account(row.id, row.carrier, CarrierMode(row.mode), row.options, secrets)


def _turn_off(unit: Unit, carrier: str) -> None:
    unit.db.execute(update(carrier_accounts).where(carrier_accounts.c.carrier == carrier).values(on=False))


def _upsert(unit: Unit, asked: SaveCarrierAccountV1, **kept: Any) -> Row[Any]:
    """The row after the save. What was known of trying the account is forgotten: it may be another key now."""
    values = kept | {
        "on": asked.on,
        "saved_at": unit.now,
        "saved_by": asked.by,
        "checked_at": None,
        "checked_words": None,
    }
    account = {"id": new_id(), "retailer_id": unit.retailer_id, "carrier": asked.carrier, "mode": asked.mode}
    return unit.db.execute(
        insert(carrier_accounts)
        .values(**account, **values)
        .on_conflict_do_update(index_elements=["retailer_id", "carrier", "mode"], set_=values)
        .returning(carrier_accounts)
    ).one()
