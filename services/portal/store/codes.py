"""One-time codes: what somebody who found an order otherwise than by its email must read in that email's mailbox."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import randbelow, token_urlsafe
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, cast, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import JSONB, array

from libs.chassis.clock import now
from libs.chassis.secrets import Secrets
from libs.chassis.store import Store, Unit
from libs.contracts.orders import OrderV1
from libs.contracts.portal_lookups import LookupCodeIssuedV1
from services.portal.store.people import digest
from services.portal.store.tables import metadata, sessions

CODE = "code"  # the kind of session that waits for one: it opens no page of an order
DIGITS = 6
TRIES = 5  # of a million codes; then the order must be looked up anew, which is counted
LIVES = timedelta(minutes=15)
MOST_SENT = 3
_FIELD = "portal.lookup_code"


@dataclass(frozen=True, slots=True)
class Waiting:
    """An order that was found, and is shown once its code is given."""

    order: OrderV1
    sent: int
    tries: int


class Codes(Store):
    """Sessions that wait for their code. Of the code only a keyed hash is kept."""

    service, metadata = "portal", metadata

    def begin(self, retailer_id: UUID, order: OrderV1, keyring: Secrets) -> str:
        """Wait for a code that is mailed to the order's own email; the session's token."""
        token = token_urlsafe(32)
        with self.unit(retailer_id=retailer_id) as unit:
            data = {"order": order.model_dump(mode="json"), "sent": 1, "tries": 0}
            code = _code(unit, retailer_id, order, keyring)
            unit.db.execute(
                insert(sessions).values(
                    token_hash=digest(token),
                    retailer_id=retailer_id,
                    kind=CODE,
                    subject=order.order_id,
                    data=data | {"code": code},
                    created_at=unit.now,
                    seen_at=unit.now,
                    expires_at=unit.now + LIVES,
                )
            )
        return token

    def waiting(self, retailer_id: UUID, token: str) -> Waiting | None:
        """What waits behind this token; None when it has ended."""
        with self.unit(retailer_id=retailer_id) as unit:
            data = unit.db.execute(select(sessions.c.data).where(*_is(retailer_id, token))).scalar()
        return _read(data) if data else None

    def again(self, retailer_id: UUID, token: str, keyring: Secrets) -> bool:
        """Mail another code, the one before being good no more; False where enough were mailed."""
        with self.unit(retailer_id=retailer_id) as unit:
            mine = select(sessions.c.data).where(*_is(retailer_id, token)).with_for_update()
            data = unit.db.execute(mine).scalar()
            if not data or data["sent"] >= MOST_SENT:
                return False
            code = _code(unit, retailer_id, OrderV1.model_validate(data["order"]), keyring)
            fresh = data | {"code": code, "sent": data["sent"] + 1}
            unit.db.execute(update(sessions).where(*_is(retailer_id, token)).values(data=fresh))
        return True

    def open(self, retailer_id: UUID, token: str, code: str, keyring: Secrets) -> OrderV1 | None:
        """The order, once, for the right code; every try is counted before it is compared."""
        tries = cast(sessions.c.data["tries"].astext, Integer)
        counted = func.jsonb_set(sessions.c.data, array(["tries"]), func.to_jsonb(tries + 1), type_=JSONB)
        with self.unit(retailer_id=retailer_id) as unit:
            tried = update(sessions).where(*_is(retailer_id, token), tries < TRIES).values(data=counted)
            data = unit.db.execute(tried.returning(sessions.c.data)).scalar()
        if data is None or not hmac.compare_digest(data["code"], _hashed(keyring, retailer_id, code)):
            return None
        with self.unit(retailer_id=retailer_id) as unit:
            gone = delete(sessions).where(*_is(retailer_id, token)).returning(sessions.c.data)
            data = unit.db.execute(gone).scalar()
        return _read(data).order if data else None


def _code(unit: Unit, retailer_id: UUID, order: OrderV1, keyring: Secrets) -> str:
    """A fresh code, stated to be mailed; its hash."""
    code = f"{randbelow(10**DIGITS):0{DIGITS}d}"
    until: datetime = unit.now + LIVES
    unit.announce(LookupCodeIssuedV1(contact=order.contact, order_number=order.number, code=code, expires_at=until))
    return _hashed(keyring, retailer_id, code)


def _hashed(keyring: Secrets, retailer_id: UUID, code: str) -> str:
    return keyring.fingerprint(retailer_id, _FIELD, "".join(code.split())).hex()


def _is(retailer_id: UUID, token: str) -> tuple[Any, ...]:
    return (
        sessions.c.token_hash == digest(token),
        sessions.c.retailer_id == retailer_id,
        sessions.c.kind == CODE,
        sessions.c.expires_at > now(),
    )


def _read(data: dict[str, Any]) -> Waiting:
    return Waiting(OrderV1.model_validate(data["order"]), data["sent"], data["tries"])
