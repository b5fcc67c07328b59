"""The forms of a label: drawn once, kept, and refused where a label has none."""

import pytest

from libs.chassis.ids import new_id
from libs.contracts.errors import Refused
from libs.contracts.labels import DocumentForm, GetDocumentV1, LabelIssuedV1
from libs.contracts.values import Goods, Money
from tests.integration.labels.conftest import HOME
from tests.unit.labels.parcels import address

SHIRT = Goods(title="Linen camp shirt", quantity=1, value=Money(amount=4500, currency="GBP"))
DUBLIN = address(city="Dublin", postcode="D02 AF30", country="IE")


def issued(desk, **changes):
    """The label's id."""
    desk.plan(goods=(SHIRT,), order_number="AL-1001", **changes)
    desk.work()
    return desk.said(LabelIssuedV1)[-1].document_id


def get(desk, document_id, form):
    return desk.service.get_document(desk.call(GetDocumentV1(document_id=document_id, form=form)))


@pytest.mark.parametrize(
    ("form", "filename", "media_type", "start"),
    [
        (DocumentForm.LABEL, "return-label-R-7KQ2M9-1.pdf", "application/pdf", b"%PDF"),
        (DocumentForm.SHEET, "return-sheet-R-7KQ2M9-1.pdf", "application/pdf", b"%PDF"),
        (DocumentForm.QR_PNG, "return-code-R-7KQ2M9-1.png", "image/png", b"\x89PNG"),
        (DocumentForm.ZPL, "return-label-R-7KQ2M9-1.zpl", "application/zpl", b"^XA"),
        (DocumentForm.CUSTOMS, "customs-R-7KQ2M9-1.pdf", "application/pdf", b"%PDF"),
    ],
)
def test_a_form_is_the_same_bytes_however_often_it_is_asked_for(desk, form, filename, media_type, start):
    desk.open(HOME, HOME.model_copy(update={"country": "IE"}))
    label = issued(desk, lane_id=desk.quote("IE").lane_id, sender=DUBLIN)

    first, again = (get(desk, label, form) for _ in range(2))

    assert (first.filename, first.media_type) == (filename, media_type)
    assert first.content.startswith(start)
    assert first == again


def test_a_form_stays_as_it_was_when_the_brand_changes(desk):
    label = issued(desk)
    before = get(desk, label, DocumentForm.SHEET)
    with desk.service.bookings.unit(retailer_id=desk.retailer_id) as unit:
        unit.db.exec_driver_sql("""UPDATE looks SET look = look || '{"name": "Ash"}'""")

    assert get(desk, label, DocumentForm.SHEET) == before


def test_no_customs_are_told_of_a_parcel_that_crosses_no_border(desk):
    label = issued(desk)

    with pytest.raises(Refused) as refused:
        get(desk, label, DocumentForm.CUSTOMS)

    assert refused.value.code == "labels.no_such_form"


@pytest.mark.parametrize("form", DocumentForm)
def test_another_retailer_gets_no_form_of_it(new_desk, form):
    alder, kite = new_desk(), new_desk()
    alder.open()
    kite.open()
    label = issued(alder)

    with pytest.raises(Refused) as refused:
        get(kite, label, form)

    assert refused.value.code == "labels.not_found"


def test_a_document_that_never_was_has_no_form(desk):
    with pytest.raises(Refused):
        get(desk, new_id(), DocumentForm.SHEET)


def test_how_often_a_form_is_handed_out_is_counted(desk):
    label = issued(desk)
    for _ in range(3):
        get(desk, label, DocumentForm.QR_PNG)

    with desk.service.bookings.unit(retailer_id=desk.retailer_id) as unit:
        reads = unit.db.exec_driver_sql("SELECT reads FROM documents WHERE kind = 'qr_png'").scalar_one()

    assert reads == 3
