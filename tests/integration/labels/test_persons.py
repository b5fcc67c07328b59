"""Who sent a parcel is forgotten: in the booking, and with the label itself."""

import pytest

from libs.chassis.claims import Claim
from libs.chassis.ids import new_id
from libs.contracts.errors import Refused
from libs.contracts.labels import GetDocumentV1, LabelIssuedV1
from libs.contracts.labels_persons import ExportPersonV1
from libs.contracts.persons import PersonRefs
from libs.contracts.values import Address
from tests.integration.forgetting import forget, held, where
from tests.unit.labels.carriers import Answering

MAYA = Address(name="Maya Quill", line1="5 Lantern Row", city="York", postcode="YO1 7HH", country="GB")


def test_a_sender_goes_from_the_booking_and_the_label_from_the_objects(desk):
    return_id, others = new_id(), new_id()
    desk.use(Answering())
    for each in (return_id, others):
        desk.plan(return_id=each, sender=MAYA)
    desk.work()
    issued = next(each for each in desk.said(LabelIssuedV1) if each.return_id == return_id)
    who = PersonRefs(return_ids=(return_id,))
    before = held(desk.service, desk.retailer_id, ExportPersonV1, who)

    forget(desk.service, desk.service.bookings, desk.retailer_id, who)
    for claim in [each for each in desk.claims() if each.kind == "erasures"]:
        desk.service.forget_a_document(claim)
        desk.service.forget_a_document(Claim(**{name: getattr(claim, name) for name in claim.__slots__}))

    assert before == 2
    assert held(desk.service, desk.retailer_id, ExportPersonV1, who) == 0
    with pytest.raises(Refused):
        desk.service.get_document(desk.call(GetDocumentV1(document_id=issued.document_id)))
    assert held(desk.service, desk.retailer_id, ExportPersonV1, PersonRefs(return_ids=(others,))) == 2
    assert where(desk.service.bookings, desk.retailer_id, "Lantern Row") == ["bookings"]

    forget(desk.service, desk.service.bookings, desk.retailer_id, PersonRefs(everybody=True))
    assert where(desk.service.bookings, desk.retailer_id, "Lantern Row") == []
