import base64
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from libs.chassis.secrets import Secrets
from libs.contracts.labels import DocumentForm
from services.portal.label_links import LIFE, Linked, read, sign

KEYS = Secrets(f"k1:{base64.b64encode(bytes(32)).decode()}")
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ALDER, KITE = UUID(int=1), UUID(int=2)
SHEET = Linked(UUID(int=7), DocumentForm.SHEET)
TOKEN = sign(KEYS, ALDER, SHEET, until=NOON + LIFE)


def test_a_link_leads_to_its_form_until_its_time_is_over():
    late = timedelta(seconds=1)

    assert read(KEYS, ALDER, TOKEN, at=NOON + LIFE - late) == SHEET
    assert read(KEYS, ALDER, TOKEN, at=NOON + LIFE) is None


def test_a_link_of_one_retailer_opens_nothing_at_another():
    assert read(KEYS, KITE, TOKEN, at=NOON) is None


@pytest.mark.parametrize(
    "token", ["", ".", "x", TOKEN[:-1], TOKEN + "0", "A" + TOKEN, TOKEN.partition(".")[0], "é.ü", "AAAA" * 9]
)
def test_what_we_did_not_sign_opens_nothing(token):
    assert read(KEYS, ALDER, token, at=NOON) is None


def test_a_form_cannot_be_swapped_for_another():
    said = base64.urlsafe_b64decode(TOKEN.partition(".")[0] + "==").decode().replace("sheet", "customs")
    forged = base64.urlsafe_b64encode(said.encode()).decode().rstrip("=") + "." + TOKEN.partition(".")[2]

    assert read(KEYS, ALDER, forged, at=NOON) is None
