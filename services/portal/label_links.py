"""Links to the forms of a label: short-lived, signed, and of use to nobody once their time is over."""

import base64
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from libs.chassis.secrets import Secrets
from libs.contracts.labels import DocumentForm

LIFE = timedelta(minutes=15)
_FIELD = "portal.documents"


@dataclass(frozen=True, slots=True)
class Linked:
    """What a link leads to."""

    document_id: UUID
    form: DocumentForm


def sign(keyring: Secrets, retailer_id: UUID, what: Linked, *, until: datetime) -> str:
    """The last part of a link's address, good at this retailer until then."""
    said = f"{what.document_id}|{what.form}|{int(until.timestamp())}"
    written = base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")
    return f"{written}.{_signature(keyring, retailer_id, said)}"


def read(keyring: Secrets, retailer_id: UUID, token: str, *, at: datetime) -> Linked | None:
    """What a link leads to; None where it is not ours, was altered, is another retailer's, or its time is over."""
    written, _, signature = token.partition(".")
    try:
        said = base64.urlsafe_b64decode(written + "=" * (-len(written) % 4)).decode()
        document_id, form, until = said.split("|")
        ends = datetime.fromtimestamp(int(until), UTC)
        what = Linked(UUID(document_id), DocumentForm(form))
    except (ValueError, OverflowError, OSError):
        return None
    genuine = hmac.compare_digest(signature.encode(), _signature(keyring, retailer_id, said).encode())
    return what if genuine and at < ends else None


def _signature(keyring: Secrets, retailer_id: UUID, said: str) -> str:
    return keyring.fingerprint(retailer_id, _FIELD, said).hex()
