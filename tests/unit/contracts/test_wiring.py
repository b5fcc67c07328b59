"""Who listens to what, read from source."""

from pathlib import Path

import pytest

from libs.contracts import payments, rules
from libs.contracts.labels import LabelIssuedV1
from libs.contracts.payments import FeeWaivedV1
from libs.contracts.wiring import Wiring, wiring

SERVICE = """
from libs.chassis.bus import answers, handles
from libs.contracts import rules
from libs.contracts.labels import LabelIssuedV1
from libs.contracts.payments import FeeWaivedV1 as Waived


class PortalService:
    name = "portal"

    @handles(LabelIssuedV1)
    def on_label_issued(self, fact):
        self.returns.change(fact)

    @handles(Waived)
    def on_fee_waived(self, fact):
        self.returns.change(fact)

    @answers(rules.JudgeOrderV1)
    def judge_order(self, call):
        return self.returns.judge(call)

    @once(LabelIssuedV1)
    def nothing_of_the_bus(self):
        return None
"""


@pytest.fixture
def portal(tmp_path: Path) -> Path:
    folder = tmp_path / "portal"
    folder.mkdir()
    return folder


def test_a_service_listens_to_what_its_decorators_name(portal: Path) -> None:
    (portal / "service.py").write_text(SERVICE)

    assert wiring(portal) == Wiring("portal", listens_to=(LabelIssuedV1, FeeWaivedV1), answers=(rules.JudgeOrderV1,))


def test_a_service_that_became_a_folder_is_read_whole(portal: Path) -> None:
    (portal / "service").mkdir()
    (portal / "service" / "money.py").write_text(
        "from libs.contracts import payments\n\n"
        "@handles(payments.FeeWaivedV1)\ndef on_fee_waived(self, fact):\n    return fact\n"
    )

    assert wiring(portal).listens_to == (payments.FeeWaivedV1,)


def test_a_folder_without_a_service_is_wired_to_nothing(portal: Path) -> None:
    assert wiring(portal) == Wiring("portal", listens_to=(), answers=())
