"""What carriers and hubs wrote of a person is forgotten; where the parcel was stays."""

from libs.contracts.persons import PersonRefs
from libs.contracts.tracking import ExtraItem, InspectedLine
from libs.contracts.tracking_persons import ExportPersonV1
from libs.contracts.values import Condition
from tests.integration.forgetting import forget, held, where


def test_what_was_written_of_a_parcel_goes_and_its_scans_stay(hub):
    label = hub.label(carrier="evri")
    hub.service.on_label_issued(label)
    who = PersonRefs(return_ids=(label.data.return_id,))
    hub.report(label.data.tracking_number, "accepted", description="handed over by M. Quill", location="Leeds depot")
    words = InspectedLine(
        line_id=label.data.booking_id, quantity=1, condition=Condition.WORN, words="Quill's name is sewn in"
    )
    hub.inspect(label.data.return_id, words, words="a note from Quill", extras=(ExtraItem(words="a card from Quill"),))
    before = where(hub.service.parcels, hub.retailer_id, "quill")
    milestones = hub.milestones()

    forget(hub.service, hub.service.parcels, hub.retailer_id, who)

    assert before == ["inspection_lines", "inspections", "scans"]
    assert where(hub.service.parcels, hub.retailer_id, "quill") == []
    assert where(hub.service.parcels, hub.retailer_id, "Leeds depot") != []
    assert held(hub.service, hub.retailer_id, ExportPersonV1, who) == 0
    assert hub.milestones() == milestones
