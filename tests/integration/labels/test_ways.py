"""How a parcel is sent by its lane's method: what is drawn for it, what the carrier gives, and what is stated."""

import httpx
import pytest

from libs.chassis.ids import new_id
from libs.chassis.outside import Declined
from libs.contracts.errors import Refused
from libs.contracts.labels import (
    DocumentForm,
    Fallback,
    GetDocumentV1,
    LabelIssuedV1,
    LabelOutcome,
    LaneMethod,
    ListDocumentFormsV1,
)
from tests.integration.labels.conftest import HOME
from tests.integration.labels.test_carriers import codes, text, trade
from tests.integration.sandbox.running import running
from tests.unit.labels.carriers import Answering
from tests.unit.labels.parcels import DAVENTRY

PNG = b"\x89PNG"


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with running(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox
        httpx.delete(f"{sandbox.carrier}/control/faults").raise_for_status()


def form(desk, issued, name="label"):
    """A form of a label, with what it is called."""
    return desk.service.get_document(desk.call(GetDocumentV1(document_id=issued.document_id, form=DocumentForm(name))))


def forms_of(desk, issued):
    told = desk.service.list_document_forms(desk.call(ListDocumentFormsV1(document_ids=(issued.document_id,))))
    return {str(each) for each in told.labels[0].forms}


def sent(desk, **more):
    """Maya's label by today's lane."""
    desk.plan(**more)
    desk.work()
    return desk.said(LabelIssuedV1)[-1]


@pytest.mark.parametrize("method", LaneMethod)
def test_a_label_says_how_it_is_sent_and_where_to(desk, method):
    hub = DAVENTRY.model_copy(update={"hours": "Mon to Fri, 9 to 17"})
    desk.open(HOME.model_copy(update={"method": method}), hubs=(hub,))

    issued = sent(desk)

    assert (issued.method, issued.hub_address, issued.hub_hours) == (method, hub.address, hub.hours)


def test_who_sends_it_by_themselves_gets_a_packing_slip_and_no_label(desk):
    desk.open(HOME.model_copy(update={"method": LaneMethod.OWN_CARRIER}))

    issued = sent(desk)

    slip = form(desk, issued)
    assert slip.filename == "packing-slip-R-7KQ2M9-1.pdf"
    assert "label" not in text(slip.content).lower()
    assert any(code.endswith(issued.tracking_number) for code in codes(slip.content)), "a hub can scan it"
    assert forms_of(desk, issued) == {"label", "qr_png", "qr_svg"}
    with pytest.raises(Refused, match=r"labels\.no_such_form"):
        form(desk, issued, "sheet")


def test_a_packing_slip_counts_the_parcels_that_there_are_when_it_is_drawn(desk):
    return_id = new_id()
    first = sent(desk, return_id=return_id)
    sent(desk, return_id=return_id, parcel=2, parcels=2)

    assert "1 of 2" in text(form(desk, first, "sheet").content)


def test_easypost_gives_the_code_that_its_counters_read(new_desk, world):
    kept = trade(new_desk, world, "easypost", method=LaneMethod.QR)

    issued = sent(kept.desk)

    code = form(kept.desk, issued, "qr_png")
    assert (issued.method, code.media_type, code.content[:4]) == (LaneMethod.QR, "image/png", PNG)


def test_a_carrier_without_a_code_leaves_a_label_to_print(new_desk, world):
    kept = trade(new_desk, world, "easypost", method=LaneMethod.QR)
    kept.misbehave("refuse", "form", times=2)

    issued = sent(kept.desk)

    assert issued.method is LaneMethod.LABEL
    with pytest.raises(Refused, match=r"labels\.no_such_form"):
        form(kept.desk, issued, "qr_png")


@pytest.mark.parametrize("carrier", ["easypost", "seko"])
def test_a_carriers_own_label_is_on_the_sheet_and_is_had_for_a_label_printer(new_desk, world, carrier):
    kept = trade(new_desk, world, carrier)

    issued = sent(kept.desk)

    zpl = form(kept.desk, issued, "zpl").content
    assert issued.tracking_number in codes(form(kept.desk, issued, "sheet").content)
    assert zpl.startswith(b"^XA")
    assert zpl == form(kept.desk, issued, "zpl").content
    assert forms_of(kept.desk, issued) >= {"label", "sheet", "zpl"}


def test_a_carrier_that_is_away_is_asked_for_its_form_later(new_desk, world):
    kept = trade(new_desk, world, "easypost")
    issued = sent(kept.desk)
    kept.misbehave("fail_before", "find")

    with pytest.raises(Refused, match=r"labels\.carrier_away"):
        form(kept.desk, issued, "zpl")

    assert form(kept.desk, issued, "zpl").content.startswith(b"^XA")


def test_a_lane_that_falls_back_to_our_own_label_has_one_to_print(new_desk, world):
    kept = trade(new_desk, world, "easypost", method=LaneMethod.QR, fallback=Fallback.OWN)
    kept.misbehave("refuse", "create")

    issued = sent(kept.desk)

    assert (issued.carrier, issued.method) == ("own", LaneMethod.LABEL)


def test_a_label_that_a_person_wrote_down_is_one_to_print(desk):
    desk.use(Answering(book=Declined("422", "postcode not served")))
    desk.open(HOME.model_copy(update={"method": LaneMethod.QR}))
    return_id = new_id()
    desk.plan(return_id=return_id)
    desk.work()

    desk.record(return_id, LabelOutcome.ISSUED, "1Z999")

    assert desk.said(LabelIssuedV1)[-1].method is LaneMethod.LABEL
